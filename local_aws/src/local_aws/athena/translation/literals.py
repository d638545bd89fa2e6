"""Literals and words that stand for a value: typed literals, bytes, intervals, the present (Trino, "Data types")."""

import datetime as dt
import re

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.calls import Typer
from local_aws.athena.functions.time import intervals, zones
from local_aws.athena.functions.time.moments import present
from local_aws.athena.translation.cast_macros import cast_text_to_zoned
from local_aws.athena.translation.casts import duck_cast
from local_aws.athena.translation.inference import noted
from local_aws.athena.translation.named_types import trino_type
from local_aws.athena.types.trino import UTC_FIELD, ZONE_FIELD, ZONED, TrinoType, to_duck

_LARGEST = 2**63


def number(node: exp.Literal, types_of: Typer) -> exp.Expression:
    """Check a number: Trino has none beyond a bigint without a point."""
    if not node.is_string and node.this.isdigit():
        value = int(node.this) - isinstance(node.parent, exp.Neg)
        if value >= _LARGEST:
            raise QueryFailed("SYNTAX_ERROR", f"Invalid numeric literal: {node.this}")
    return node


def hexadecimal(node: exp.HexString, types_of: Typer) -> exp.Expression:
    """Write ``X'…'``."""
    digits = re.sub(r"\s", "", node.this)
    if len(digits) % 2:
        raise QueryFailed("SYNTAX_ERROR", "Binary literal must contain an even number of digits")
    made = exp.Anonymous(this="unhex", expressions=[exp.Literal.string(digits)])
    return noted(made, TrinoType("varbinary"))


def unicode_text(node: exp.UnicodeString, types_of: Typer) -> exp.Expression:
    """Write ``U&'…'``."""
    escape = node.args.get("escape")
    mark = re.escape(escape.name if isinstance(escape, exp.Expression) else "\\")
    text = re.sub(
        rf"{mark}(?:\+([0-9A-Fa-f]{{6}})|([0-9A-Fa-f]{{4}})|({mark}))",
        lambda found: chr(int(found[1] or found[2], 16)) if not found[3] else found[3],
        node.this,
    )
    return exp.Literal.string(text)


def is_literal(node: exp.Cast) -> bool:
    """Whether a cast was written as a typed literal."""
    return bool(node.meta.get("literal")) and isinstance(node.this, exp.Literal)


def typed(node: exp.Cast) -> exp.Expression:
    """Write a typed literal such as ``TIMESTAMP '2020-01-01 00:00:00'``.

    Raises
    ------
    QueryFailed
        ``INVALID_LITERAL`` for what is no such date or time.
    """
    kind, text = trino_type(node.to), node.this.this
    if kind.name == "timestamp" and re.fullmatch(rf"{_DATE} +[^\d: ]\S*", text):
        kind = TrinoType(ZONED, kind.numbers)
    if kind.name != "date" and not node.to.expressions:
        digits = re.search(r"\.(\d+)", text)
        kind = TrinoType(kind.name, (len(digits[1]) if digits else 0,))
        if kind.numbers[0] > 6:
            raise unsupported("more than six digits of a second")
    try:
        if kind.name == ZONED:
            read = cast_text_to_zoned(text)
            moment = duck_cast(exp.Literal.string(f"{read[UTC_FIELD]:%Y-%m-%d %H:%M:%S.%f}"), "TIMESTAMP")
            return zones.zoned(moment, exp.Literal.string(read[ZONE_FIELD]), kind.numbers[0])
        made = duck_cast(exp.Literal.string(_checked(kind, text)), to_duck(kind))
    except (ValueError, QueryFailed) as error:
        name = "timestamp" if kind.name == ZONED else kind.name
        raise QueryFailed("INVALID_LITERAL", f"'{text}' is not a valid {name} literal") from error
    return noted(made, kind)


_DATE = r"([+-]?)(\d{4,7})-(\d{1,2})-(\d{1,2})"
_TIME = r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?"
_FORMS = {"date": _DATE, "time": _TIME, "timestamp": f"{_DATE}(?: {_TIME})?"}


def _checked(kind: TrinoType, text: str) -> str:
    """Give a date or time as DuckDB reads it, with all its fields."""
    found = re.fullmatch(_FORMS[kind.name], text.strip() if kind.name == "date" else text)
    if not found:
        raise ValueError(text)
    parts = list(found.groups())
    written = []
    if kind.name != "time":
        sign, year, month, day = parts[:4]
        # The calendar repeats itself after 400 years.
        dt.date(2000 + int(year) % 400, int(month), int(day))
        written.append(f"{sign.strip('+')}{int(year):04d}-{month:0>2}-{day:0>2}")
        parts = parts[4:]
    if kind.name != "date":
        hour, minute, second, fraction = parts
        time = dt.time(int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "0").ljust(6, "0")))
        written.append(f"{time:%H:%M:%S.%f}")
    return " ".join(written)


def interval(node: exp.Interval, types_of: Typer) -> exp.Expression:
    """Write an interval, but in the frame of a window and in a sequence, where DuckDB has its own."""
    parent = node.parent
    kept = isinstance(parent, exp.WindowSpec) or (
        isinstance(parent, exp.Anonymous) and parent.name.lower() == "sequence"
    )
    return node if kept else intervals.translate(node)


def current_timestamp(node: exp.Expression, types_of: Typer) -> exp.Expression:
    """Write the moment at which the query began."""
    return zones.zoned(present(), exp.Literal.string("UTC"))


def local_timestamp(node: exp.Expression, types_of: Typer) -> exp.Expression:
    """Write what the clocks showed when the query began."""
    return noted(present(), TrinoType("timestamp", (3,)))


def local_time(node: exp.Expression, types_of: Typer) -> exp.Expression:
    """Write the time of the day at which the query began."""
    return noted(duck_cast(present(), "TIME"), TrinoType("time", (3,)))


def current_date(node: exp.Expression, types_of: Typer) -> exp.Expression:
    """Write the day on which the query began."""
    return noted(duck_cast(present(), "DATE"), TrinoType("date"))


TRANSLATORS = {
    exp.CurrentDate: current_date,
    exp.CurrentTimestamp: current_timestamp,
    exp.HexString: hexadecimal,
    exp.Interval: interval,
    exp.Literal: number,
    exp.Localtime: local_time,
    exp.Localtimestamp: local_timestamp,
    exp.UnicodeString: unicode_text,
}
