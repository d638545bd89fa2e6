"""typeof names Trino's types, with lengths and precisions.

The values are those of Trino's own tests and documentation: TestTypeOfFunction, TestMathFunctions, "Data types".
"""

import pytest
from athena_expression import text_of


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("typeof(1)", "integer"),
        ("typeof(1.5)", "decimal(2,1)"),
        ("typeof(0.5)", "decimal(1,1)"),
        ("typeof('a')", "varchar(1)"),
        ("typeof(array[1])", "array(integer)"),
        ("typeof(array['a','bc'])", "array(varchar(2))"),
        ("typeof(1e0)", "double"),
        ("typeof(3000000000)", "bigint"),
        ("typeof(null)", "unknown"),
        ("typeof(date '2020-01-01')", "date"),
        ("typeof(timestamp '2020-01-01 00:00:00')", "timestamp(0)"),
        ("typeof(timestamp '2020-01-01 00:00:00.123')", "timestamp(3)"),
        ("typeof(now())", "timestamp(3) with time zone"),
        ("typeof(interval '1' day)", "interval day to second"),
        ("typeof(interval '1' month)", "interval year to month"),
        ("typeof(cast('a' as varchar(10)))", "varchar(10)"),
        ("typeof(cast('a' as varchar))", "varchar"),
        ("typeof(cast('a' as char(3)))", "char(3)"),
        ("typeof(upper('abc'))", "varchar(3)"),
        ("typeof('a' || 'b')", "varchar"),
        ("typeof(row(1,'a'))", "row(integer, varchar(1))"),
        ("typeof(map(array['a'],array[1]))", "map(varchar(1), integer)"),
        ("typeof(true)", "boolean"),
        ("typeof(1+1)", "integer"),
        ("typeof(1.5+2)", "decimal(12,1)"),
        ("typeof(length('a'))", "bigint"),
        ("typeof(cast(1 as real))", "real"),
        ("typeof(time '01:02:03')", "time(0)"),
        ("typeof(x'61')", "varbinary"),
        ("typeof(sum(1))", "bigint"),
        ("typeof(count(*))", "bigint"),
        ("typeof(avg(1))", "double"),
        ("typeof(1 = 1)", "boolean"),
        ("typeof(round(2.55,1))", "decimal(4,2)"),
        ("typeof(round(2.5))", "decimal(2,0)"),
        ("typeof(cast(row(1,'x') as row(a integer, b varchar)))", "row(a integer, b varchar)"),
        ("typeof(cast(now() as date))", "date"),
    ],
)
def test_types_mean_what_trino_means(expression, text):
    assert text_of(expression) == text
