"""Aggregates whose DuckDB form is an expression around DuckDB's own (Trino, "Aggregate functions")."""

from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.calls import Translator, Typer, call, counted, expect, mismatch, number, without_nan
from local_aws.athena.functions.nested.aggregate_calls import around_cores, core
from local_aws.athena.functions.nested.arrays import folded
from local_aws.athena.functions.nested.maps import entry
from local_aws.athena.functions.numbers import statistics
from local_aws.athena.functions.vectors import declare_macros, sql_name
from local_aws.athena.reading.json_lines import fail
from local_aws.athena.translation.inference import trino_types
from local_aws.athena.types.trino import DUCK_FLOATS, DUCK_INTEGERS, NUMBERS

_SHARE = fail("INVALID_FUNCTION_ARGUMENT: Percentile must be between 0 and 1")
_NEGATIVE = fail("INVALID_FUNCTION_ARGUMENT: Entropy count argument must be non-negative")
_MOMENTS = sql_name(statistics.central_moments)
_WEIGHTED = sql_name(statistics.weighted_percentile)
_BUCKETS = sql_name(statistics.histogram_buckets)
_SCALED = "(m[1] - 1) * m[1] * (m[1] + 1) / ((m[1] - 2) * (m[1] - 3))"
_NORMAL = "3 * (m[1] - 1) * (m[1] - 1) / ((m[1] - 2) * (m[1] - 3))"
MACROS = (
    f"share_of(p) AS CASE WHEN p < 0 OR p > 1 THEN {_SHARE} ELSE CAST(p AS DOUBLE) END",
    # Trino's digest gives the value after the share, not at it: the second of two values at one half.
    "percentile_of(a, p) AS list_extract(a, least(floor(share_of(p) * len(a)) + 1, len(a))::BIGINT)",
    "percentiles_of(a, p) AS CASE WHEN a IS NOT NULL THEN list_transform(p, lambda p__: percentile_of(a, p__)) END",
    "skewness_of(m) AS CASE WHEN m[1] >= 3 THEN sqrt(m[1]) * m[3] / pow(m[2], 1.5) END",
    f"kurtosis_of(m) AS CASE WHEN m[1] >= 4 THEN {_SCALED} * m[4] / (m[2] * m[2]) - {_NORMAL} END",
    f"entropy_part(c) AS CASE WHEN c < 0 THEN {_NEGATIVE} WHEN c > 0 THEN c * ln(c) ELSE 0 END",
    "entropy_of(c, l) AS CASE WHEN c > 0 THEN greatest(0.0::DOUBLE, (ln(c) - l / c) / ln(2)) ELSE 0.0::DOUBLE END",
    "buckets_map(b) AS map_from_entries(list_transform(range(1, len(b), 2), "
    "lambda i__: {'key': list_extract(b, i__), 'value': list_extract(b, i__ + 1)}))",
)
declare_macros(
    f"python_weighted_of(v, w, p) AS {_WEIGHTED}(v, w, share_of(p))",
    "python_weighteds_of(v, w, p) AS CASE WHEN v IS NOT NULL "
    f"THEN list_transform(p, lambda p__: {_WEIGHTED}(v, w, share_of(p__))) END",
    f"python_buckets_of(n, v, w) AS buckets_map({_BUCKETS}(n, v, w))",
    "python_most_frequent(e, n) AS map_from_entries(list_transform(array_slice(list_sort(list_transform("
    "python_groups(e), lambda g__: {'n': -len(g__), 'last': g__[-1], 'place': g__[1]})), 1, n), "
    "lambda s__: {'key': list_extract(e, s__.place).key, 'value': -s__.n}))",
)


@dataclass(frozen=True)
class Arguments:
    """The arguments of an aggregate, and the DISTINCT and ORDER BY among them."""

    plain: list[exp.Expression]
    distinct: bool
    order: list[exp.Expression]

    def collect(self, name: str, *values: exp.Expression, present: exp.Expression | None = None) -> exp.Expression:
        """Write DuckDB's aggregate over ``values``, of the rows where ``present`` is not null."""
        first, *others = values
        parts = [exp.Distinct(expressions=[first]) if self.distinct else first, *others]
        if self.order:
            parts[-1] = exp.Order(this=parts[-1], expressions=[item.copy() for item in self.order])
        if present is None:
            return core(name, *parts)
        known = exp.Not(this=exp.Is(this=present.copy(), expression=exp.Null()))
        made = exp.Filter(this=call(name, *parts), expression=exp.Where(this=known))
        made.meta["aggregate"] = True
        return made


def arguments(args: list[exp.Expression]) -> Arguments:
    """Take DISTINCT and ORDER BY out of the arguments, where sqlglot leaves them."""
    order, distinct = [], False
    if args and isinstance(args[-1], exp.Order):
        order, args = args[-1].expressions, [*args[:-1], args[-1].this]
    if args and isinstance(args[0], exp.Distinct):
        distinct, args = True, [*args[0].expressions, *args[1:]]
    return Arguments(args, distinct, order)


def _collected(name: str, least: int, most: int, make: Any) -> Translator:
    def translate(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
        given = arguments(args)
        if not least <= len(given.plain) <= most:
            raise mismatch(name)
        return around_cores(make(given, types_of))

    return translate


def _top(name: str) -> Translator:
    def make(given: Arguments, types_of: Typer) -> exp.Expression:
        kind = types_of(given.plain[0])[0].id
        if name == "min" or kind not in DUCK_FLOATS or len(given.plain) > 1:
            return given.collect(name, *given.plain)
        return call("coalesce", given.collect(name, without_nan(given.plain[0])), given.collect(name, *given.plain))

    return _collected(name, 1, 2, make)


def _top_by(name: str, one: str, many: str) -> Translator:
    def make(given: Arguments, _: Typer) -> exp.Expression:
        if len(given.plain) == 2:
            return given.collect(one, *given.plain)
        return given.collect(many, *given.plain, present=given.plain[1])

    return _collected(name, 2, 3, make)


def _bits(name: str) -> Translator:
    def make(given: Arguments, types_of: Typer) -> exp.Expression:
        expect(name, types_of(given.plain[0])[0], *DUCK_INTEGERS)
        return exp.cast(given.collect(name.replace("bitwise", "bit").removesuffix("_agg"), given.plain[0]), "bigint")

    return _collected(name, 1, 1, make)


def _entries(name: str, finish: str) -> Translator:
    def make(given: Arguments, _: Typer) -> exp.Expression:
        key, value = given.plain
        return call(finish, given.collect("list", entry(key, value), present=key))

    return _collected(name, 2, 2, make)


def _histogram(given: Arguments, _: Typer) -> exp.Expression:
    (value,) = given.plain
    return call("python_counts_of", given.collect("list", entry(value, exp.Null()), present=value))


def _map_union(given: Arguments, types_of: Typer) -> exp.Expression:
    (mapping,) = given.plain
    expect("map_union", types_of(mapping)[0], "map")
    return call("python_map_of", call("flatten", given.collect("list", call("map_entries", mapping), present=mapping)))


def _most_frequent(given: Arguments, _: Typer) -> exp.Expression:
    most, value, _capacity = given.plain
    return call("python_most_frequent", given.collect("list", entry(value, exp.Null()), present=value), most)


def _double(value: exp.Expression) -> exp.Expression:
    return exp.cast(value.copy(), "double")


def _geometric_mean(given: Arguments, _: Typer) -> exp.Expression:
    total = given.collect("sum", call("trino_ln", _double(given.plain[0])))
    return call("exp", exp.Div(this=total, expression=given.collect("count", given.plain[0])))


def _entropy(given: Arguments, _: Typer) -> exp.Expression:
    count = _double(given.plain[0])
    return call("entropy_of", given.collect("sum", count), given.collect("sum", call("entropy_part", count.copy())))


def _moments(name: str) -> Translator:
    def make(given: Arguments, _: Typer) -> exp.Expression:
        values = given.collect("list", _double(given.plain[0]), present=given.plain[0])
        return call(f"{name}_of", call(_MOMENTS, values))

    return _collected(name, 1, 1, make)


def _percentile(given: Arguments, types_of: Typer) -> exp.Expression:
    """Shares in an array give an array; one argument more weighs the values."""
    value, *weight, share = given.plain[:3]
    kind, share_kind = types_of(value, share)
    if kind.id == "decimal":
        value, kind = _double(value), types_of(_double(value))[0]
    expect("approx_percentile", kind, *DUCK_INTEGERS, *DUCK_FLOATS)
    many = share_kind.id == "list"
    if not weight:
        values = call("list_sort", given.collect("list", value, present=value))
        return call("percentiles_of" if many else "percentile_of", values, share)
    known = exp.and_(*(exp.Not(this=exp.Is(this=part.copy(), expression=exp.Null())) for part in (value, *weight)))
    present = exp.Case(ifs=[exp.If(this=known, true=number(1))])
    columns = [given.collect("list", _double(part), present=present) for part in (value, *weight)]
    found = call("python_weighteds_of" if many else "python_weighted_of", *columns, share)
    # Whole numbers are rounded as Java's ``Math.round`` does.
    target = str(kind) if kind.id in DUCK_FLOATS else "BIGINT"
    return exp.cast(found, f"{target}[]" if many else target, dialect="duckdb")


def _numeric_histogram(given: Arguments, _: Typer) -> exp.Expression:
    most, value, *weight = given.plain
    values = given.collect("list", _double(value), present=value)
    weights = given.collect("list", _double(weight[0] if weight else number(1)), present=value)
    return call("python_buckets_of", most, values, weights)


def check_numbers(name: str, args: list[exp.Expression], types_of: Typer) -> None:
    """Refuse an aggregate of numbers over other values."""
    plain = [arg for arg in arguments(args).plain if not isinstance(arg, exp.Star)]
    kinds = trino_types(types_of, *plain) if plain else []
    if any(kind.name not in {*NUMBERS, "unknown"} for kind in kinds):
        shown = ", ".join(map(str, kinds))
        raise QueryFailed("FUNCTION_NOT_FOUND", f"Unexpected parameters ({shown}) for function {name}")


NUMERIC_AGGREGATES = frozenset(
    ("corr", "covar_pop", "covar_samp", "entropy", "geometric_mean", "kurtosis", "regr_intercept", "regr_slope")
    + ("skewness", "stddev", "stddev_pop", "stddev_samp", "var_pop", "var_samp", "variance")
)


def _listagg(given: Arguments, types_of: Typer) -> exp.Expression:
    value, *delimiter = given.plain
    expect("listagg", types_of(value)[0], "varchar", '"null"', "null")
    return given.collect("string_agg", value, *(delimiter or [exp.Literal.string("")]))


def _reduce_agg(args: list[exp.Expression], _: Typer) -> exp.Expression:
    value, start, step, _combine = args
    return around_cores(folded(arguments([value]).collect("list", value, present=value), start, step))


def _approx_distinct(given: Arguments, _: Typer) -> exp.Expression:
    return core("count", exp.Distinct(expressions=given.plain[:1]))


TRANSLATORS: dict[str, Translator] = {
    "approx_distinct": _collected("approx_distinct", 1, 2, _approx_distinct),
    "approx_most_frequent": _collected("approx_most_frequent", 3, 3, _most_frequent),
    "approx_percentile": _collected("approx_percentile", 2, 4, _percentile),
    **{f"bitwise_{name}_agg": _bits(f"bitwise_{name}_agg") for name in ("and", "or", "xor")},
    "entropy": _collected("entropy", 1, 1, _entropy),
    "geometric_mean": _collected("geometric_mean", 1, 1, _geometric_mean),
    "histogram": _collected("histogram", 1, 1, _histogram),
    "kurtosis": _moments("kurtosis"),
    "listagg": _collected("listagg", 1, 2, _listagg),
    "map_agg": _entries("map_agg", "python_map_of"),
    "map_union": _collected("map_union", 1, 1, _map_union),
    "max": _top("max"),
    "max_by": _top_by("max_by", "arg_max_null", "arg_max_nulls_last"),
    "min": _top("min"),
    "min_by": _top_by("min_by", "arg_min_null", "arg_min_nulls_last"),
    "multimap_agg": _entries("multimap_agg", "python_multimap_of"),
    "numeric_histogram": _collected("numeric_histogram", 2, 3, _numeric_histogram),
    "reduce_agg": counted("reduce_agg", 4, 4, _reduce_agg),
    "skewness": _moments("skewness"),
}
