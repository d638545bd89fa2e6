"""Expressions whose answer differs in silence between Trino and DuckDB."""

import threading

import pytest

from local_aws.athena.engine import Engine
from local_aws.athena.failure import QueryFailed
from local_aws.athena.translation.dialect import parse_query
from local_aws.lake import open_lake


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("decimal '1.10' + decimal '2.2'", "3.30"),
        ("decimal '0.05'", "0.05"),
        ("cast('12345678901234' as decimal)", "12345678901234"),
        ("cbrt(27e0)", "3.0"),
        ("cbrt(-64e0)", "-4.0"),
        ("cast(row(1, 'x') as row(a integer, b varchar))", "{a=1, b=x}"),
        ("sequence(date '2024-01-30', date '2024-02-01', interval '1' day)", "[2024-01-30, 2024-01-31, 2024-02-01]"),
        ("is_nan(nan())", "true"),
        ("-infinity()", "-Infinity"),
        ("e()", "2.718281828459045"),
        ("bitwise_and(12, 10)", "8"),
        ("bitwise_or(12, 10)", "14"),
        ("bitwise_xor(12, -10)", "-6"),
        ("sequence(7, 1, -3)", "[7, 4, 1]"),
    ],
)
def test_text_of_an_expression_is_athenas(tmp_path, expression, text):
    engine = Engine(open_lake(tmp_path / "lake"), catalog=None)
    sql = f"select {expression}"
    with engine.run(sql, parse_query(sql), "db", threading.Event()) as answer:
        assert [row[0] for row in answer.rows] == [text]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("st_point(1, 2)", "NOT_SUPPORTED"),
        ("word_stem('lakes')", "NOT_SUPPORTED"),
        ("no_such_function(1)", "FUNCTION_NOT_FOUND"),
    ],
)
def test_function_of_athena_alone_is_refused_by_name(tmp_path, expression, name):
    engine = Engine(open_lake(tmp_path / "lake"), catalog=None)
    sql = f"select {expression}"
    with (
        pytest.raises(QueryFailed) as failure,
        engine.run(sql, parse_query(sql), "db", threading.Event()) as answer,
    ):
        list(answer.rows)
    assert failure.value.name == name
