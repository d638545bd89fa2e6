"""What a query does wrong is told by Trino's name of the error, and in its words."""

import pytest
from athena_expression import text_of

from local_aws.athena.failure import QueryFailed


@pytest.mark.parametrize(
    ("expression", "name", "words"),
    [
        ("2147483647 + 1", "NUMERIC_VALUE_OUT_OF_RANGE", "integer addition overflow: 2147483647 + 1"),
        ("9223372036854775807 + 1", "NUMERIC_VALUE_OUT_OF_RANGE", "bigint addition overflow: 9223372036854775807 + 1"),
        ("'a' + 1", "TYPE_MISMATCH", "Cannot apply operator: varchar(1) + integer"),
        ("'a' = 1", "TYPE_MISMATCH", "Cannot apply operator: varchar(1) = integer"),
        ("1/0", "DIVISION_BY_ZERO", ""),
        ("cast('abc' as integer)", "INVALID_CAST_ARGUMENT", "Cannot cast 'abc' to INT"),
        ("cast('abc' as double)", "INVALID_CAST_ARGUMENT", "Cannot cast 'abc' to DOUBLE"),
        ("cast('abc' as date)", "INVALID_CAST_ARGUMENT", "Value cannot be cast to date: abc"),
        ("date '2020-02-30'", "INVALID_LITERAL", ""),
        ("cast(300 as tinyint)", "NUMERIC_VALUE_OUT_OF_RANGE", "Out of range for tinyint: 300"),
        ("upper(1)", "FUNCTION_NOT_FOUND", "Unexpected parameters (integer) for function upper. Expected: upper("),
        (
            "date '2020-01-01' + interval '1' hour",
            "INVALID_FUNCTION_ARGUMENT",
            "Cannot add hour, minutes or seconds to a date",
        ),
        ("date_add('hour', 1, date '2022-01-31')", "INVALID_FUNCTION_ARGUMENT", "'hour' is not a valid DATE field"),
        ("date_format(date '2022-06-18', '%D')", "INVALID_FUNCTION_ARGUMENT", "%D not supported in date format string"),
        ("width_bucket(nan(), 0, 1, 3)", "INVALID_FUNCTION_ARGUMENT", "operand must not be NaN"),
        ("width_bucket(1e0, infinity(), 1, 3)", "INVALID_FUNCTION_ARGUMENT", "first bound must be finite"),
        ("width_bucket(nan(), array[1e0])", "INVALID_FUNCTION_ARGUMENT", "Operand cannot be NaN"),
        ("date_parse('x', '%Y')", "INVALID_FUNCTION_ARGUMENT", ""),
        ("regexp_extract('abc', 'b', 1)", "INVALID_FUNCTION_ARGUMENT", "Pattern has 0 groups. Cannot access group 1"),
        (
            "hamming_distance('abc', 'ab')",
            "INVALID_FUNCTION_ARGUMENT",
            "The input strings to hamming_distance function must have the same length",
        ),
        ("format('%d', 1.5)", "INVALID_FUNCTION_ARGUMENT", ""),
        ("split_part('a', '.', 0)", "INVALID_FUNCTION_ARGUMENT", "Index must be greater than zero"),
        ("chr(-1)", "INVALID_FUNCTION_ARGUMENT", "Not a valid Unicode code point: -1"),
        ("nope(1)", "FUNCTION_NOT_FOUND", "line 1:8: Function 'nope' not registered"),
        ("case when true then 1 else 'a' end", "TYPE_MISMATCH", "All CASE results must be the same type"),
        ("if(true, 1, 'a')", "TYPE_MISMATCH", ""),
        ("coalesce(1, 'a')", "TYPE_MISMATCH", ""),
        ("nullif(1, 'a')", "TYPE_MISMATCH", ""),
        ("1 in ('a')", "TYPE_MISMATCH", ""),
        ("1 between 0 and 'b'", "TYPE_MISMATCH", ""),
        ("'2020-01-01' = date '2020-01-01'", "TYPE_MISMATCH", "Cannot apply operator: varchar(10) = date"),
        ("not 1", "TYPE_MISMATCH", ""),
        ("1 and true", "TYPE_MISMATCH", ""),
        ("round(2147483647, -100)", "NUMERIC_VALUE_OUT_OF_RANGE", "numerical overflow: 2147483647"),
        ("parse_data_size('-1B')", "INVALID_FUNCTION_ARGUMENT", "Invalid data size: '-1B'"),
        ("width_bucket(3.14e0, array[0e0, infinity()])", "INVALID_FUNCTION_ARGUMENT", "Bin value must be finite"),
        ("abs(-2147483648)", "NUMERIC_VALUE_OUT_OF_RANGE", ""),
    ],
)
def test_failure_has_trinos_name_and_words(expression, name, words):
    with pytest.raises(QueryFailed) as failure:
        text_of(expression)
    assert failure.value.name == name
    assert words in failure.value.message
