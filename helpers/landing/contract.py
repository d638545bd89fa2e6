"""What a source promises to say in each record: which fields, and how their texts are compared."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from helpers.landing.parsing import Fields, Piece, read_line

MALFORMED, DUPLICATE_KEY = "malformed_json", "duplicate_key"


@dataclass(frozen=True)
class Contract:
    """The fields of a source.

    Parameters
    ----------
    spelling : dict of str to callable
        Field -> what makes its text comparable (`helpers.identity`), or ``str`` where it is taken as it stands.
    """

    spelling: dict[str, Callable[[str], str]]

    @property
    def fields(self) -> list[str]:
        """The names of the fields, in order."""
        return list(self.spelling)

    @cached_property
    def _by_lower_name(self) -> dict[str, str]:
        return {name.lower(): name for name in self.spelling}

    def records(self, line: bytes) -> list[list[str | None]]:
        """The records of one line.

        Returns
        -------
        list of list of str
            Of each record: what is wrong with it (``malformed_json``, ``duplicate_key`` or null); its text; the text
            of each field (null where it is absent or blank); and, in turn, name and text of each other field.
        """
        # A line that is not blank, as its reader thinks, is a record whatever is in it.
        pieces = read_line(line) or [Piece(line.decode("utf-8", "backslashreplace"), None)]
        return [self._record(piece.text, piece.fields) for piece in pieces]

    def _record(self, text: str, fields: Fields | None) -> list[str | None]:
        if fields is None:
            return [MALFORMED, text, *[None] * len(self.spelling)]
        known, other, is_doubtful = self.sort(fields)
        values = self.values(known).values()
        others = (part for field in sorted(other.items()) for part in field)
        return [DUPLICATE_KEY if is_doubtful else None, text, *values, *others]

    def sort(self, fields: Fields) -> tuple[dict[str, str | None], dict[str, str | None], bool]:
        """The fields of a record that the contract names, by its names, and the others, by theirs.

        Names are compared without case, as Athena compares them: what UNLOAD and Glue have written has lower case.

        Returns
        -------
        dict, dict
            Of a field that is given twice, the last value.
        bool
            Whether a field that the contract names is given twice with different values, so that nobody can say which
            of them holds.
        """
        known: dict[str, str | None] = {}
        other: dict[str, str | None] = {}
        is_doubtful = False
        for name, value in fields:
            own = self._by_lower_name.get(name.lower())
            if own is None:
                other[name] = value
                continue
            is_doubtful |= known.get(own, value) != value
            known[own] = value
        return known, other, is_doubtful

    def values(self, known: dict[str, str | None]) -> dict[str, str | None]:
        """The text of each field as it is compared; null where it is absent or blank."""
        found = {name: known.get(name) for name in self.spelling}
        return {
            name: value if value is None or self.spelling[name] is str else self.spelling[name](value) or None
            for name, value in found.items()
        }
