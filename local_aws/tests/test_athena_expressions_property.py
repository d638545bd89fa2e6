"""Arithmetic, decimals, dates and text against an evaluation in plain Python."""

import datetime as dt
from decimal import ROUND_HALF_UP, Context, Decimal
from zoneinfo import ZoneInfo

from athena_expression import text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws.athena.failure import QueryFailed

LARGEST = 2**31 - 1
EXAMPLES = settings(max_examples=25, deadline=None)
decimals = st.decimals(min_value=1 - 10**9, max_value=10**9 - 1, places=3)
WIDE = Context(prec=100)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


@EXAMPLES
@given(st.integers(-LARGEST, LARGEST), st.integers(-LARGEST, LARGEST), st.sampled_from("+-*/%"))
def test_whole_numbers(left, right, operator):
    try:
        found = text_of(f"({left}) {operator} ({right})")
    except QueryFailed as failure:
        found = failure.name
    if operator in "/%" and right == 0:
        assert found == "DIVISION_BY_ZERO"
        return
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1) if right else 0
    exact = {"+": left + right, "-": left - right, "*": left * right, "/": quotient, "%": left - quotient * right}
    inside = -LARGEST - 1 <= exact[operator] <= LARGEST
    assert found == (str(exact[operator]) if inside else "NUMERIC_VALUE_OUT_OF_RANGE")


@EXAMPLES
@given(decimals, decimals)
def test_decimals_keep_their_digits(left, right):
    one, other = f"cast('{left}' as decimal(12, 3))", f"cast('{right}' as decimal(12, 3))"
    assert Decimal(text_of(f"{one} + {other}")) == left + right
    assert text_of(f"{one} * {other}") == f"{left * right:.6f}".replace("-0.000000", "0.000000")
    if right:
        quotient = (left / right).quantize(Decimal("0.001"), ROUND_HALF_UP)
        assert Decimal(text_of(f"{one} / {other}")) == quotient


@st.composite
def wide_decimals(draw):
    """A decimal of up to 38 digits, with any scale."""
    digits = draw(st.integers(1, 38))
    scale = draw(st.integers(0, digits))
    return Decimal(draw(st.integers(1 - 10**digits, 10**digits - 1))).scaleb(-scale, WIDE)


@EXAMPLES
@given(wide_decimals(), wide_decimals(), st.sampled_from("+-/%"))
def test_decimals_of_any_width(left, right, operator):
    scale = max(-left.as_tuple().exponent, -right.as_tuple().exponent)
    one, other = (int(operand.scaleb(scale, WIDE)) for operand in (left, right))
    if operator in "/%" and not other:
        exact = "DIVISION_BY_ZERO"
    else:
        unit = 10**scale
        half = abs(other) // 2 if other else 0
        whole = {
            "+": lambda: one + other,
            "-": lambda: one - other,
            "/": lambda: (abs(one) * unit + half) // abs(other) * (1 if (one < 0) == (other < 0) else -1),
            "%": lambda: abs(one) % abs(other) * (-1 if one < 0 else 1),
        }[operator]()
        exact = "NUMERIC_VALUE_OUT_OF_RANGE" if abs(whole) >= 10**38 else Decimal(whole).scaleb(-scale, WIDE)
    try:
        found = Decimal(text_of(f"(decimal '{left:f}') {operator} (decimal '{right:f}')"))
    except QueryFailed as failure:
        found = failure.name
    # Trino keeps 127 bits of an operand: a sum that fits may have one that does not.
    assert found == exact or (operator in "+-" and found == "NUMERIC_VALUE_OUT_OF_RANGE" and scale)


@EXAMPLES
@given(st.dates(dt.date(1, 1, 2), dt.date(9998, 12, 30)), st.integers(-3000, 3000))
def test_dates_move_by_days(day, days):
    try:
        moved = day + dt.timedelta(days)
    except OverflowError:
        return
    assert text_of(f"date '{day}' + interval '{abs(days)}' day * {1 if days >= 0 else -1}") == str(moved)
    assert text_of(f"date_diff('day', date '{day}', date '{moved}')") == str(days)


@EXAMPLES
@given(
    st.datetimes(dt.datetime(1980, 1, 1), dt.datetime(2030, 1, 1)),
    st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "America/New_York", "UTC"]),
)
def test_moments_in_zones(moment, zone):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    local = moment.replace(tzinfo=dt.timezone.utc).astimezone(ZoneInfo(zone))
    written = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {zone}"
    literal = f"timestamp '{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} UTC'"
    assert text_of(f"{literal} at time zone '{zone}'") == written
    assert text_of(f"hour({literal} at time zone '{zone}')") == str(local.hour)


@EXAMPLES
@given(texts, texts)
def test_texts_by_code_points(text, other):
    one, two = quoted(text), quoted(other)
    assert text_of(f"length({one})") == str(len(text))
    assert text_of(f"reverse({one})") == text[::-1]
    assert text_of(f"{one} || {two}") == text + other
    assert text_of(f"strpos({one}, {two})") == str(text.find(other) + 1)
    assert text_of(f"from_utf8(to_utf8({one}))") == text
