"""Operators whose meaning in Trino depends on the types of their operands."""

from sqlglot import exp

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.calls import Typer, call
from local_aws.athena.functions.nested.arrays import check_concatenated, concatenated
from local_aws.athena.functions.numbers import arithmetic
from local_aws.athena.functions.numbers.arithmetic import SIGNS, negative, numbers
from local_aws.athena.functions.time import intervals, zones
from local_aws.athena.functions.time.moment_arithmetic import difference, move, scale
from local_aws.athena.translation.casts import coerce, duck_cast
from local_aws.athena.translation.inference import noted, trino_types
from local_aws.athena.types.trino import DAY_TIME, NUMBERS, YEAR_MONTH, ZONED, TrinoType, common_of

_INTERVALS = {DAY_TIME, YEAR_MONTH}
_FLOATS = {"double", "real"}
MACROS = arithmetic.MACROS


def operate(node: exp.Expression, types_of: Typer) -> exp.Expression:
    """Write ``+ - * / %``."""
    kinds = trino_types(types_of, node.this, node.expression)
    names = [kind.name for kind in kinds]
    if set(names) == {"unknown"}:
        return exp.Null()
    if set(names) <= {*NUMBERS, "unknown"}:
        return numbers(node, kinds)
    made = _of_time(node, kinds, names) if "unknown" not in names else None
    if made is None:
        raise mismatch(kinds, SIGNS[type(node)])
    return made


def _of_time(node: exp.Expression, kinds: list[TrinoType], names: list[str]) -> exp.Expression | None:
    left, right, plus = node.this, node.expression, isinstance(node, exp.Add)
    if isinstance(node, exp.Add | exp.Sub):
        if names[1] in _INTERVALS and (kinds[0].moment or names[0] == "time"):
            return move(left, kinds[0], right, kinds[1], plus)
        if plus and names[0] in _INTERVALS and (kinds[1].moment or names[1] == "time"):
            return move(right, kinds[1], left, kinds[0], plus)
        if names[0] == names[1] and names[0] in _INTERVALS:
            numbers_of = [intervals.number_of(side, kinds[0]) for side in (left, right)]
            return intervals.interval(
                exp.Paren(this=type(node)(this=numbers_of[0], expression=numbers_of[1])), names[0]
            )
        timed = all(kind.moment for kind in kinds) or set(names) == {"time"}
        return difference(left, right, kinds) if timed and not plus else None
    if names[0] in _INTERVALS and names[1] in NUMBERS and isinstance(node, exp.Mul | exp.Div):
        return scale(node, left, kinds[0], right, kinds[1])
    if names[1] in _INTERVALS and names[0] in NUMBERS and isinstance(node, exp.Mul):
        return scale(node, right, kinds[1], left, kinds[0])
    return None


def negate(node: exp.Neg, types_of: Typer) -> exp.Expression:
    """Write the minus of a number or an interval."""
    (kind,) = trino_types(types_of, node.this)
    if kind.name in _INTERVALS:
        return intervals.interval(exp.Neg(this=intervals.number_of(node.this, kind)), kind.name)
    return node.this if kind.name == "unknown" else negative(node, kind)


def concatenate(node: exp.DPipe, types_of: Typer) -> exp.Expression:
    """Write ``||``, which Trino has for two texts or two arrays."""
    kinds = trino_types(types_of, node.this, node.expression)
    names = {kind.name for kind in kinds} - {"unknown"}
    made = exp.DPipe(this=node.this, expression=node.expression)
    if names <= {"varchar", "char"}:
        if names == {"char"}:
            return noted(made, TrinoType("char", (sum(kind.numbers[0] for kind in kinds if kind.numbers),)))
        return noted(made, TrinoType("varchar"))
    if "array" in names:
        check_concatenated(kinds, lambda: mismatch(kinds, "||"))
        return concatenated([node.this, node.expression], types_of(node.this, node.expression))
    if names <= {"varbinary"}:
        return made
    raise mismatch(kinds, "||")


def compare(node: exp.Expression, types_of: Typer) -> exp.Expression:
    """Check a comparison: Trino compares text only with text, where DuckDB would cast."""
    keys = [key for key in ("this", "expression", "low", "high") if key in node.args]
    operands = [node.args[key] for key in keys]
    kinds = trino_types(types_of, *operands)
    wanted = common_of(kinds)
    if wanted is None:
        raise _incomparable(node, kinds)
    made = _compared(node, keys, kinds, wanted)
    return of_floats(made) if wanted.name in _FLOATS and type(node) in _NAN_SIDES else made


_NAN_SIDES = {
    exp.EQ: "this",
    exp.NEQ: "this",
    exp.GT: "this",
    exp.GTE: "this",
    exp.LT: "expression",
    exp.LTE: "expression",
    exp.Between: "high",
    exp.In: "this",
}
"""Where DuckDB, for which not-a-number is the largest number and equal to itself, would say what IEEE 754 denies."""


def of_floats(node: exp.Expression) -> exp.Expression:
    """Write a comparison that not-a-number fails, as in Trino; a literal is none."""
    side = node.args[_NAN_SIDES[type(node)]]
    if isinstance(side, exp.Literal) or side.find(exp.Query):
        return node
    nan = call("isnan", duck_cast(side.copy(), "DOUBLE"))
    if isinstance(node, exp.NEQ):
        return exp.Paren(this=exp.Or(this=node.copy(), expression=nan))
    return exp.Paren(this=exp.And(this=node.copy(), expression=exp.Not(this=nan)))


def _incomparable(node: exp.Expression, kinds: list[TrinoType]) -> QueryFailed:
    if isinstance(node, exp.Between):
        value, low, high = kinds
        return QueryFailed("TYPE_MISMATCH", f"Cannot check if {value} is BETWEEN {low} and {high}")
    return mismatch(kinds, COMPARISONS[type(node)])


def _compared(node: exp.Expression, keys: list[str], kinds: list[TrinoType], wanted: TrinoType) -> exp.Expression:
    """Write the operands of a comparison for DuckDB: moments in UTC, char without the blanks that fill it."""
    for key, kind in zip(keys, kinds, strict=True):
        operand = node.args[key]
        if wanted.name == ZONED:
            node.set(key, zones.utc_of(coerce(operand, kind, wanted)))
        elif wanted.name == "char":
            node.set(key, call("rtrim", operand, exp.Literal.string(" ")))
        elif wanted.name == "timestamp" and kind.name == "date":
            node.set(key, duck_cast(operand, "TIMESTAMP"))
    return node


def compare_list(node: exp.In, types_of: Typer) -> exp.Expression:
    """Check ``IN`` with a list as each comparison with one of its items."""
    items = node.args.get("expressions")
    if not items:
        return node
    kinds = trino_types(types_of, node.this, *items)
    wanted = common_of(kinds)
    if wanted is None:
        raise QueryFailed(
            "TYPE_MISMATCH",
            "IN value and list items must be the same type or coercible to a common type: "
            f"{', '.join(map(str, kinds))}",
        )
    if wanted.name == ZONED:
        node.set("this", zones.utc_of(coerce(node.this, kinds[0], wanted)))
        node.set(
            "expressions",
            [zones.utc_of(coerce(item, kind, wanted)) for item, kind in zip(items, kinds[1:], strict=True)],
        )
    return of_floats(node) if wanted.name in _FLOATS else node


COMPARISONS = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.Between: "BETWEEN",
    exp.NullSafeEQ: "IS DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
}


def at_time_zone(node: exp.AtTimeZone, types_of: Typer) -> exp.Expression:
    """Write ``AT TIME ZONE``: the same moment with another zone."""
    zone = node.args["zone"]
    kind, zone_kind = trino_types(types_of, node.this, zone)
    if not kind.moment or kind.name == "date":
        raise QueryFailed(
            "TYPE_MISMATCH", f"Type of value must be a time or timestamp with or without time zone (actual {kind})"
        )
    if zone_kind.name == DAY_TIME:
        zone = _offset(zone, zone_kind)
    elif zone_kind.name != "varchar":
        raise QueryFailed("TYPE_MISMATCH", f"Type of time zone must be VARCHAR or INTERVAL (actual {zone_kind})")
    moment = coerce(node.this, kind, TrinoType(ZONED, kind.numbers))
    return zones.zoned(zones.utc_of(moment), zones.named(zone), kind.numbers[0])


def _offset(zone: exp.Expression, kind: TrinoType) -> exp.Expression:
    return call("offset_text", intervals.number_of(zone, kind))


def mismatch(kinds: list[TrinoType], sign: str) -> QueryFailed:
    """Trino's refusal of an operator for the types of its operands."""
    return QueryFailed("TYPE_MISMATCH", f"Cannot apply operator: {f' {sign} '.join(map(str, kinds))}")
