"""What one text of a record means: a time, a distance, a measurement, a date; or nothing, where it is none.

Integers, integral floats and digit strings mean the same, since earlier drops of the files hold one and later ones the
other. What a text means is again a text, the plainest spelling of the value, which Spark casts.
"""

import calendar
import math
import re
from decimal import Decimal

FIRST_TIME = 946_684_800_000
"""2000-01-01T00:00:00Z in epoch ms, the first time that a record may carry."""
LAST_TIME = 4_102_444_800_000
"""2100-01-01T00:00:00Z in epoch ms, the last time that a record may carry."""

LARGEST_INT = 2_147_483_647
JSON_NUMBER = re.compile(r"-?[0-9]{1,100}(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?")
"""Longer ones are out of every range, and to compute with them exactly takes longer than a night."""
NUMERIC = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
CALENDAR_DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


def whole(text: str, smallest: int, largest: int) -> str | None:
    """A number without a fraction between two bounds, both included."""
    if not JSON_NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return str(int(number)) if smallest <= number <= largest and number == int(number) else None


def epoch_ms(text: str) -> str | None:
    """A time in epoch milliseconds UTC from 2000-01-01 to 2100-01-01.

    >>> epoch_ms("1.655564376361E12")
    '1655564376361'
    """
    return whole(text, FIRST_TIME, LAST_TIME)


def centimetres(text: str) -> str | None:
    """A distance in whole cm, not negative."""
    return whole(text, 0, LARGEST_INT)


def finite(text: str) -> str | None:
    """A finite double."""
    return text if NUMERIC.fullmatch(text) and math.isfinite(float(text)) else None


def calendar_date(text: str) -> str | None:
    """A date (``YYYY-MM-DD``) of the calendar, which is taken to be the present one in every year, also in year 0."""
    found = CALENDAR_DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = map(int, found.groups())
    longest = calendar.mdays[month] + (month == 2 and calendar.isleap(year))
    return text if day <= longest else None


def is_zero(text: str) -> bool:
    """Whether a text is a number that is zero: so a sharing date says "not shared"."""
    return bool(JSON_NUMBER.fullmatch(text)) and Decimal(text) == 0
