"""Intervals: their literals, their arithmetic and their text (Trino, "Date and time functions and operators").

A day-to-second interval is a row of its milliseconds, a year-to-month interval one of its months.
"""

import re

from sqlglot import exp

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.calls import call
from local_aws.athena.translation.inference import noted
from local_aws.athena.types.trino import DAY_TIME, MILLIS_FIELD, MONTHS_FIELD, YEAR_MONTH, TrinoType

MILLIS = {"DAY": 86_400_000, "HOUR": 3_600_000, "MINUTE": 60_000, "SECOND": 1000}
MONTHS = {"YEAR": 12, "MONTH": 1}
FIELDS = {DAY_TIME: MILLIS_FIELD, YEAR_MONTH: MONTHS_FIELD}
_SEPARATORS = {"DAY": " ", "HOUR": ":", "MINUTE": ":", "YEAR": "-"}

MACROS = (
    f"interval_of_millis(n) AS CASE WHEN n IS NOT NULL THEN {{'{MILLIS_FIELD}': CAST(n AS BIGINT)}} END",
    f"interval_of_months(n) AS CASE WHEN n IS NOT NULL THEN {{'{MONTHS_FIELD}': CAST(n AS INTEGER)}} END",
    "millis_text(n) AS CASE WHEN n < 0 THEN '-' ELSE '' END || (abs(n) // 86400000)::VARCHAR || ' ' || "
    "lpad((abs(n) // 3600000 % 24)::VARCHAR, 2, '0') || ':' || lpad((abs(n) // 60000 % 60)::VARCHAR, 2, '0') || ':' || "
    "lpad((abs(n) // 1000 % 60)::VARCHAR, 2, '0') || '.' || lpad((abs(n) % 1000)::VARCHAR, 3, '0')",
    "months_text(n) AS CASE WHEN n < 0 THEN '-' ELSE '' END || (abs(n) // 12)::VARCHAR || '-' "
    "|| (abs(n) % 12)::VARCHAR",
)


def translate(node: exp.Interval) -> exp.Expression:
    """Write an interval literal.

    Raises
    ------
    QueryFailed
        ``INVALID_LITERAL`` in Trino's words.
    """
    text, negated = node.this, False
    while isinstance(text, exp.Neg | exp.Paren):
        negated ^= isinstance(text, exp.Neg)
        text = text.this
    unit = node.args.get("unit")
    first, last = (unit.this.name, unit.expression.name) if isinstance(unit, exp.IntervalSpan) else (unit.name,) * 2
    first, last = first.upper(), last.upper()
    units = MONTHS if first in MONTHS else MILLIS
    value = _value(text.name, first, last, units) if first in units and last in units else None
    if value is None:
        name = first if first == last else f"{first} TO {last}"
        raise QueryFailed("INVALID_LITERAL", f"Invalid INTERVAL {name} value: {text.name}")
    return interval(
        exp.Literal.number(abs(value))
        if value * (-1 if negated else 1) >= 0
        else exp.Neg(this=exp.Literal.number(abs(value))),
        DAY_TIME if units is MILLIS else YEAR_MONTH,
    )


def _value(text: str, first: str, last: str, units: dict[str, int]) -> int | None:
    names = list(units)
    fields = names[names.index(first) : names.index(last) + 1]
    pattern, closing = r"(-?)(\d+)", ""
    for before, _ in zip(fields, fields[1:], strict=False):
        pattern += rf"(?:{_SEPARATORS[before]}(\d+)"
        closing += ")?"
    pattern += closing
    if fields[-1] == "SECOND":
        pattern += r"(?:\.(\d{1,3}))?"
    found = re.fullmatch(pattern, text)
    if not found:
        return None
    sign, *numbers = found.groups()
    fraction = (numbers.pop() or "").ljust(3, "0") if fields[-1] == "SECOND" else "0"
    total = sum(int(number or 0) * units[name] for number, name in zip(numbers, fields, strict=True)) + int(fraction)
    return -total if sign else total


def interval(number: exp.Expression, name: str) -> exp.Expression:
    """Write an interval of a number of milliseconds or months."""
    made = call("interval_of_millis" if name == DAY_TIME else "interval_of_months", number)
    return noted(made, TrinoType(name))


def number_of(node: exp.Expression, kind: TrinoType) -> exp.Expression:
    """Write the milliseconds or months of an interval."""
    return call("struct_extract", node.copy(), exp.Literal.string(FIELDS[kind.name]))


def duck_interval(node: exp.Expression, kind: TrinoType) -> exp.Expression:
    """Write DuckDB's interval of one of Trino's."""
    number = number_of(node, kind)
    if kind.name == YEAR_MONTH:
        return call("to_months", number)
    return call("to_milliseconds", number)


def text(node: exp.Expression, kind: TrinoType) -> exp.Expression:
    """Write an interval's text, as in ``2 00:00:00.000`` or ``1-2``."""
    return call("millis_text" if kind.name == DAY_TIME else "months_text", number_of(node, kind))
