"""What a check of `stedi doctor` found, and what mends it."""

from typing import NamedTuple

GOOD, NOTE, BAD = "ok", "note", "BAD"


class Finding(NamedTuple):
    """One finding."""

    what: str
    """What was looked at, such as ``disk``."""
    state: str
    """``ok``, ``note`` (it works, but) or ``BAD`` (a run would fail)."""
    told: str
    """What was found."""
    fix: str = ""
    """What mends it; blank where nothing is to be mended."""


def good(what: str, told: str) -> Finding:
    """A finding that all is well."""
    return Finding(what, GOOD, told)


def note(what: str, told: str, fix: str = "") -> Finding:
    """A finding that does not stop a run."""
    return Finding(what, NOTE, told, fix)


def bad(what: str, told: str, fix: str) -> Finding:
    """A finding that stops a run."""
    return Finding(what, BAD, told, fix)
