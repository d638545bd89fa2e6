"""Values as Athena writes them: text in ``GetQueryResults`` and in the result CSV."""

import datetime as dt
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.time.time_zones import zone_info
from local_aws.athena.types.trino import MILLIS_FIELD, MONTHS_FIELD, UTC_FIELD, ZONE_FIELD

BIGINT_LIMITS = (-(2**63), 2**63 - 1)
PLAIN_FROM, PLAIN_BELOW = 1e-3, 1e7
"""Java writes doubles of this range without an exponent (``Double.toString``)."""

_FAR = re.compile(r"(\d+)(-\d\d-\d\d)( \(BC\))?(?: (\d\d:\d\d:\d\d)(?:\.(\d+))?)?(?:\+00)?")
"""How DuckDB gives a date or time that Python's own types cannot hold."""

Writer = Callable[[Any], str]


def writer(duck_type: Any) -> Writer:
    """Choose how the values of one DuckDB type become text, but for null."""
    kind = duck_type.id
    if kind == "struct":
        own = _ROW_WRITERS.get(tuple(label for label, _ in duck_type.children))
        if own is not None:
            return own
    if kind in {"list", "struct", "map"}:
        return _nested_writer(duck_type)
    return _SCALAR_WRITERS.get(kind, str)


def _nested_writer(duck_type: Any) -> Writer:
    """Write arrays as ``[a, b]``, maps and rows as ``{k=v}``, nulls inside as ``null``."""
    labels = [label for label, _ in duck_type.children]
    writers = [_or_null(writer(child)) for _, child in duck_type.children]
    if duck_type.id == "list":
        return lambda value: f"[{', '.join(map(writers[0], value))}]"
    if duck_type.id == "map":
        if duck_type.children[0][1].id in {"list", "struct", "map"}:
            # Python cannot have these as keys; DuckDB gives two lists.
            return lambda value: _braces(
                (writers[0](k), writers[1](v)) for k, v in zip(value["key"], value["value"], strict=True)
            )
        return lambda value: _braces((writers[0](k), writers[1](v)) for k, v in value.items())
    if not any(labels):
        names = [f"field{place}" for place in range(len(labels))]
        return lambda value: _braces((n, w(v)) for n, w, v in zip(names, writers, value, strict=True))
    return lambda value: _braces((label, w(value[label])) for label, w in zip(labels, writers, strict=True))


def _or_null(write: Writer) -> Writer:
    return lambda value: "null" if value is None else write(value)


def _braces(pairs: Any) -> str:
    return "{" + ", ".join(f"{key}={value}" for key, value in pairs) + "}"


def write_double(value: float) -> str:
    """Write a double as Java's ``Double.toString`` does, for example ``1.655564376361E12``."""
    return _java_float(value, repr(value))


def write_real(value: float) -> str:
    """Write a 32-bit float with the digits that its own precision needs."""
    return _java_float(value, str(np.float32(value)))


def _java_float(value: float, text: str) -> str:
    if value == 0 or PLAIN_FROM <= abs(value) < PLAIN_BELOW:
        return text
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    exact = Decimal(text)
    sign, digits, _ = exact.normalize().as_tuple()
    mantissa = "".join(map(str, digits))
    return f"{'-' if sign else ''}{mantissa[0]}.{mantissa[1:] or '0'}E{exact.adjusted()}"


def _bigint(value: int) -> str:
    if not BIGINT_LIMITS[0] <= value <= BIGINT_LIMITS[1]:
        raise QueryFailed("NUMERIC_VALUE_OUT_OF_RANGE", "bigint value overflow")
    return str(value)


def _date(value: dt.date | str) -> str:
    return _far(value) if isinstance(value, str) else value.isoformat()


def _timestamp(value: dt.datetime | str) -> str:
    if isinstance(value, str):
        return _far(value)
    value = _to_millisecond(value)
    return f"{value:%H:%M:%S}".join([f"{value.date().isoformat()} ", f".{value.microsecond // 1000:03d}"])


def _to_millisecond(value: dt.datetime) -> dt.datetime:
    """Round half up, as Trino does for clients that know three digits of a second."""
    if value.microsecond % 1000 < 500 or value.year == dt.MAXYEAR:
        return value
    return value + dt.timedelta(microseconds=1000 - value.microsecond % 1000)


def _time(value: dt.time) -> str:
    moment = _to_millisecond(dt.datetime.combine(dt.date(2000, 1, 1), value))
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}"


def _zoned(value: dict[str, Any]) -> str:
    utc, zone = value[UTC_FIELD], value[ZONE_FIELD]
    if not isinstance(utc, str) and zone != "UTC":
        utc = utc.replace(tzinfo=dt.timezone.utc).astimezone(zone_info(zone)).replace(tzinfo=None)
    return f"{_timestamp(utc)} {zone}"


def _day_time(value: dict[str, Any]) -> str:
    millis = abs(value[MILLIS_FIELD])
    seconds, days = millis // 1000 % 86_400, millis // 86_400_000
    sign = "-" if value[MILLIS_FIELD] < 0 else ""
    return f"{sign}{days} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{millis % 1000:03d}"


def _year_month(value: dict[str, Any]) -> str:
    months = abs(value[MONTHS_FIELD])
    return f"{'-' if value[MONTHS_FIELD] < 0 else ''}{months // 12}-{months % 12}"


def _far(text: str) -> str:
    """Write a moment outside the years 1 to 9999 as java.time does, and so Trino: ``+10000-01-01``, ``-0001-12-31``."""
    year, day, before_christ, time, fraction = _FAR.fullmatch(text).groups()
    number = 1 - int(year) if before_christ else int(year)
    sign = "-" if number < 0 else "+" if number > dt.MAXYEAR else ""
    date = f"{sign}{abs(number):04d}{day}"
    return f"{date} {time}.{(fraction or '')[:3]:0<3}" if time else date


_SCALAR_WRITERS: dict[str, Writer] = {
    "boolean": lambda value: "true" if value else "false",
    "hugeint": _bigint,
    "ubigint": _bigint,
    "double": write_double,
    "float": write_real,
    "decimal": lambda value: format(value, "f"),
    "timestamp": _timestamp,
    "time": _time,
    "date": _date,
    "blob": lambda value: " ".join(f"{byte:02x}" for byte in value),
}
_ROW_WRITERS: dict[tuple[str, ...], Writer] = {
    (UTC_FIELD, ZONE_FIELD): _zoned,
    (MILLIS_FIELD,): _day_time,
    (MONTHS_FIELD,): _year_month,
}
"""What is a row for DuckDB alone."""
