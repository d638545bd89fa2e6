"""What a source promises to say in each record, and what is wrong with one that does not say it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from helpers.identity import normal_address, normal_serial, trim
from helpers.landing import values
from helpers.landing.parsing import Boolean, Fields, Number, read_line
from helpers.tables import DUPLICATE_KEY, MALFORMED, REASONS, TABLES, Column

READERS: dict[str, Callable[[str], str | None]] = {
    "bigint": values.epoch_ms,
    "int": values.centimetres,
    "double": values.finite,
    "date": values.calendar_date,
}
"""Type of a column -> what the trimmed text of a value means."""
SPELLINGS: dict[str, Callable[[str], str]] = {
    "email": normal_address,
    "user": normal_address,
    "serialNumber": normal_serial,
    "customerName": str,
    "phone": str,
}
"""Column -> what makes its texts comparable; every other text is trimmed."""
KINDS = {Number: "number", Boolean: "boolean", str: "text"}
"""Class of a value that the contract does not name -> its kind; a nested one is text. Null has none."""


@dataclass(frozen=True)
class Contract:
    """The fields of a source.

    Parameters
    ----------
    columns : tuple of Column
        With the types that they get in the trusted zone.
    """

    columns: tuple[Column, ...]

    @property
    def fields(self) -> list[str]:
        """The names of the fields, in order."""
        return [column.name for column in self.columns]

    @cached_property
    def _by_lower_name(self) -> dict[str, str]:
        return {name.lower(): name for name in self.fields}

    def records(self, line: bytes) -> list[list[str | None]]:
        """The records of one line; none of a blank one.

        Returns
        -------
        list of list of str
            Of each record: why it is in quarantine, or null; its text; the value of each field as text (null where it
            is absent, blank or none); and, in turn, name, kind and text of each other field.
        """
        return [self._record(piece.text, piece.fields) for piece in read_line(line)]

    def _record(self, text: str, fields: Fields | None) -> list[str | None]:
        if fields is None:
            return [MALFORMED, text, *[None] * len(self.columns)]
        known, other, is_doubtful = self.sort(fields)
        given = self.values(known)
        found = [_value(column, given[column.name]) for column in self.columns]
        broken = {
            column.rule
            for column, value in zip(self.columns, found, strict=True)
            if value is None and column.rule and not _may_be_none(column, given[column.name])
        }
        reason = DUPLICATE_KEY if is_doubtful else next(filter(broken.__contains__, REASONS), None)
        others = ((name, KINDS.get(type(value)), value) for name, value in sorted(other.items()))
        return [reason, text, *found, *(part for field in others for part in field)]

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
        found = {name: known.get(name) for name in self.fields}
        return {
            name: value if value is None else SPELLINGS.get(name, trim)(value) or None for name, value in found.items()
        }


def _value(column: Column, text: str | None) -> str | None:
    """What the text of a field means; None where it is none."""
    read = READERS.get(column.type)
    return text if text is None or read is None else read(text)


def _may_be_none(column: Column, text: str | None) -> bool:
    """Whether a record may have no value in a column; a sharing date of zero says "not shared"."""
    return column.optional and (text is None or (column.rule == "bad_consent" and values.is_zero(text)))


CONTRACTS = {
    "customer": Contract(TABLES["customer_trusted"].columns),
    "accelerometer": Contract(TABLES["accelerometer_landing"].columns),
    "step_trainer": Contract(TABLES["step_trainer_landing"].columns),
}
"""Source -> what its records promise."""
