"""Joda-Time's patterns of dates and times, which format_datetime and parse_datetime take.

Source: ``DateTimeFormat`` (Joda-Time's API documentation).
"""

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.time.time_zones import zone_info, zone_name

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_DEFAULT_YEAR = 2000
"""The year of a month or a day that is parsed without one."""
Token = tuple[str, int]
"""A letter and how often it stands there, or literal text and zero."""


@lru_cache(maxsize=256)
def tokens(pattern: str) -> tuple[Token, ...]:
    """Cut a pattern into runs of one letter and literal text.

    Raises
    ------
    QueryFailed
        For a letter that Joda-Time does not know.
    """
    found: list[Token] = []
    for part in re.finditer(r"''|'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+", pattern):
        text = part[0]
        if text == "''":
            found.append(("'", 0))
        elif part[1] is not None:
            found.append((part[1].replace("''", "'"), 0))
        elif part[2]:
            if part[2] not in "GCxwyYeEDMdaKhHkmsSzZ":
                raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"Illegal pattern component: {text}")
            found.append((part[2], len(text)))
        else:
            found.append((text, 0))
    return tuple(found)


_NUMBERS: dict[str, Callable[[dt.datetime], int]] = {
    "C": lambda moment: moment.year // 100,
    "x": lambda moment: moment.isocalendar()[0],
    "w": lambda moment: moment.isocalendar()[1],
    "e": lambda moment: moment.isoweekday(),
    "D": lambda moment: moment.timetuple().tm_yday,
    "d": lambda moment: moment.day,
    "K": lambda moment: moment.hour % 12,
    "h": lambda moment: moment.hour % 12 or 12,
    "H": lambda moment: moment.hour,
    "k": lambda moment: moment.hour or 24,
    "m": lambda moment: moment.minute,
    "s": lambda moment: moment.second,
}


def write(local: dt.datetime, zone: str, pattern: str) -> str:
    """Write what the clocks of a zone show."""
    return "".join(letter if not count else _written(letter, count, local, zone) for letter, count in tokens(pattern))


def _written(letter: str, count: int, local: dt.datetime, zone: str) -> str:
    if letter in "yY" or (letter == "x" and count == 2):
        number = local.isocalendar()[0] if letter == "x" else local.year
        return f"{number % 100:02d}" if count == 2 else f"{number:0{count}d}"
    if letter in _NUMBERS:
        return f"{_NUMBERS[letter](local):0{count}d}"
    if letter == "M":
        name = MONTHS[local.month - 1]
        return f"{local.month:0{count}d}" if count < 3 else name[:3] if count == 3 else name
    if letter == "E":
        name = DAYS[local.weekday()]
        return name if count > 3 else name[:3]
    if letter == "S":
        return f"{local.microsecond // 1000:03d}".ljust(count, "0")[:count]
    if letter in "aG":
        return ("AM" if local.hour < 12 else "PM") if letter == "a" else "AD"
    return _zone(letter, count, local, zone)


def _zone(letter: str, count: int, local: dt.datetime, zone: str) -> str:
    moment = local.replace(tzinfo=zone_info(zone))
    if letter == "Z":
        return zone if count > 2 else offset(moment, ":" if count == 2 else "")
    name = moment.tzname() or ""
    if re.match(r"[+-]\d", zone):
        return zone
    if count > 3 or name[:1] in "+-":
        raise unsupported("the name of a time zone in a text")
    return name


def offset(moment: dt.datetime, between: str) -> str:
    """Write the offset of a zoned moment."""
    minutes = int(moment.utcoffset().total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{between}{abs(minutes) % 60:02d}"


_WIDTHS = {"y": 9, "Y": 9, "x": 9, "D": 3, "C": 9}


def read(text: str, pattern: str, first_year: int | None = None) -> tuple[dt.datetime, str]:
    """Read a text; give what the clocks of its zone show, and the zone.

    Raises
    ------
    QueryFailed
        ``INVALID_FUNCTION_ARGUMENT`` in Joda-Time's words.
    """
    expression, letters = _expression(pattern)
    found = expression.fullmatch(text)
    try:
        if not found:
            raise ValueError
        fields = dict(zip(letters, found.groups(), strict=True))
        return _moment(fields, first_year), _parsed_zone(fields)
    except (ValueError, KeyError, QueryFailed) as error:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f'Invalid format: "{text}"') from error


@lru_cache(maxsize=256)
def _expression(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    parts, letters = [], []
    found = tokens(pattern)
    for place, (letter, count) in enumerate(found):
        if not count:
            parts.append(re.escape(letter))
            continue
        letters.append(letter + ("2" if letter in "yYx" and count == 2 else ""))
        followed = found[place + 1 : place + 2] and found[place + 1][1] and found[place + 1][0] not in "aEGzZ"
        parts.append(f"({_readable(letter, count, bool(followed))})")
    return re.compile("".join(parts), re.IGNORECASE), tuple(letters)


def _readable(letter: str, count: int, followed: bool) -> str:
    if letter in "yYx" and count == 2:
        return r"\d{2}"
    if letter == "S":
        return rf"\d{{1,{max(count, 1)}}}" if followed else r"\d{1,9}"
    if letter == "M" and count > 2:
        return "|".join(f"{name}|{name[:3]}" for name in MONTHS)
    if letter == "E":
        return "|".join(f"{name}|{name[:3]}" for name in DAYS)
    if letter == "a":
        return "AM|PM"
    if letter == "Z":
        return r"Z|[+-]\d{2}:?\d{2}" if count < 3 else r"[A-Za-z0-9_/+:-]+"
    if letter in "zGC":
        raise unsupported(f"the pattern letter {letter} in parse_datetime")
    width = count if followed else _WIDTHS.get(letter, 2)
    return rf"[+-]?\d{{1,{width}}}" if letter in "yYx" else rf"\d{{1,{max(width, 1)}}}"


def _moment(fields: dict[str, str], first_year: int | None) -> dt.datetime:
    date = _date(fields, first_year)
    hour = _hour(fields)
    fraction = int(fields.get("S", "0")[:3].ljust(3, "0")) * 1000
    return dt.datetime(
        date.year, date.month, date.day, hour, int(fields.get("m", 0)), int(fields.get("s", 0)), fraction
    )


def _date(fields: dict[str, str], first_year: int | None) -> dt.date:
    year = _year(fields, "x", "w" in fields or "x" in fields, first_year)
    if year is not None:
        return dt.date.fromisocalendar(year, int(fields.get("w", 1)), int(fields.get("e", _weekday(fields))))
    dated = {"M", "d", "D"} & set(fields)
    year = (
        _year(fields, "y", True, first_year)
        or _year(fields, "Y", True, first_year)
        or (_DEFAULT_YEAR if dated else 1970)
    )
    if "D" in fields:
        return dt.datetime.strptime(f"{year:04d} {int(fields['D'])}", "%Y %j").date()
    month = fields.get("M", "1")
    number = int(month) if month.isdigit() else [name[:3].lower() for name in MONTHS].index(month[:3].lower()) + 1
    return dt.date(year, number, int(fields.get("d", 1)))


def _year(fields: dict[str, str], letter: str, wanted: bool, first_year: int | None) -> int | None:
    if not wanted:
        return None
    if f"{letter}2" in fields:
        # Two digits are the year nearest to thirty years from now, as Joda-Time has it for its own present.
        low = first_year if first_year is not None else dt.date.today().year - 80
        return low + (int(fields[f"{letter}2"]) - low) % 100
    return int(fields[letter]) if letter in fields else None


def _weekday(fields: dict[str, str]) -> int:
    names = [name[:3].lower() for name in DAYS]
    return names.index(fields["E"][:3].lower()) + 1 if "E" in fields else 1


def _hour(fields: dict[str, str]) -> int:
    if "H" in fields or "k" in fields:
        return int(fields["H"]) if "H" in fields else int(fields["k"]) % 24
    half = 12 if fields.get("a", "AM").upper() == "PM" else 0
    return int(fields.get("K", fields.get("h", "0"))) % 12 + half


def _parsed_zone(fields: dict[str, str]) -> str:
    return zone_name(fields["Z"]) if "Z" in fields else "UTC"
