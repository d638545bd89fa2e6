"""The functions of Trino that this engine has, each with the DuckDB function or macro that does the same.

A name that is not here is refused, even where DuckDB knows it: it may mean something else there.
Source: "Functions in Amazon Athena" (engine version 3) and Trino's function reference.
"""

from dataclasses import dataclass

from local_aws.athena.json_lines import fail

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
    **_same("grouping", 1, MANY),
    **_same("sum avg count_if bool_and bool_or every:bool_and arbitrary:any_value any_value", 1),
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
    **_same("pi random:random rand:random uuid now:now", 0),
    **_same("abs ceil ceiling:ceil floor exp degrees radians sin cos tan asin acos atan sign truncate:trunc", 1),
    **_same("is_nan:isnan is_finite:isfinite is_infinite:isinf", 1),
    **_same("atan2 power pow nullif", 2),
    **_same("round", 1, 2),
    **_same("coalesce", 2, MANY),
    **_same("if", 2, 3),
    **_same("lower upper length chr codepoint:unicode reverse", 1),
    **_same("strpos starts_with levenshtein_distance:levenshtein", 2),
    **_same("lpad rpad", 3),
    **_same("year quarter month day hour minute second week week_of_year:week day_of_year:dayofyear doy:dayofyear", 1),
    **_same("day_of_week:isodow dow:isodow day_of_month:day year_of_week:isoyear yow:isoyear", 1),
    **_same("map_keys map_values flatten", 1),
    **_same("transform:list_transform filter:list_filter", 2),
    **_same("to_utf8:encode from_utf8:decode to_base64 from_base64 from_hex:unhex", 1),
    **_macros("trim ltrim rtrim sqrt cbrt ln log2 log10 millisecond to_hex sha256 md5 sha1 to_unixtime", 1),
    **_macros("from_unixtime from_iso8601_date", 1),
    **_macros("regexp_like split mod", 2),
    **_macros("split_part", 3),
    **_macros("nan infinity e", 0),
    **_macros("bitwise_and bitwise_or bitwise_xor", 2),
    **_macros("width_bucket", 4),
    **_macros("substr", 2, 3),
    **_macros("replace regexp_extract", 2, 3),
    "substring": Function("trino_substr", 2, 3),
}
_SPECIAL_NAMES = """
    concat date date_add date_diff date_format date_parse date_trunc greatest least regexp_replace try
"""
SPECIAL = frozenset(_SPECIAL_NAMES.split())
"""Functions whose translation depends on the types or literals of their arguments; see ``special``."""

_BLANKS = "chr(32) || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)"
_ISO_DATE = fail("INVALID_FUNCTION_ARGUMENT: Invalid ISO 8601 date")
_START = fail("INVALID_FUNCTION_ARGUMENT: Index must be greater than zero")
_DELIMITER = fail("INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string")
_ZERO = fail("DIVISION_BY_ZERO: Division by zero")
_MILLIS = fail("GENERIC_INTERNAL_ERROR: Millis overflow")
_PATTERN = "CASE WHEN regexp_matches(s, p) THEN"

MACROS = (
    f"trino_trim(s) AS trim(s, {_BLANKS})",
    f"trino_ltrim(s) AS ltrim(s, {_BLANKS})",
    f"trino_rtrim(s) AS rtrim(s, {_BLANKS})",
    # Java's cube root of a cube is whole, the C library's may miss it by a bit.
    "trino_cbrt(x) AS CASE WHEN round(cbrt(x)) ** 3 = x THEN round(cbrt(x)) ELSE cbrt(x) END",
    "trino_sqrt(x) AS CASE WHEN x < 0 THEN 'NaN'::DOUBLE ELSE sqrt(x) END",
    *(
        f"trino_{name}(x) AS CASE WHEN x < 0 THEN 'NaN'::DOUBLE WHEN x = 0 THEN '-Infinity'::DOUBLE ELSE {name}(x) END"
        for name in ("ln", "log2", "log10")
    ),
    "trino_nan() AS 'NaN'::DOUBLE",
    "trino_infinity() AS 'Infinity'::DOUBLE",
    "trino_e() AS 2.718281828459045::DOUBLE",
    "trino_bitwise_and(a, b) AS CAST(a & b AS BIGINT)",
    "trino_bitwise_or(a, b) AS CAST(a | b AS BIGINT)",
    "trino_bitwise_xor(a, b) AS CAST(xor(a, b) AS BIGINT)",
    "trino_millisecond(t) AS millisecond(t) % 1000",
    "trino_to_hex(b) AS hex(b)",
    "trino_sha256(b) AS unhex(sha256(b))",
    "trino_sha1(b) AS unhex(sha1(b))",
    "trino_md5(b) AS unhex(md5(b))",
    "trino_to_unixtime(t) AS epoch(t)",
    # Trino keeps the milliseconds of a zoned moment in 52 bits.
    "trino_from_unixtime(x) AS CAST(epoch_ms(CAST(round(CASE WHEN abs(CAST(x AS DOUBLE) * 1000) < 2.0 ** 51 "
    f"THEN CAST(x AS DOUBLE) * 1000 ELSE {_MILLIS} END) AS BIGINT)) AS TIMESTAMPTZ)",
    "trino_from_iso8601_date(s) AS CASE WHEN s IS NULL OR regexp_full_match(s, '[0-9]{4}-[0-9]{2}-[0-9]{2}') "
    f"THEN CAST(s AS DATE) ELSE CAST({_ISO_DATE}::VARCHAR AS DATE) END",
    "trino_array_sort(a) AS list_sort(a, 'ASC', 'NULLS LAST')",
    "trino_regexp_like(s, p) AS regexp_matches(s, p)",
    f"trino_split(s, d) AS CASE WHEN d = '' THEN [{_DELIMITER}::VARCHAR] ELSE string_split(s, d) END",
    f"trino_mod(a, b) AS CASE WHEN b = 0 THEN {_ZERO} ELSE a % b END",
    "trino_array_join(a, d) AS array_to_string(list_filter(a, lambda x: x IS NOT NULL), d)",
    f"trino_split_part(s, d, n) AS CASE WHEN n <= 0 THEN {_START}::VARCHAR "
    f"WHEN d = '' THEN {_DELIMITER}::VARCHAR ELSE string_split(s, d)[n] END",
    "trino_width_bucket(x, a, b, n) AS CAST(CASE WHEN a < b THEN CASE WHEN x < a THEN 0 WHEN x >= b THEN n + 1 "
    "ELSE floor(n * (CAST(x AS DOUBLE) - a) / (b - a)) + 1 END ELSE CASE WHEN x > a THEN 0 WHEN x <= b THEN n + 1 "
    "ELSE floor(n * (CAST(a AS DOUBLE) - x) / (a - b)) + 1 END END AS BIGINT)",
    "trino_substr(s, b) AS CASE WHEN b = 0 OR b > length(s) OR b < -length(s) THEN '' ELSE substr(s, b) END, "
    "(s, b, n) AS CASE WHEN b = 0 OR b > length(s) OR b < -length(s) OR n <= 0 THEN '' ELSE substr(s, b, n) END",
    "trino_replace(s, f) AS replace(s, f, ''), (s, f, t) AS replace(s, f, t)",
    f"trino_regexp_extract(s, p) AS {_PATTERN} regexp_extract(s, p) END, "
    f"(s, p, g) AS {_PATTERN} regexp_extract(s, p, g) END",
)
