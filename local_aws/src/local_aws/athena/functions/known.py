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


AGGREGATES = {
    **_same("grouping", 1, MANY),
    **_same("count_if bool_and bool_or every:bool_and arbitrary:any_value any_value", 1),
    **_same("stddev stddev_samp stddev_pop variance var_samp var_pop array_agg", 1),
    **_same("corr covar_pop covar_samp regr_slope regr_intercept", 2),
    "count": Function("count", 0, 1),
}
"""The exact count and percentile stand in for the approximate ones: an exact answer is within their tolerance."""

WINDOWS = {
    **_same("row_number rank dense_rank percent_rank cume_dist", 0),
    **_same("ntile first_value last_value", 1),
    **_same("nth_value", 2),
    **_same("lag lead", 1, 3),
}
SCALARS = {
    **_same("map_keys map_values flatten", 1),
    **_same("transform:list_transform filter:list_filter", 2),
}
MACROS = (
    "trino_array_sort(a) AS list_sort(a, 'ASC', 'NULLS LAST')",
    "trino_array_join(a, d) AS array_to_string(list_filter(a, lambda x: x IS NOT NULL), d)",
)
