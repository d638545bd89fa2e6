"""Operators whose meaning in Trino depends on the types of their operands."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from local_aws.athena.arrays import concatenated
from local_aws.athena.casts import FLOATS, INTEGERS, duck_cast, typed_operands
from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.json_lines import fail
from local_aws.athena.types import RESULT_NAMES

DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "hugeint": 19, "ubigint": 19}
MOST_DIGITS = 38

_ZERO = fail("DIVISION_BY_ZERO: Division by zero")
MACROS = (
    f"integer_division(a, b) AS CASE WHEN b = 0 THEN {_ZERO} ELSE a // b END",
    f"remainder(a, b) AS CASE WHEN b = 0 THEN {_ZERO} ELSE a % b END",
    "unscaled(x) AS CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)",
    # Half up, as Trino rounds: |a| * factor / |b| in whole numbers, then the sign and the point set again.
    f"decimal_quotient(a, b, factor) AS CASE WHEN b = 0 THEN {_ZERO} ELSE "
    "(2 * abs(unscaled(a)) * factor + abs(unscaled(b))) // (2 * abs(unscaled(b))) END",
    "decimal_text(a, b, q, places) AS CASE WHEN (a < 0) <> (b < 0) THEN '-' ELSE '' END "
    "|| CASE WHEN places = 0 THEN CAST(q AS VARCHAR) ELSE regexp_replace(lpad(CAST(q AS VARCHAR), "
    "greatest(length(CAST(q AS VARCHAR)), places + 1)::INTEGER, '0'), '(\\d{' || places || '})$', '.\\1') END",
)
Typer = Callable[..., list[Any]]


def divide(node: exp.Div, types_of: Typer) -> exp.Expression:
    """Write a division: whole numbers stay whole, decimals keep their scale, doubles follow IEEE 754."""
    left, right = node.this, node.expression
    kinds = types_of(left, right)
    if {kind.id for kind in kinds} <= INTEGERS:
        return exp.Anonymous(this="integer_division", expressions=[left, right])
    if any(kind.id in FLOATS for kind in kinds):
        return exp.Paren(this=exp.Div(this=left, expression=right))
    if not all(kind.id == "decimal" or kind.id in DIGITS for kind in kinds):
        raise _mismatch(kinds, "/")
    return _divide_decimals(left, right, [_digits(kind) for kind in kinds])


def _digits(kind: Any) -> tuple[int, int]:
    if kind.id == "decimal":
        details = dict(kind.children)
        return details["precision"], details["scale"]
    return DIGITS[kind.id], 0


def _divide_decimals(left: exp.Expression, right: exp.Expression, digits: list[tuple[int, int]]) -> exp.Expression:
    """Divide exactly in whole numbers (Trino, "Decimal functions and operators": the larger scale is kept)."""
    (left_digits, left_scale), (_, right_scale) = digits
    scale = max(left_scale, right_scale)
    precision = min(MOST_DIGITS, left_digits + right_scale + max(0, right_scale - left_scale))
    factor = duck_cast(exp.Literal.number(10 ** (scale - left_scale + right_scale)), "HUGEINT")
    quotient = exp.Anonymous(this="decimal_quotient", expressions=[left, right, factor])
    places = exp.Literal.number(scale)
    text = exp.Anonymous(this="decimal_text", expressions=[left.copy(), right.copy(), quotient, places])
    return duck_cast(text, f"DECIMAL({precision}, {scale})")


def modulo(node: exp.Mod, types_of: Typer) -> exp.Expression:
    """Write a remainder; only doubles may be divided by zero."""
    kinds = types_of(node.this, node.expression)
    if any(kind.id in FLOATS for kind in kinds):
        return node
    return exp.Anonymous(this="remainder", expressions=[node.this, node.expression])


def add_or_subtract(node: exp.Expression, types_of: Typer) -> exp.Expression:
    """Write a sum or difference; a date moved by an interval stays a date, as in Trino."""
    kinds = [kind.id for kind in types_of(node.this, node.expression)]
    moments = [kind for kind in kinds if kind == "date" or kind.startswith("timestamp")]
    if not moments:
        return node
    if len(moments) == 2:
        raise unsupported("the difference of two times; use date_diff")
    if "interval" not in kinds:
        raise _mismatch(types_of(node.this, node.expression), "+")
    return duck_cast(exp.Paren(this=node.copy()), "DATE") if moments[0] == "date" else node


def concatenate(node: exp.DPipe, types_of: Typer) -> exp.Expression:
    """Write ``||``, which Trino has for two texts or two arrays."""
    kinds = types_of(*typed_operands([node.this, node.expression]))
    names = {kind.id for kind in kinds}
    if "list" in names:
        return concatenated([node.this, node.expression], types_of(node.this, node.expression))
    if names <= {"varchar"} or names <= {"blob"}:
        return exp.DPipe(this=node.this, expression=node.expression)
    raise _mismatch(kinds, "||")


def compare(node: exp.Expression, types_of: Typer) -> exp.Expression:
    """Check a comparison: Trino compares text only with text, where DuckDB would cast."""
    operands = [node.this, *(node.args[key] for key in ("expression", "low", "high") if key in node.args)]
    kinds = types_of(*typed_operands(operands))
    if len({_family(kind.id) for kind in kinds}) > 1:
        raise _mismatch(kinds, _SIGNS.get(type(node), "BETWEEN"))
    return node


def _family(kind: str) -> str:
    if kind in INTEGERS or kind in FLOATS or kind == "decimal":
        return "number"
    return "moment" if kind == "date" or kind.startswith("timestamp") else kind


_SIGNS = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}


def _mismatch(kinds: list[Any], sign: str) -> QueryFailed:
    names = [RESULT_NAMES.get(kind.id, kind.id) for kind in kinds]
    return QueryFailed("TYPE_MISMATCH", f"Cannot apply operator: {f' {sign} '.join(names)}")
