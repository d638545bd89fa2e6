"""DuckDB macros for Trino's array functions, with their refusals (Trino, "Array functions and operators")."""

import math
from itertools import combinations

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.vectors import declare_macros, sql_name, vector
from local_aws.athena.reading.json_lines import fail

_MOST_COMBINED, _MOST_PLACES = 5, 100_000
_MOST = 10_000
"""The longest array that ``sequence`` and ``repeat`` make."""


@vector("BIGINT BIGINT", "BIGINT[][]")
def combination_places(length: int, size: int) -> list[list[int]]:
    """Give the places of each combination, from 1, in Trino's order: the last place changes last."""
    if size < 0:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"combination size must not be negative: {size}")
    if size > _MOST_COMBINED:
        message = f"combination size must not exceed {_MOST_COMBINED}: {size}"
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", message)
    if math.comb(length, size) * size > _MOST_PLACES:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", "combinations exceed max size")
    chosen = combinations(range(1, length + 1), size)
    return sorted(map(list, chosen), key=lambda places: places[::-1])


def refuse(message: str) -> str:
    """Write an expression that fails as a wrong argument; ``message`` is SQL of a text."""
    return f"CAST('INVALID_FUNCTION_ARGUMENT: ' || {message} AS TINYINT)"


_ZERO = fail("INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1")
_BELOW = refuse("'Array subscript is negative: ' || i")
_BEYOND = refuse("'Array subscript must be less than or equal to array length: ' || i || ' > ' || len(a)")
_BACKWARDS = fail(
    "INVALID_FUNCTION_ARGUMENT: sequence stop value should be greater than or equal to start value if step is greater "
    "than zero otherwise stop should be less than or equal to start"
)
_STEP = fail("INVALID_FUNCTION_ARGUMENT: step must not be zero")
_LONG = fail("INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries")
_DAYS = fail("INVALID_FUNCTION_ARGUMENT: sequence step must be a day interval if start and end values are dates")


def _guarded(condition: str, refusal: str, value: str) -> str:
    return f"CASE WHEN {condition} THEN {refusal} ELSE {value} END"


MACROS = (
    f"array_subscript(a, i) AS list_extract(a, CASE WHEN i = 0 THEN {_ZERO}::BIGINT WHEN i < 0 THEN {_BELOW}::BIGINT "
    f"WHEN i > len(a) THEN {_BEYOND}::BIGINT ELSE i END)",
    f"trino_element_at(a, i) AS list_extract(a, {_guarded('i = 0', f'{_ZERO}::BIGINT', 'i')})",
    "has_null(a) AS list_count(a) < len(a)",
    "trino_contains(a, x) AS CASE WHEN a IS NULL OR x IS NULL THEN NULL WHEN list_contains(a, x) THEN true "
    "WHEN has_null(a) THEN NULL ELSE false END",
    "trino_array_max(a) AS CASE WHEN has_null(a) THEN NULL ELSE list_max(a) END",
    "trino_array_min(a) AS CASE WHEN has_null(a) THEN NULL ELSE list_min(a) END",
    "trino_array_distinct(a) AS list_filter(a, lambda e__, i__: list_position(a, e__) = i__)",
    "trino_array_remove(a, x) AS CASE WHEN x IS NOT NULL THEN list_filter(a, lambda e__: e__ IS NULL OR e__ <> x) END",
    "trino_array_union(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL "
    "THEN trino_array_distinct(list_concat(a, b)) END",
    "trino_array_except(a, b) AS CASE WHEN b IS NOT NULL "
    "THEN trino_array_distinct(list_filter(a, lambda e__: list_position(b, e__) IS NULL)) END",
    # The longer array gives the order.
    "trino_array_intersect(a, b) AS CASE WHEN len(a) < len(b) "
    "THEN trino_array_distinct(list_filter(b, lambda e__: list_position(a, e__) IS NOT NULL)) "
    "WHEN b IS NOT NULL THEN trino_array_distinct(list_filter(a, lambda e__: list_position(b, e__) IS NOT NULL)) END",
    "trino_arrays_overlap(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN len(a) = 0 OR len(b) = 0 THEN false "
    "WHEN list_has_any(a, b) THEN true WHEN has_null(a) OR has_null(b) THEN NULL ELSE false END",
    "every_match(a) AS CASE WHEN a IS NULL THEN NULL WHEN list_contains(a, false) THEN false "
    "WHEN has_null(a) THEN NULL ELSE true END",
    "some_match(a) AS CASE WHEN a IS NULL THEN NULL WHEN list_contains(a, true) THEN true "
    "WHEN has_null(a) THEN NULL ELSE false END",
    "trino_array_position(a, x) AS CASE WHEN a IS NULL OR x IS NULL THEN NULL "
    "ELSE coalesce(list_position(a, x), 0)::BIGINT END, "
    "(a, x, n) AS CASE WHEN a IS NULL OR x IS NULL OR n IS NULL THEN NULL WHEN n = 0 THEN "
    f"{fail('INVALID_FUNCTION_ARGUMENT: array_position cannot take a 0-valued instance argument.')}::BIGINT "
    "ELSE coalesce(list_extract(list_filter(range(1, len(a) + 1), lambda i__: list_extract(a, i__) = x), n), 0) END",
    "trino_slice(a, s, n) AS CASE WHEN n < 0 THEN array_slice(a, 1, "
    f"{fail('INVALID_FUNCTION_ARGUMENT: length must be greater than or equal to 0')}::BIGINT) "
    f"WHEN s = 0 THEN array_slice(a, 1, {_ZERO}::BIGINT) WHEN s < -len(a) THEN array_slice(a, 1, 0) "
    "WHEN n IS NULL OR s IS NULL THEN NULL "
    "ELSE array_slice(a, CASE WHEN s < 0 THEN len(a) + s + 1 ELSE s END, "
    "CASE WHEN s < 0 THEN len(a) + s + 1 ELSE s END + n - 1) END",
    "trino_trim_array(a, n) AS array_slice(a, 1, CASE WHEN n < 0 THEN "
    + refuse("'size must not be negative: ' || n")
    + "::BIGINT WHEN n > len(a) THEN "
    + refuse("'size must not exceed array cardinality ' || len(a) || ': ' || n")
    + "::BIGINT ELSE len(a) - n END)",
    "trino_repeat(x, n) AS list_transform(range(CASE WHEN n < 0 THEN "
    + fail("INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be greater than or equal to 0")
    + f"::BIGINT WHEN n > {_MOST} THEN "
    + fail("INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be less than or equal to 10000")
    + "::BIGINT ELSE n END), lambda i__: x)",
    "trino_ngrams(a, n) AS CASE WHEN n <= 0 THEN [array_slice(a, 1, "
    + fail("INVALID_FUNCTION_ARGUMENT: N must be positive")
    + "::BIGINT)] WHEN n >= len(a) THEN [a] "
    "ELSE list_transform(range(1, len(a) - n + 2), lambda i__: array_slice(a, i__, i__ + n - 1)) END",
    "comparison_of(c) AS CASE WHEN c IN (-1, 0, 1) THEN c ELSE "
    + fail("INVALID_FUNCTION_ARGUMENT: Lambda comparator must return either -1, 0, or 1")
    + " END",
    "trino_contains_sequence(a, s) AS CASE WHEN a IS NULL OR s IS NULL THEN NULL ELSE len(s) = 0 OR list_contains("
    "list_transform(range(1, len(a) - len(s) + 2), lambda i__: array_slice(a, i__, i__ + len(s) - 1) = s), true) END",
    "trino_shuffle(a) AS list_transform(list_sort(list_transform(a, lambda e__: {'r': random(), 'e': e__})), "
    "lambda s__: s__.e)",
    # Trino's lengths of steps are whole; the count is checked before the array is made.
    f"number_sequence(a, b, s) AS generate_series(a, b, CASE WHEN s = 0 THEN {_STEP}::BIGINT "
    f"WHEN (s > 0 AND b < a) OR (s < 0 AND b > a) THEN {_BACKWARDS}::BIGINT "
    f"WHEN (b - a) // s >= {_MOST} THEN {_LONG}::BIGINT ELSE s END)",
    f"days_only(s) AS CASE WHEN epoch(s) % 86400 <> 0 THEN {_DAYS}::VARCHAR::INTERVAL ELSE s END",
    # Each moment is counted from the first: the 31st of January and two months are the 31st of March.
    "time_sequence(a, b, s) AS CASE WHEN (a + s > a AND b < a) OR (a + s < a AND b > a) "
    f"THEN [CAST({_BACKWARDS}::VARCHAR AS TIMESTAMP)] WHEN len(generate_series(a, b, s)) > {_MOST} "
    f"THEN [CAST({_LONG}::VARCHAR AS TIMESTAMP)] ELSE list_filter("
    "list_transform(generate_series(a, b, s), lambda e__, i__: a + s * (i__ - 1)), "
    "lambda e__: CASE WHEN b >= a THEN e__ <= b ELSE e__ >= b END) END",
)
declare_macros(
    f"python_combinations(a, n) AS list_transform({sql_name(combination_places)}(len(a), n), "
    "lambda c__: list_transform(c__, lambda i__: list_extract(a, i__)))",
)
PAIR = "named_pair(s, i) AS {'state': s, 'item': i}"
