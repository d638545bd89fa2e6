"""``+ - * / %`` and the minus of numbers, with the types that Trino gives their results.

Sources: "Mathematical functions and operators" and "Decimal functions and operators" (Trino documentation).
"""

from sqlglot import exp

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.calls import call
from local_aws.athena.functions.python_functions import python_call
from local_aws.athena.reading.json_lines import fail
from local_aws.athena.translation.casts import coerce, duck_cast
from local_aws.athena.translation.inference import noted
from local_aws.athena.types.trino import INTEGERS, NUMBERS, TrinoType, common_type, to_duck

MOST_DIGITS = 38
_NARROW = 18
_MOST_HALVED = 37
"""Digits whose double still fits in 128 bits."""
SIGNS = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}

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


def numbers(node: exp.Expression, kinds: list[TrinoType]) -> exp.Expression:
    """Write an operation of two numbers."""
    wanted = common_type(*kinds)
    if wanted.name in INTEGERS:
        return noted(_integers(node, kinds, wanted), wanted)
    if wanted.name == "decimal":
        return _decimals(node, kinds)
    operands = [_as(operand, kind, wanted) for operand, kind in zip(_operands(node), kinds, strict=True)]
    return noted(exp.Paren(this=type(node)(this=operands[0], expression=operands[1])), wanted)


def _operands(node: exp.Expression) -> tuple[exp.Expression, exp.Expression]:
    return node.this, node.expression


def _as(operand: exp.Expression, kind: TrinoType, wanted: TrinoType) -> exp.Expression:
    return operand if kind == wanted else coerce(operand, kind, wanted)


def _integers(node: exp.Expression, kinds: list[TrinoType], wanted: TrinoType) -> exp.Expression:
    left, right = (_as(operand, kind, wanted) for operand, kind in zip(_operands(node), kinds, strict=True))
    if isinstance(node, exp.Div):
        return call("integer_division", left, right)
    if isinstance(node, exp.Mod):
        return call("remainder", left, right)
    return exp.Paren(this=type(node)(this=left, expression=right))


def _decimals(node: exp.Expression, kinds: list[TrinoType]) -> exp.Expression:
    known = [TrinoType("decimal", kind.digits) if kind.name != "unknown" else kind for kind in kinds]
    known = [known[1 - place] if kind.name == "unknown" else kind for place, kind in enumerate(known)]
    left, right = (duck_cast(operand, to_duck(kind)) for operand, kind in zip(_operands(node), known, strict=True))
    wanted = decimal_result(type(node), *known)
    if isinstance(node, exp.Div):
        (precision, scale), (other, other_scale) = known[0].digits, known[1].digits
        if max(precision + wanted.numbers[1] - scale + other_scale, other) > _MOST_HALVED:
            return noted(_exactly(exp.Div, left, right, wanted), wanted)
        return noted(divide_decimals(left, right, known[0].digits, known[1].digits), wanted)
    if isinstance(node, exp.Mul):
        made = exp.Mul(this=_wide(left, known[0], wanted), expression=right)
        return noted(duck_cast(exp.Paren(this=made), to_duck(wanted)), wanted)
    digits, scale = _common_digits(*known)
    if digits > MOST_DIGITS:
        return noted(_exactly(type(node), left, right, wanted), wanted)
    # DuckDB counts exactly where both operands have one scale, and in 64 bits as long as they fit in them.
    shared = f"DECIMAL({min(MOST_DIGITS, max(digits, wanted.numbers[0]))}, {scale})"
    left, right = duck_cast(left, shared), duck_cast(right, shared)
    if isinstance(node, exp.Mod):
        made = call("remainder", left, right)
    else:
        made = exp.Paren(this=type(node)(this=left, expression=right))
    return noted(duck_cast(made, to_duck(wanted)), wanted)


def _wide(factor: exp.Expression, kind: TrinoType, wanted: TrinoType) -> exp.Expression:
    """Let DuckDB multiply in 128 bits where the product does not fit in 64."""
    if wanted.numbers[0] <= _NARROW:
        return factor
    return duck_cast(factor, f"DECIMAL({max(_NARROW + 1, kind.numbers[0])}, {kind.numbers[1]})")


def _common_digits(left: TrinoType, right: TrinoType) -> tuple[int, int]:
    """Precision and scale that hold both, the precision beyond what a decimal can have."""
    (digits, scale), (other, other_scale) = left.digits, right.digits
    larger = max(scale, other_scale)
    return max(digits - scale, other - other_scale) + larger, larger


def _exactly(operator: type, left: exp.Expression, right: exp.Expression, wanted: TrinoType) -> exp.Expression:
    """Leave to Python what needs more than 128 bits on the way."""
    operands = [duck_cast(operand, "VARCHAR") for operand in (left, right)]
    places = exp.Literal.number(wanted.numbers[1])
    text = python_call("decimal_text_of", exp.Literal.string(SIGNS[operator]), *operands, places)
    return duck_cast(text, to_duck(wanted))


def decimal_result(operator: type, left: TrinoType, right: TrinoType) -> TrinoType:
    """The type of an operation of two decimals (Trino, "Decimal functions and operators")."""
    (digits, scale), (other, other_scale) = left.numbers, right.numbers
    larger = max(scale, other_scale)
    if operator is exp.Mul:
        precision, larger = digits + other, scale + other_scale
        if larger > MOST_DIGITS:
            raise QueryFailed("TYPE_MISMATCH", f"DECIMAL scale must be in range [0, precision (38)]: {larger}")
    elif operator is exp.Div:
        precision = digits + other_scale + max(0, other_scale - scale)
    elif operator is exp.Mod:
        precision = min(digits - scale, other - other_scale) + larger
    else:
        precision = 1 + larger + max(digits - scale, other - other_scale)
    return TrinoType("decimal", (max(1, min(MOST_DIGITS, precision)), larger))


def divide_decimals(
    left: exp.Expression, right: exp.Expression, digits: tuple[int, int], others: tuple[int, int]
) -> exp.Expression:
    """Divide exactly in whole numbers (Trino, "Decimal functions and operators": the larger scale is kept)."""
    wanted = decimal_result(exp.Div, TrinoType("decimal", digits), TrinoType("decimal", others))
    scale = wanted.numbers[1]
    factor = duck_cast(exp.Literal.number(10 ** (scale - digits[1] + others[1])), "HUGEINT")
    quotient = call("decimal_quotient", left, right, factor)
    text = call("decimal_text", left.copy(), right.copy(), quotient, exp.Literal.number(scale))
    return duck_cast(text, to_duck(wanted))


def negative(node: exp.Neg, kind: TrinoType) -> exp.Expression:
    """Write the minus of a number; a literal with its minus is one literal."""
    if isinstance(node.this, exp.Literal) and node.this.this.isdigit():
        value = -int(node.this.this)
        return noted(
            duck_cast(exp.Paren(this=node.copy()), "INTEGER" if value >= -(2**31) else "BIGINT"),
            TrinoType("integer" if value >= -(2**31) else "bigint"),
        )
    if kind.name not in NUMBERS:
        raise QueryFailed("TYPE_MISMATCH", f"Cannot negate {kind}")
    return noted(exp.Paren(this=node.copy()), kind)


def whole(value: int) -> exp.Expression:
    """Write a whole number."""
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))
