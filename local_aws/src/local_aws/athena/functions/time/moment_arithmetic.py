"""Dates, times and timestamps moved by intervals, their differences, and multiples of intervals.

Source: "Date and time functions and operators" (Trino documentation).
"""

from sqlglot import exp

from local_aws.athena.functions.calls import call, number
from local_aws.athena.functions.time import intervals, zones
from local_aws.athena.reading.json_lines import fail
from local_aws.athena.translation.casts import coerce, duck_cast
from local_aws.athena.translation.inference import noted
from local_aws.athena.types.trino import DAY_TIME, YEAR_MONTH, ZONED, TrinoType, common_type

_ADD = fail("INVALID_FUNCTION_ARGUMENT: Cannot add hour, minutes or seconds to a date")
_SUBTRACT = fail("INVALID_FUNCTION_ARGUMENT: Cannot subtract hour, minutes or seconds from a date")
_NAN = fail("INVALID_FUNCTION_ARGUMENT: Cannot multiply or divide an interval by NaN or zero")
MACROS = (
    f"date_plus_millis(d, n) AS d + CASE WHEN n % 86400000 <> 0 THEN {_ADD} ELSE CAST(n // 86400000 AS INTEGER) END",
    f"date_minus_millis(d, n) AS d - CASE WHEN n % 86400000 <> 0 THEN {_SUBTRACT} "
    "ELSE CAST(n // 86400000 AS INTEGER) END",
    f"scaled_interval(x) AS CASE WHEN isnan(x) OR isinf(x) THEN {_NAN} ELSE CAST(trunc(x) AS BIGINT) END",
)


def move(
    moment: exp.Expression, kind: TrinoType, step: exp.Expression, step_kind: TrinoType, plus: bool
) -> exp.Expression | None:
    """Write a moment moved by an interval; None where Trino has no such operator."""
    operator = exp.Add if plus else exp.Sub
    if kind.name == "date" and step_kind.name == DAY_TIME:
        name = "date_plus_millis" if plus else "date_minus_millis"
        return noted(call(name, moment, intervals.number_of(step, step_kind)), kind)
    if kind.name == "time" and step_kind.name == YEAR_MONTH:
        return None
    by = intervals.duck_interval(step, step_kind)
    if kind.name == ZONED and step_kind.name == DAY_TIME:
        moved = exp.Paren(this=operator(this=zones.utc_of(moment), expression=by))
        return zones.zoned(moved, zones.zone_of(moment), max(3, *kind.numbers))
    if kind.name == ZONED:
        moved = exp.Paren(this=operator(this=zones.local_of(moment), expression=by))
        return zones.zoned_local(moved, zones.zone_of(moment), kind.numbers[0])
    moved = exp.Paren(this=operator(this=moment, expression=by))
    if kind.name == "date":
        return noted(duck_cast(moved, "DATE"), kind)
    precise = (max(3, *kind.numbers),) if step_kind.name == DAY_TIME else kind.numbers
    return noted(moved, TrinoType(kind.name, precise))


def difference(left: exp.Expression, right: exp.Expression, kinds: list[TrinoType]) -> exp.Expression:
    """Write the interval between two moments, or two times of a day."""
    if kinds[0].name == "time":
        return _passed(call("epoch_us", left), call("epoch_us", right))
    wanted = common_type(*kinds)
    sides = []
    for side, kind in zip((left, right), kinds, strict=True):
        made = coerce(side, kind, wanted)
        made = zones.utc_of(made) if wanted.name == ZONED else duck_cast(made, "TIMESTAMP")
        sides.append(call("epoch_us", made))
    return _passed(*sides)


def _passed(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Write the interval between two numbers of microseconds."""
    micros = exp.Paren(this=exp.Sub(this=left, expression=right))
    return intervals.interval(call("round", exp.Div(this=micros, expression=number(1000))), DAY_TIME)


def scale(
    node: exp.Expression, step: exp.Expression, step_kind: TrinoType, number: exp.Expression, kind: TrinoType
) -> exp.Expression:
    """Write an interval times or by a number."""
    factor = coerce(number, kind, TrinoType("double"))
    scaled = type(node)(this=intervals.number_of(step, step_kind), expression=factor)
    return intervals.interval(call("scaled_interval", exp.Paren(this=scaled)), step_kind.name)
