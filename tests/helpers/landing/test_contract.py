"""Fields are known by name without case; one that is given twice is in doubt; every other one is kept."""

import pytest

from helpers.landing.contract import CONTRACTS


def record(line):
    (found,) = CONTRACTS["accelerometer"].records(line.encode())
    return found[:2], found[2:7], found[7:]


def test_names_are_compared_without_case_and_texts_are_trimmed():
    line = '{"USER": "\u00a0Ada@Example.com\u200b", "Timestamp": " 1655564376361 ", "X": 1, "y": "", "z": null}'
    (broken, _), values, others = record(line)
    assert (broken, values, others) == ("bad_measurement", ["ada@example.com", "1655564376361", "1", None, None], [])


@pytest.mark.parametrize(
    ("twice", "reason"),
    [
        ('"x": 1, "x": 1', None),
        ('"x": 1, "X": "1"', None),
        ('"x": 1, "x": 2', "duplicate_key"),
        ('"x": 1, "X": 2', "duplicate_key"),
        ('"x": null, "x": 1', "duplicate_key"),
        ('"x": 1, "x": null', "duplicate_key"),
        ('"x": 1, "x": 1.0', "duplicate_key"),
    ],
)
def test_a_known_field_with_two_values_is_in_doubt(twice, reason):
    rest = '"user": "a", "timestamp": 1655564376361, "y": 1, "z": 1'
    assert record(f"{{{rest}, {twice}}}")[0][0] == reason


def test_other_fields_come_in_order_by_the_sources_spelling_and_the_last_value_counts():
    line = '{"user": "a", "fw": 1, "Fw": "2", "fw": 3.0, "outcome": null, "": {"a": 1}, "on": true}'
    others = ["", "text", '{"a":1}', "Fw", "text", "2", "fw", "number", "3.0"]
    assert record(line)[2] == [*others, "on", "boolean", "true", "outcome", None, None]


def test_what_cannot_be_read_is_kept_as_it_is():
    assert record("{")[0] == ["malformed_json", "{"]
    assert record("\ufeff\ufeff")[0] == ["malformed_json", "\ufeff"]


@pytest.mark.parametrize("blank", ["", " ", "\r", "\t \x0b\x0c", "\ufeff", "\ufeff \r"])
def test_a_blank_line_has_no_record(blank):
    assert CONTRACTS["accelerometer"].records(blank.encode()) == []
