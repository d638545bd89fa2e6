"""How numbers, durations, instants and statuses are worded for a reader."""

from collections.abc import Mapping
from datetime import datetime, timezone

STATUS_MARKS = {"SUCCEEDED": "✓", "FAILED": "✕", "SKIPPED": "–", "CANCELLED": "■", "RUNNING": "…"}
"""A sign beside each status, so that colour is never the only bearer of it."""
NO_VALUE = (None, "", "NULL")
"""A missing value in a table's cell."""


def count_text(number: int | None) -> str:
    """A row count with thousands separators; a dash where there is none.

    >>> count_text(8100000)
    '8,100,000'
    """
    return "–" if number is None else f"{number:,}"


def number_text(number: float | None) -> str:
    """A measured number, to six significant digits where it is no whole one; a dash where there is none.

    >>> number_text(1655564376361), number_text(-0.25012345)
    ('1,655,564,376,361', '-0.250123')
    """
    if number is None:
        return "–"
    return f"{number:,.0f}" if float(number).is_integer() or abs(number) >= 1e6 else f"{number:,.6g}"


def numeric_columns(table: Mapping) -> list[bool]:
    """For each column of a table whether it holds numbers, or texts of such, and missing values alone.

    >>> numeric_columns({"columns": ["a", "b"], "rows": [["1.5", "x"], [None, 2]]})
    [True, False]
    """
    columns = [[row[place] for row in table["rows"]] for place in range(len(table["columns"]))]
    filled = [[value for value in column if value not in NO_VALUE] for column in columns]
    return [bool(values) and all(map(_is_number, values)) for values in filled]


def _is_number(value: object) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def dollars_text(usd: float | None, digits: int = 4) -> str:
    """An amount of US dollars; a dash where there is none.

    >>> dollars_text(0.01471), dollars_text(5, 2)
    ('$0.0147', '$5.00')
    """
    return "–" if usd is None else f"${usd:,.{digits}f}"


def share_text(part: int, whole: int) -> str:
    """A part of a whole in percent; a part that is there never reads as 0 %, a part that lacks a row never as 100 %.

    >>> share_text(474, 956), share_text(1, 8100000), share_text(0, 0)
    ('49.6 %', '< 0.1 %', '–')
    """
    if whole <= 0:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.1f} %"


def duration_text(seconds: float | None) -> str:
    """A duration in the largest two units that fit.

    >>> duration_text(4.26), duration_text(65), duration_text(3720)
    ('4.3 s', '1 min 05 s', '1 h 02 min')
    """
    if seconds is None:
        return "–"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def parse_instant(text: str | None) -> datetime | None:
    """The instant of an ISO 8601 text in UTC; an offset that is missing is read as UTC."""
    if not text:
        return None
    # Python 3.10 does not know the Z of ISO 8601.
    instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


def instant_text(text: str | None) -> str:
    """An ISO 8601 instant as a reader wants it, in UTC.

    >>> instant_text("2026-11-23T23:54:44.123Z")
    '23 Nov 2026, 23:54:44 UTC'
    """
    instant = parse_instant(text)
    return "–" if instant is None else instant.strftime("%d %b %Y, %H:%M:%S UTC").lstrip("0")


def elapsed_seconds(started: str | None, ended: str | None) -> float | None:
    """Seconds between two ISO 8601 instants, or None while one is missing."""
    first, last = parse_instant(started), parse_instant(ended)
    return (last - first).total_seconds() if first and last else None
