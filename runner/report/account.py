"""What became of the rows that a step read, in words: the ``rows`` of run.json, which `helpers.counting` counted."""

from collections.abc import Mapping
from typing import NamedTuple


class Branch(NamedTuple):
    """One way that rows took through a step."""

    kind: str  # kept, excluded, quarantined, duplicates or unaccounted
    label: str  # the reason of an exclusion, else the kind
    rows: int

    @property
    def name(self) -> str:
        """The label as words; a reason of an exclusion is a technical name."""
        return "duplicate" if self.kind == "duplicates" and self.rows == 1 else self.label.replace("_", " ")

    @property
    def text(self) -> str:
        """The branch in words, such as ``474 no consent``."""
        return f"{self.rows:,} {self.name}"


def branches(rows: Mapping) -> list[Branch]:
    """Every way that rows took, the kept ones first; ways that nobody took are listed with 0.

    Raises
    ------
    KeyError
        If ``rows`` lacks one of the parts: a missing part is not a zero.
    """
    ways = [Branch("kept", "kept", rows["kept"])]
    ways += [Branch("excluded", reason, count) for reason, count in rows["excluded"].items()]
    ways += [Branch(kind, kind, rows[kind]) for kind in ("quarantined", "duplicates")]
    gap = rows["read"] - sum(way.rows for way in ways)
    return [*ways, Branch("unaccounted", "unaccounted", gap)] if gap else ways


def unaccounted(rows: Mapping) -> int:
    """Rows read that no part names; negative where the parts are more than what was read."""
    return sum(way.rows for way in branches(rows) if way.kind == "unaccounted")
