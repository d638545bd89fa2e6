"""Trino's types, which tell more than DuckDB's: lengths of text, precisions of time, zones and kinds of interval.

Source: "Data types" (Trino documentation).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

UTC_FIELD, ZONE_FIELD = "$utc", "$zone"
"""A moment with its zone is a row of both: DuckDB's own zoned timestamp forgets the zone."""
MONTHS_FIELD, MILLIS_FIELD = "$months", "$millis"
"""An interval is a row of its one number: DuckDB's own interval does not tell Trino's two kinds apart."""

INTEGERS = ("tinyint", "smallint", "integer", "bigint")
NUMBERS = (*INTEGERS, "decimal", "real", "double")
DUCK_INTEGERS = {"tinyint", "smallint", "integer", "bigint", "hugeint", "ubigint", "uinteger"}
DUCK_FLOATS = {"float", "double"}
"""Names of DuckDB's types."""
ZONED = "timestamp with time zone"
DAY_TIME, YEAR_MONTH = "interval day to second", "interval year to month"
DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}


@dataclass(frozen=True)
class TrinoType:
    """One type: its name, its numbers, and the types of its parts with the names of a row's fields."""

    name: str
    numbers: tuple[int, ...] = ()
    parts: tuple["TrinoType", ...] = ()
    labels: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The name as Trino writes it, such as ``timestamp(3) with time zone``."""
        numbers = f"({','.join(map(str, self.numbers))})" if self.numbers else ""
        if self.name.endswith(" with time zone"):
            return f"{self.name.split()[0]}{numbers} with time zone"
        if self.name == "row":
            fields = [f'"{label}" {part}' if label else str(part) for label, part in self._fields()]
            return f"row({', '.join(field.replace(chr(34), '') if _plain(field) else field for field in fields)})"
        if self.parts:
            return f"{self.name}({', '.join(map(str, self.parts))})"
        return f"{self.name}{numbers}"

    def _fields(self) -> list[tuple[str, "TrinoType"]]:
        return list(zip(self.labels or [""] * len(self.parts), self.parts, strict=True))

    @property
    def moment(self) -> bool:
        """Whether values are dates or timestamps."""
        return self.name in {"date", "timestamp", ZONED}

    @property
    def digits(self) -> tuple[int, int]:
        """Precision and scale as a decimal."""
        return self.numbers if self.name == "decimal" else (DIGITS[self.name], 0)


def _plain(field: str) -> bool:
    return re.match(r'"[a-z_][a-z0-9_]*" ', field) is not None


VARCHAR = TrinoType("varchar")
BIGINT = TrinoType("bigint")
BOOLEAN = TrinoType("boolean")
DOUBLE = TrinoType("double")
UNKNOWN = TrinoType("unknown")

_SAME = {"boolean", "tinyint", "smallint", "integer", "bigint", "double", "varchar", "date", "uuid"}
_OTHER = {"float": "real", "hugeint": "bigint", "ubigint": "bigint", "uinteger": "bigint", "utinyint": "bigint"}
_PRECISE = {"time": "time", "timestamp": "timestamp", "timestamp with time zone": ZONED}


def from_duck(kind: Any) -> TrinoType:
    """Read a DuckDB type."""
    if str(kind) == "JSON":
        return TrinoType("json")
    if kind.id in _SAME:
        return TrinoType(kind.id)
    if kind.id in _OTHER:
        return TrinoType(_OTHER[kind.id])
    if kind.id in _PRECISE:
        return TrinoType(_PRECISE[kind.id], (3,))
    if kind.id == "blob":
        return TrinoType("varbinary")
    if kind.id == "decimal":
        details = dict(kind.children)
        return TrinoType("decimal", (details["precision"], details["scale"]))
    if kind.id in {"list", "map", "struct"}:
        return _nested(kind)
    return UNKNOWN if "null" in kind.id else TrinoType(kind.id)


def _nested(kind: Any) -> TrinoType:
    labels, parts = zip(*kind.children, strict=True)
    if labels == (UTC_FIELD, ZONE_FIELD):
        return TrinoType(ZONED, (3,))
    if labels == (MONTHS_FIELD,):
        return TrinoType(YEAR_MONTH)
    if labels == (MILLIS_FIELD,):
        return TrinoType(DAY_TIME)
    types = tuple(from_duck(part) for part in parts)
    if kind.id == "struct":
        return TrinoType("row", (), types, labels)
    return TrinoType("array" if kind.id == "list" else "map", (), types)


def to_duck(kind: TrinoType) -> str:
    """Write a type for DuckDB."""
    if kind.name == ZONED:
        return f'STRUCT("{UTC_FIELD}" TIMESTAMP, "{ZONE_FIELD}" VARCHAR)'
    if kind.name == DAY_TIME:
        return f'STRUCT("{MILLIS_FIELD}" BIGINT)'
    if kind.name == YEAR_MONTH:
        return f'STRUCT("{MONTHS_FIELD}" INTEGER)'
    if kind.name == "array":
        return f"{to_duck(kind.parts[0])}[]"
    if kind.name == "map":
        return f"MAP({to_duck(kind.parts[0])}, {to_duck(kind.parts[1])})"
    if kind.name == "row":
        labels = kind.labels or [""] * len(kind.parts)
        fields = (f'"{label}" {to_duck(part)}' for label, part in zip(labels, kind.parts, strict=True))
        return f"STRUCT({', '.join(fields)})"
    if kind.name == "decimal":
        return "DECIMAL({}, {})".format(*kind.numbers)
    return {"varbinary": "BLOB", "char": "VARCHAR", "unknown": "INTEGER"}.get(kind.name, kind.name.upper())


def parse_type(text: str) -> TrinoType:
    """Read a type as it stands in a signature, such as ``array(varchar)`` or ``decimal(10,2)``."""
    text = text.strip()
    found = re.fullmatch(r"(array|map)\((.*)\)", text)
    if found:
        return TrinoType(found[1], (), tuple(parse_type(part) for part in _split(found[2])))
    found = re.fullmatch(r"([a-z ]+)\(([\d, ]+)\)(.*)", text)
    if found:
        return TrinoType(found[1] + found[3], tuple(int(number) for number in found[2].split(",")))
    return TrinoType(text)


def _split(text: str) -> list[str]:
    """Cut at the commas outside of brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def common_type(left: TrinoType, right: TrinoType) -> TrinoType | None:
    """The type to which both can be coerced (Trino, ``TypeCoercion``), or None."""
    if left == right or right.name == "unknown":
        return left
    if left.name == "unknown":
        return right
    if left.name in NUMBERS and right.name in NUMBERS:
        return _common_number(left, right)
    if left.name == right.name and left.parts and len(left.parts) == len(right.parts):
        parts = tuple(common_type(one, other) for one, other in zip(left.parts, right.parts, strict=True))
        labels = left.labels if left.labels == right.labels else ()
        return None if None in parts else TrinoType(left.name, (), parts, labels)
    if {left.name, right.name} <= {"varchar", "char"}:
        lengths = (left.numbers, right.numbers)
        name = "char" if "char" in (left.name, right.name) else "varchar"
        return TrinoType(name, max(lengths) if all(lengths) else ())
    if left.name == right.name:
        return TrinoType(left.name, max(left.numbers, right.numbers))
    if left.moment and right.moment:
        name = max((left.name, right.name), key=("date", "timestamp", ZONED).index)
        return TrinoType(name, max(left.numbers, right.numbers))
    return None


def common_of(kinds: Iterable[TrinoType]) -> TrinoType | None:
    """The type to which all can be coerced, or None."""
    found: TrinoType | None = UNKNOWN
    for kind in kinds:
        found = None if found is None else common_type(found, kind)
    return found


def _common_number(left: TrinoType, right: TrinoType) -> TrinoType:
    higher = max((left, right), key=lambda kind: NUMBERS.index(kind.name))
    if higher.name != "decimal":
        return higher
    (one, one_scale), (other, other_scale) = left.digits, right.digits
    scale = max(one_scale, other_scale)
    return TrinoType("decimal", (min(38, max(one - one_scale, other - other_scale) + scale), scale))
