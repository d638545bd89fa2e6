"""``audit_privacy``: no identity value of the landing files stands in anything that the run made for others to read."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from runner.privacy.pictures import without_pictures
from runner.privacy.places import Place
from runner.privacy.words import Index, is_one_word
from runner.report.masking import SERIAL

NAME = "audit_privacy"
FIELDS_OF_ONE_WORD = ("customerName", "serialNumber")
_LABEL = r"[\w-]+\."
_NO_DOMAIN = "png|jpe?g|gif|svg|webp|css|js"
ADDRESS = re.compile(
    rf"(?<![\w.%+-])[\w.%+-]+@(?:{_LABEL})+(?!(?:{_NO_DOMAIN})\b)(?:xn--[\w-]+|[^\W\d_]{{2,}})(?![\w-])", re.IGNORECASE
)
"""An e-mail address by its form: neither ``jquery@3.5.1``, a library, nor ``icon@2x.png``, a picture."""


@dataclass
class PrivacyAudit:
    """One scan.

    E-mail addresses are found by their form as well, whoever's they are. A value that is one word of letters, such as
    the name *May*, cannot be told from other text: it counts where it stands as the value of its field.

    Parameters
    ----------
    values : set of str
        The identity values to seek.
    landed : callable
        Takes UUIDs that stand in a page and that nobody in ``values`` bears, in lower case; gives those that the
        landing files hold. Called only where there are such.
    """

    values: set[str]
    landed: Callable[[set[str]], set[str]]
    places: int = 0
    characters: int = 0
    found: dict[str, int] = field(default_factory=dict)
    """Name of a place -> how many different identity values stand in it."""

    def scan(self, places: Iterable[Place]) -> "PrivacyAudit":
        """Look through places; returns itself."""
        index = Index(spelling for value in self.values for spelling in _spellings(value))
        serials: dict[str, set[str]] = {}
        for place in places:
            self.places += 1
            self.characters += len(place.text)
            text = without_pictures(place.text)
            hits = len(index.find(text))
            if not place.is_log:  # Spark's logs are full of names like class@1a2b.com, and of UUIDs of its own
                hits = hits or len(set(ADDRESS.findall(text)))
                serials[place.name] = {serial.lower() for serial in SERIAL.findall(text)}
            if hits:
                self.found[place.name] = hits
        self._look_up({name: found for name, found in serials.items() if found and name not in self.found})
        return self

    def _look_up(self, serials: dict[str, set[str]]) -> None:
        if serials:
            landed = self.landed(set().union(*serials.values()))
            self.found.update({name: len(found & landed) for name, found in serials.items() if found & landed})

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.found

    def __str__(self) -> str:
        if self.passed:
            return f"none of {len(self.values):,} identity values found in {self.places} places"
        places = ", ".join(f"{name} ({hits})" for name, hits in sorted(self.found.items()))
        return f"identity values of landing files stand in: {places}"


def _spellings(value: str) -> list[str]:
    """How a value is sought: one word of letters as its field's value, such as ``"customerName": "May"``."""
    return [f"{name} {value}" for name in FIELDS_OF_ONE_WORD] if is_one_word(value) else [value]
