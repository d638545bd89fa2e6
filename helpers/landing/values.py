"""How one raw value becomes a typed one, or is found to be wrong.

Every rule takes the value as text (a JSON number, string, boolean or null as a string, trimmed) and gives a column that
is null where the value does not fit. Numbers, integral floats and digit strings mean the same, since earlier drops of
the source files hold one and later drops the other (``1655564376361``, ``1655564376361.0``, ``"1655564376361"``).
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

FIRST_TIME = 946_684_800_000
"""2000-01-01T00:00:00Z in epoch ms, the first time that a record may carry."""
LAST_TIME = 4_102_444_800_000
"""2100-01-01T00:00:00Z in epoch ms, the last time that a record may carry."""

LARGEST_INT = 2_147_483_647
JSON_NUMBER = r"^-?[0-9]{1,100}(\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?$"
"""Longer ones are out of every range, and to compute with them exactly takes longer than a night."""
NUMERIC = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
CALENDAR_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _exact(value: Column) -> Column:
    """The value as an exact decimal; null where it is no number, or too large to be a time or a distance."""
    return F.when(value.rlike(JSON_NUMBER), value).cast("decimal(38,15)")


def _whole(value: Column, smallest: int, largest: int) -> Column:
    """The value as a decimal without a fraction between two bounds, both included; null where it is not that."""
    exact = _exact(value)
    return F.when((exact == F.floor(exact)) & exact.between(smallest, largest), exact)


def epoch_ms(value: Column) -> Column:
    """The value as epoch milliseconds UTC (bigint) from 2000-01-01 to 2100-01-01; null where it is no such time."""
    return _whole(value, FIRST_TIME, LAST_TIME).cast("bigint")


def centimetres(value: Column) -> Column:
    """The value as a distance in whole cm (int), not negative; null where it is no such distance."""
    return _whole(value, 0, LARGEST_INT).cast("int")


def finite(value: Column) -> Column:
    """The value as a finite double; null where it is no number or beyond a double's range."""
    number = F.when(value.rlike(NUMERIC), value).cast("double")
    return F.when(F.abs(number) < F.lit(float("inf")), number)


def no_consent(value: Column) -> Column:
    """True where a sharing date says "not shared": absent, null, blank or zero."""
    return value.isNull() | F.coalesce(_exact(value) == 0, F.lit(False))


def calendar_date(value: Column) -> Column:
    """The value as a date (``YYYY-MM-DD``); null where it is not in the calendar."""
    return F.when(value.rlike(CALENDAR_DATE), value).cast("date")
