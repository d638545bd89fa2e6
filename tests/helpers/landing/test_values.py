"""What one raw value becomes: numbers, strings and floats that mean the same, and everything that is none."""

import datetime

import pytest
from pyspark.sql import functions as F

from helpers.identity import trim
from helpers.landing import values


@pytest.fixture(scope="module")
def read(spark):
    """A function that applies a rule to raw texts and returns what came out."""

    def apply(rule, *texts):
        rows = spark.createDataFrame(
            [(i, trim(text or "") or None) for i, text in enumerate(texts)], "i int, value string"
        )
        return [row[0] for row in rows.orderBy("i").select(rule(F.col("value"))).collect()]

    return apply


def test_a_time_is_an_integer_an_integral_float_or_a_digit_string(read):
    texts = ("1655564376361", "1655564376361.0", "1.655564376361E12", " 1655564376361 ")
    assert read(values.epoch_ms, *texts) == [1655564376361] * 4


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "yes", "-5", "0", "1655564376361.5", "946684799999", "4102444800001", "NaN", "1e400", "0x10"],
)
def test_anything_else_is_no_time(read, text):
    assert read(values.epoch_ms, text) == [None]


def test_times_reach_from_2000_to_2100(read):
    assert read(values.epoch_ms, "946684800000", "4102444800000") == [946684800000, 4102444800000]


def test_a_distance_is_a_whole_number_that_is_not_negative(read):
    assert read(values.centimetres, "0", "246", "246.0", "246", "2147483647") == [0, 246, 246, 246, 2147483647]
    assert read(values.centimetres, "-1", "2.5", "2147483648", "far", None) == [None] * 5


def test_a_measurement_is_a_finite_number(read):
    assert read(values.finite, "1", "-0.5", "1e3", "12", "+.5", "5.") == [1.0, -0.5, 1000.0, 12.0, 0.5, 5.0]
    assert read(values.finite, "1e999", "Infinity", "NaN", "", None, "one") == [None] * 6


def test_absent_null_blank_and_zero_mean_no_consent(read):
    assert read(values.no_consent, None, "", "  ", "0", "0.0") == [True] * 5
    assert read(values.no_consent, "1655564376361", "yes", "-5") == [False] * 3


def test_a_birthday_is_in_the_calendar(read):
    assert read(values.calendar_date, "1208-01-01", "2001-02-29", "20010101", "") == [
        datetime.date(1208, 1, 1),
        None,
        None,
        None,
    ]
