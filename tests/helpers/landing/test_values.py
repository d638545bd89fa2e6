"""What one raw value becomes: numbers, strings and floats that mean the same, and everything that is none."""

import json

import pytest

from helpers.landing import values
from helpers.landing.contract import CONTRACTS


@pytest.mark.parametrize("text", ["1655564376361", "1655564376361.0", "1.655564376361E12", "01655564376361"])
def test_a_time_is_an_integer_an_integral_float_or_a_digit_string(text):
    assert values.epoch_ms(text) == "1655564376361"


@pytest.mark.parametrize(
    "text",
    ["", " ", "yes", "-5", "0", "1655564376361.5", "946684799999", "4102444800001", "NaN", "1e400", "0x10"]
    + ["1e-9999999", "1" * 101, "1655564376361.0000000000000000000001", "\u0661\u0662"],
)
def test_anything_else_is_no_time(text):
    assert values.epoch_ms(text) is None


def test_times_reach_from_2000_to_2100():
    assert [values.epoch_ms(text) for text in ("946684800000", "4102444800000")] == ["946684800000", "4102444800000"]


def test_a_distance_is_a_whole_number_that_is_not_negative():
    assert [values.centimetres(text) for text in ("0", "-0", "246.0", "2147483647")] == ["0", "0", "246", "2147483647"]
    assert [values.centimetres(text) for text in ("-1", "2.5", "2147483648", "far", "")] == [None] * 5


def test_a_measurement_is_a_finite_number():
    assert [float(values.finite(text)) for text in ("1", "-0.5", "1e3", "+.5", "5.")] == [1.0, -0.5, 1000.0, 0.5, 5.0]
    assert [values.finite(text) for text in ("1e999", "Infinity", "NaN", "", "one", "1_0")] == [None] * 6


def test_zero_says_not_shared():
    assert all(map(values.is_zero, ("0", "0.0", "-0", "0e5")))
    assert not any(map(values.is_zero, ("1655564376361", "yes", "-5", "")))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1208-01-01", "1208-01-01"),
        ("2000-02-29", "2000-02-29"),
        ("1900-02-29", None),
        ("2001-02-29", None),
        ("2001-04-31", None),
        ("2001-13-01", None),
        ("2001-00-10", None),
        ("2001-01-00", None),
        ("20010101", None),
    ],
)
def test_a_birthday_is_in_the_calendar(landing, text, date):
    (row,) = landing("customer", {"email": "a", "serialNumber": "s", "birthDay": f" {text} "}).collect()
    assert (row["birthDay"] and row["birthDay"].isoformat()) == date


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("accelerometer", {"timestamp": "noon", "x": "far"}, "missing_key"),
        ("accelerometer", {"user": "a", "x": "far"}, "bad_timestamp"),
        ("accelerometer", {"user": "a", "timestamp": 1655564376361, "x": 1, "y": 2}, "bad_measurement"),
        ("step_trainer", {"sensorReadingTime": "noon"}, "missing_key"),
        ("customer", {"email": "a", "serialNumber": "s"}, None),
        (
            "customer",
            {"email": "a", "serialNumber": "s", "lastUpdateDate": 0},
            "bad_timestamp",
        ),
    ],
)
def test_the_first_broken_rule_is_the_reason(source, line, reason):
    ((found, *_),) = CONTRACTS[source].records(json.dumps(line).encode())
    assert found == reason
