"""sum and avg, which keep the type of what they add (Trino, "Aggregate functions")."""

from sqlglot import exp

from local_aws.athena.functions.calls import Translator, Typer, call
from local_aws.athena.functions.nested.aggregate_calls import around_cores
from local_aws.athena.functions.nested.aggregates import Arguments, arguments
from local_aws.athena.functions.numbers.arithmetic import divide_decimals
from local_aws.athena.functions.signatures import parse_signatures, unexpected
from local_aws.athena.functions.time import intervals
from local_aws.athena.translation.casts import duck_cast
from local_aws.athena.translation.inference import noted, trino_types
from local_aws.athena.types.trino import BIGINT, DAY_TIME, DOUBLE, INTEGERS, NUMBERS, YEAR_MONTH, TrinoType, to_duck

_INTERVALS = {DAY_TIME, YEAR_MONTH}
_TAKES = ("bigint", "decimal(p,s)", "double", "interval day to second", "interval year to month", "real")


def _argument(name: str, args: list[exp.Expression], types_of: Typer) -> tuple[Arguments, TrinoType]:
    given = arguments(args)
    kinds = trino_types(types_of, *given.plain) if given.plain else []
    if len(kinds) != 1 or kinds[0].name not in {*NUMBERS, *_INTERVALS, "unknown"}:
        forms = parse_signatures("\n".join(f"{name}({kind}) -> {kind}" for kind in _TAKES))
        raise unexpected(name, forms[name], kinds)
    return given, DOUBLE if kinds[0].name == "unknown" else kinds[0]


def _sum(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    given, kind = _argument("sum", args, types_of)
    (value,) = given.plain
    if kind.name in _INTERVALS:
        return intervals.interval(given.collect("sum", intervals.number_of(value, kind)), kind.name)
    total = given.collect("sum", value)
    if kind.name == "decimal":
        return noted(total, TrinoType("decimal", (38, kind.numbers[1])))
    if kind.name == "real":
        return noted(duck_cast(total, "FLOAT"), kind)
    return noted(total, BIGINT if kind.name in INTEGERS else DOUBLE)


def _avg(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    given, kind = _argument("avg", args, types_of)
    (value,) = given.plain
    if kind.name in _INTERVALS:
        mean = given.collect("avg", intervals.number_of(value, kind))
        return intervals.interval(call("round", mean), kind.name)
    if kind.name == "decimal":
        total = given.collect("sum", value)
        count = call("nullif", given.collect("count", value.copy()), exp.Literal.number(0))
        mean = divide_decimals(total, count, (38, kind.numbers[1]), BIGINT.digits)
        return noted(duck_cast(mean, to_duck(kind)), kind)
    mean = given.collect("avg", value)
    return noted(duck_cast(mean, "FLOAT"), kind) if kind.name == "real" else noted(mean, DOUBLE)


def _whole(translate: Translator) -> Translator:
    return lambda args, types_of: around_cores(translate(args, types_of))


TRANSLATORS: dict[str, Translator] = {"avg": _whole(_avg), "sum": _whole(_sum)}
