"""DuckDB macros that cast one value as Trino casts it, and the Python for what DuckDB writes otherwise."""

import datetime as dt
import re
from decimal import Context, Decimal

import numpy as np

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.python_functions import trino
from local_aws.athena.functions.time.time_zones import zone_info, zone_name
from local_aws.athena.reading.json_lines import fail
from local_aws.athena.types.trino import UTC_FIELD, ZONE_FIELD

_TIME = r"[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\.[0-9]{1,12})?)?"
_DATE = r"[+-]?[0-9]{4,7}-[0-9]{1,2}-[0-9]{1,2}"
_MOMENT = f"{_DATE}( {_TIME})?"
_BLANKS = "chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || chr(30) || chr(31) || chr(32)"


def _from_text(name: str, duck: str, pattern: str, message: str, source: str = "s") -> str:
    """Write the macro ``cast_text_to_…``, which fails in Trino's words."""
    failure = f"CAST('INVALID_CAST_ARGUMENT: ' || {message} AS TINYINT)::VARCHAR::{duck}"
    cast = f"coalesce(TRY_CAST({source} AS {duck}), {failure})"
    return (
        f"cast_text_to_{name}(s) AS CASE WHEN s IS NULL THEN NULL "
        f"WHEN regexp_full_match({source}, '{pattern}') THEN {cast} ELSE {failure} END"
    )


def _whole(name: str, trino_name: str) -> str:
    return _from_text(name, name.upper(), "[+-]?[0-9]+", f"'Cannot cast ''' || s || ''' to {trino_name}'")


_FLOAT = r"\s*[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)\s*"
MACROS = (
    *(_whole(name, words) for name, words in (("tinyint", "TINYINT"), ("smallint", "SMALLINT"))),
    _whole("integer", "INT"),
    _whole("bigint", "BIGINT"),
    _from_text("double", "DOUBLE", _FLOAT, "'Cannot cast ''' || s || ''' to DOUBLE'"),
    _from_text("real", "FLOAT", _FLOAT, "'Cannot cast ''' || s || ''' to REAL'"),
    _from_text("boolean", "BOOLEAN", "(?i)t|f|true|false|1|0", "'Cannot cast ''' || s || ''' to BOOLEAN'"),
    _from_text("date", "DATE", _DATE, "'Value cannot be cast to date: ' || s", f"ltrim(trim(s, {_BLANKS}), '+')"),
    _from_text("timestamp", "TIMESTAMP", _MOMENT, "'Value cannot be cast to timestamp: ' || s", "s"),
    f"is_plain_timestamp(s) AS s IS NULL OR regexp_full_match(s, '{_MOMENT}')",
    _from_text("time", "TIME", _TIME, "'Value cannot be cast to time: ' || s"),
    "cast_text_to_decimal(s) AS CASE WHEN s IS NULL OR regexp_full_match(s, "
    r"'[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?') THEN s ELSE "
    "CAST('INVALID_CAST_ARGUMENT: Cannot cast VARCHAR ''' || s || ''' to DECIMAL. Value is not a number.' AS TINYINT)"
    "::VARCHAR END",
    # DuckDB leaves the zero before the point out where a type has no digit for it.
    "small_decimal_text(x) AS CASE WHEN x < 0 THEN '-0' ELSE '0' END || ltrim(CAST(x AS VARCHAR), '-0')",
    "year_text(y, plus) AS CASE WHEN y < 0 THEN '-' WHEN y > 9999 THEN plus ELSE '' END "
    "|| CASE WHEN abs(y) < 10000 THEN lpad(abs(y)::VARCHAR, 4, '0') ELSE abs(y)::VARCHAR END",
    # Joda writes the year of a date without a plus, java.time that of a timestamp with one, and Trino uses either.
    "date_text(d) AS CASE WHEN year(d) BETWEEN 1 AND 9999 THEN CAST(d AS VARCHAR) "
    "ELSE year_text(year(d), '') || strftime(d, '-%m-%d') END",
    "fraction_text(micros, places) AS CASE WHEN places = 0 THEN '' "
    "ELSE '.' || left(lpad((micros % 1000000)::VARCHAR, 6, '0') || '000000', places) END",
    "moment_text(t, places) AS year_text(year(t), '+') || strftime(t, '-%m-%d %H:%M:%S') "
    "|| fraction_text(microsecond(t), places)",
    "time_text(t, places) AS left(CAST(t AS VARCHAR), 8) || fraction_text(microsecond(t), places)",
    # Half up, as Trino rounds to a precision.
    "rounded_moment(t, micros) AS make_timestamp(CAST(floor((epoch_us(t) + micros // 2)::HUGEINT / micros) AS BIGINT) "
    "* micros)",
    "rounded_time(t, micros) AS TIME '00:00:00' + to_microseconds((epoch_us(t) + micros // 2) // micros * micros)",
    "round_to_integer(x) AS CASE WHEN isnan(x) OR isinf(x) THEN "
    f"{fail('INVALID_CAST_ARGUMENT: Cannot cast double NaN or Infinity to an integer')} ELSE round(x) END",
    "limited_text(s, n) AS CASE WHEN length(s) <= n THEN s ELSE CAST('INVALID_CAST_ARGUMENT: Value ' || s || "
    "' cannot be represented as varchar(' || n || ')' AS TINYINT)::VARCHAR END",
)


_SEVEN = Context(prec=7)


@trino("double_text(double) -> varchar")
def double_text(value: float) -> str:
    """Write a double as the SQL standard does: one digit, a point, an exponent (Trino, ``DoubleOperators``)."""
    return _scientific(value, repr(value))


@trino("real_text(real) -> varchar")
def real_text(value: float) -> str:
    """Write a real with seven digits at most (Trino, ``RealOperators``)."""
    return _scientific(value, str(_SEVEN.create_decimal(str(np.float32(value)))))


def _scientific(value: float, digits: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(float(value))]
    if value == 0:
        return "-0E0" if digits.startswith("-") else "0E0"
    exact = Decimal(digits).normalize()
    sign, written, _ = exact.as_tuple()
    text = "".join(map(str, written))
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{exact.adjusted()}"


_ZONED = re.compile(rf"\s*({_DATE})(?: ({_TIME}))?\s*(\S+)?\s*")


@trino("cast_text_to_zoned(varchar) -> timestamp with time zone")
def cast_text_to_zoned(text: str) -> dict[str, object]:
    """Read a moment with its zone; without one it is in the zone of the session, UTC."""
    found = _ZONED.fullmatch(text)
    try:
        if not found:
            raise ValueError
        zone = zone_name(found[5] or "UTC")
        local = dt.datetime.fromisoformat(_iso(found[1], found[2]))
        utc = local.replace(tzinfo=zone_info(zone)).astimezone(dt.timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError, QueryFailed) as error:
        raise QueryFailed(
            "INVALID_CAST_ARGUMENT", f"Value cannot be cast to timestamp with time zone: {text}"
        ) from error
    return {UTC_FIELD: utc, ZONE_FIELD: zone}


@trino("cast_text_to_clocks(varchar) -> timestamp")
def cast_text_to_clocks(text: str) -> dt.datetime:
    """Read what the clocks of a moment's zone show (Trino, ``VarcharToTimestampCast``)."""
    found = _ZONED.fullmatch(text)
    try:
        if not found or text[:1].isspace():
            raise ValueError
        zone_name(found[5] or "UTC")
        return dt.datetime.fromisoformat(_iso(found[1], found[2]))
    except (ValueError, QueryFailed) as error:
        raise QueryFailed("INVALID_CAST_ARGUMENT", f"Value cannot be cast to timestamp: {text}") from error


def _iso(date: str, time: str | None) -> str:
    year, month, day = date.split("-")
    hours, minutes, seconds = ([*(time or "0:0").split(":"), "0"])[:3]
    whole, _, fraction = seconds.partition(".")
    return f"{year}-{month:0>2}-{day:0>2}T{hours:0>2}:{minutes:0>2}:{whole:0>2}.{fraction[:6]:0<6}"
