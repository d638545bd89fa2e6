"""The names of time zones, as Trino writes them ("Data types", Trino documentation)."""

import datetime as dt
import re
from zoneinfo import ZoneInfo, available_timezones

from local_aws.athena.failure import QueryFailed

_UTC_NAMES = {"utc", "z", "ut", "uct", "gmt", "gmt0", "greenwich", "universal", "zulu"}
_OFFSET = r"[+-][0-9]{2}:[0-9]{2}"


def zone_name(text: str) -> str:
    """Give a zone's name as Trino writes it.

    Raises
    ------
    QueryFailed
        For a zone that there is not.
    """
    if text.lower().removeprefix("etc/") in _UTC_NAMES or text in {"+00:00", "-00:00", "+0000"}:
        return "UTC"
    found = re.fullmatch(r"(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?", text)
    if found and int(found[2]) <= 14:
        return f"{found[1]}{int(found[2]):02d}:{found[3] or '00'}"
    known = _names().get(text.lower())
    if known is None:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"'{text}' is not a valid time zone")
    return known


_NAMES: dict[str, str] = {}


def _names() -> dict[str, str]:
    if not _NAMES:
        _NAMES.update((name.lower(), name) for name in available_timezones())
    return _NAMES


def zone_info(name: str) -> dt.tzinfo:
    """Give Python's zone of a name of `zone_name`."""
    if re.fullmatch(_OFFSET, name):
        minutes = int(name[1:3]) * 60 + int(name[4:])
        return dt.timezone(dt.timedelta(minutes=-minutes if name[0] == "-" else minutes))
    return dt.timezone.utc if name == "UTC" else ZoneInfo(name)
