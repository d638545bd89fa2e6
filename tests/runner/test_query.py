"""What Python has no type for stays Athena's text."""

from datetime import date, datetime

import pytest

from runner.query import AnyDate


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("date", "1208-05-04", date(1208, 5, 4)),
        ("date", "0000-12-31", "0000-12-31"),
        ("date", "+10000-01-01", "+10000-01-01"),
        ("timestamp", "2023-01-02 03:04:05.678", datetime(2023, 1, 2, 3, 4, 5, 678000)),
        ("timestamp", "+54432-09-29 17:26:01.000", "+54432-09-29 17:26:01.000"),
        ("timestamp with time zone", "-0980-02-29 00:00:00.000 UTC", "-0980-02-29 00:00:00.000 UTC"),
        ("bigint", "7", 7),
        ("date", None, None),
    ],
)
def test_a_date_is_pythons_where_python_has_one(type_, text, value):
    assert AnyDate().convert(type_, text) == value
