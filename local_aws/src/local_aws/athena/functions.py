"""The functions of Trino that this engine has, each with the DuckDB function or macro that does the same.

A name that is not here is refused, even where DuckDB knows it: it may mean something else there.
Source: "Functions in Amazon Athena" (engine version 3) and Trino's function reference.
"""

from dataclasses import dataclass

MANY = 127


@dataclass(frozen=True)
class Function:
    """How a Trino function is called in DuckDB, and with how many arguments."""

    target: str
    least: int
    most: int


def _same(names: str, least: int, most: int | None = None) -> dict[str, Function]:
    """Functions that DuckDB has under the same name, or under the one after a colon, with the same meaning."""
    pairs = (name.partition(":") for name in names.split())
    return {name: Function(target or name, least, least if most is None else most) for name, _, target in pairs}


def _macros(names: str, least: int, most: int | None = None) -> dict[str, Function]:
    """Functions that are one of the macros below."""
    return {name: Function(f"trino_{name}", least, least if most is None else most) for name in names.split()}


AGGREGATES = {
    **_same("sum avg min max count_if bool_and bool_or every:bool_and arbitrary:any_value any_value", 1),
    **_same("stddev stddev_samp stddev_pop variance var_samp var_pop array_agg histogram", 1),
    **_same("corr covar_pop covar_samp regr_slope regr_intercept min_by:arg_min_null max_by:arg_max_null", 2),
    **_same("approx_percentile:quantile_disc", 2),
    "count": Function("count", 0, 1),
    "approx_distinct": Function("count", 1, 1),
}
"""The exact count and percentile stand in for the approximate ones: an exact answer is within their tolerance."""

WINDOWS = {
    **_same("row_number rank dense_rank percent_rank cume_dist", 0),
    **_same("ntile first_value last_value", 1),
    **_same("nth_value", 2),
    **_same("lag lead", 1, 3),
}
SCALARS = {
    **_same("contains:list_contains", 2),
    **_same("array_max:list_max array_min:list_min map_keys map_values flatten", 1),
    **_same("transform:list_transform filter:list_filter map", 2),
    **_macros("array_sort json_array_length", 1),
    **_macros("array_position array_join json_extract_scalar", 2),
}
_SPECIAL_NAMES = "cardinality element_at reduce row sequence"
SPECIAL = frozenset(_SPECIAL_NAMES.split())
"""Functions whose translation depends on the types or literals of their arguments; see ``special``."""

MACROS = (
    "trino_array_sort(a) AS list_sort(a, 'ASC', 'NULLS LAST')",
    "trino_json_array_length(j) AS CASE WHEN json_valid(j) AND json_type(j) = 'ARRAY' "
    "THEN CAST(json_array_length(j) AS BIGINT) END",
    "trino_array_position(a, x) AS CASE WHEN a IS NULL OR x IS NULL THEN NULL "
    "ELSE coalesce(list_position(a, x), 0)::BIGINT END",
    "trino_array_join(a, d) AS array_to_string(list_filter(a, lambda x: x IS NOT NULL), d)",
    "trino_json_extract_scalar(j, p) AS CASE WHEN json_valid(j) AND json_type(j, p) NOT IN ('OBJECT', 'ARRAY', 'NULL') "
    "THEN json_extract_string(j, p) END",
    "trino_sequence(a, b) AS generate_series(a, b, CASE WHEN a > b THEN -1 ELSE 1 END), "
    "(a, b, s) AS generate_series(a, b, s)",
)
