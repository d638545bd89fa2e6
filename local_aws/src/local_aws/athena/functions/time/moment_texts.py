"""Texts of dates, times and durations, read and written in Python (Trino, "Date and time functions and operators")."""

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal

from local_aws.athena.failure import unsupported
from local_aws.athena.functions.python_functions import trino
from local_aws.athena.functions.text.text_functions import invalid
from local_aws.athena.functions.time import joda
from local_aws.athena.functions.time.time_zones import zone_info, zone_name
from local_aws.athena.types.trino import UTC_FIELD, ZONE_FIELD


def _within(moment: dt.datetime | str) -> dt.datetime:
    """DuckDB hands moments outside the years 1 to 9999 over as text."""
    if isinstance(moment, str):
        raise unsupported("a year outside 1 to 9999 in a text")
    return moment


def _zoned(local: dt.datetime, zone: str) -> dict[str, object]:
    try:
        moment = local.replace(tzinfo=zone_info(zone)).astimezone(dt.timezone.utc)
    except OverflowError as error:
        raise unsupported("a year outside 1 to 9999") from error
    return {UTC_FIELD: moment.replace(tzinfo=None), ZONE_FIELD: zone}


@trino("joda_text(timestamp, varchar, varchar) -> varchar")
def _joda_text(local: dt.datetime, zone: str, pattern: str) -> str:
    return joda.write(_within(local), zone, pattern)


@trino("parse_datetime(varchar, varchar) -> timestamp(3) with time zone")
def _parse_datetime(text: str, pattern: str) -> dict[str, object]:
    return _zoned(*joda.read(text, pattern))


@trino("joda_moment(varchar, varchar) -> timestamp")
def joda_moment(text: str, pattern: str) -> dt.datetime:
    """Read a moment without a zone, as date_parse does: its two-digit years begin with 1970."""
    return joda.read(text, pattern, first_year=1970)[0]


@trino("offset_minutes(timestamp, varchar) -> bigint")
def offset_minutes(utc: dt.datetime, zone: str) -> int:
    """How far a zone's clocks are ahead of UTC."""
    moment = _within(utc).replace(tzinfo=dt.timezone.utc).astimezone(zone_info(zone))
    return int(moment.utcoffset().total_seconds() // 60)


_DATE = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-W(\d{2})(?:-(\d))?|-(\d{3}))?"
_TIME = r"(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
_ISO_DATE = re.compile(_DATE)
_ISO_MOMENT = re.compile(rf"{_DATE}(?:T(?:{_TIME})?(Z|[+-]\d{{2}}(?::?\d{{2}})?)?)?")


def _iso_date(groups: tuple[str | None, ...], text: str) -> dt.date:
    year, month, day, week, weekday, ordinal = groups
    try:
        if week:
            return dt.date.fromisocalendar(int(year), int(week), int(weekday or 1))
        if ordinal:
            return dt.datetime.strptime(f"{year} {ordinal}", "%Y %j").date()
        return dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise invalid(f'Cannot parse "{text}": Value out of range') from error


@trino("from_iso8601_date(varchar) -> date")
def _from_iso8601_date(text: str) -> dt.date:
    found = _ISO_DATE.fullmatch(text)
    if not found:
        raise invalid(f'Invalid format: "{text}"')
    return _iso_date(found.groups(), text)


@trino("from_iso8601_timestamp(varchar) -> timestamp(3) with time zone")
def _from_iso8601_timestamp(text: str) -> dict[str, object]:
    found = _ISO_MOMENT.fullmatch(text)
    if not found:
        raise invalid(f'Invalid format: "{text}"')
    *date, hour, minute, second, fraction, zone = found.groups()
    micros = int((fraction or "0")[:3].ljust(3, "0")) * 1000
    try:
        time = dt.time(int(hour or 0), int(minute or 0), int(second or 0), micros)
    except ValueError as error:
        raise invalid(f'Cannot parse "{text}": Value out of range') from error
    return _zoned(dt.datetime.combine(_iso_date(tuple(date), text), time), zone_name(zone or "UTC"))


_SPANS = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


@trino("human_readable_seconds(double) -> varchar")
def _human_readable_seconds(seconds: float) -> str:
    if not math.isfinite(seconds):
        raise invalid(f"Invalid argument found: {'NaN' if math.isnan(seconds) else 'Infinity'}")
    rest, words = math.floor(abs(seconds) + 0.5), []
    for name, size in _SPANS:
        number, rest = divmod(rest, size)
        if number:
            words.append(f"{number} {name}{'s' if number != 1 else ''}")
    return ", ".join(words) or "0 seconds"


_UNITS = {"ns": "1e-6", "us": "1e-3", "ms": "1", "s": "1000", "m": "60000", "h": "3600000", "d": "86400000"}


@trino("parse_duration(varchar) -> interval day to second")
def _parse_duration(text: str) -> dict[str, int]:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*", text)
    if not found:
        raise invalid(f"duration is not a valid data duration string: {text}")
    if found[2] not in _UNITS:
        raise invalid(f"Unknown time unit: {found[2]}")
    millis = (Decimal(found[1]) * Decimal(_UNITS[found[2]])).quantize(Decimal(1), ROUND_HALF_UP)
    return {"$millis": int(millis)}
