"""``audit_privacy``: no identity value of the landing files stands in anything that the run made for others to read."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from runner.privacy.places import Place
from runner.privacy.words import Index
from runner.report.masking import EMAIL, SERIAL

NAME = "audit_privacy"


@dataclass
class PrivacyAudit:
    """One scan.

    Parameters
    ----------
    values : set of str
        The identity values to seek. E-mail addresses and serial numbers are found by their form as well.
    """

    values: set[str]
    places: int = 0
    characters: int = 0
    found: dict[str, int] = field(default_factory=dict)
    """Name of a place -> how many different identity values stand in it."""

    def scan(self, places: Iterable[Place]) -> "PrivacyAudit":
        """Look through places; returns itself."""
        everywhere, outside_logs = Index(filter(_is_composed, self.values)), Index(self.values)
        for place in places:
            self.places += 1
            self.characters += len(place.text)
            hits = len((everywhere if place.is_log else outside_logs).find(place.text))
            if not place.is_log:  # Spark's logs are full of names like class@1a2b.c, and of UUIDs of its own
                hits = hits or len({*EMAIL.findall(place.text), *SERIAL.findall(place.text)})
            if hits:
                self.found[place.name] = hits
        return self

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.found

    def __str__(self) -> str:
        if self.passed:
            return f"none of {len(self.values):,} identity values found in {self.places} places"
        places = ", ".join(f"{name} ({hits})" for name, hits in sorted(self.found.items()))
        return f"identity values of landing files stand in: {places}"


def _is_composed(value: str) -> bool:
    """Whether a value has more than letters: a first name alone may be a word of Spark's."""
    return not value.strip().isalpha()
