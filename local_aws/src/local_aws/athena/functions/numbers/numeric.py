"""Functions of numbers whose result has the type of an argument (Trino, "Mathematical functions and operators")."""

from sqlglot import exp

from local_aws.athena.failure import unsupported
from local_aws.athena.functions.calls import call
from local_aws.athena.functions.numbers import arithmetic
from local_aws.athena.functions.signatures import parse_signatures, unexpected
from local_aws.athena.translation.casts import coerce, duck_cast
from local_aws.athena.translation.inference import Typed, by_types, noted
from local_aws.athena.types.trino import DOUBLE, INTEGERS, NUMBERS, TrinoType, to_duck

_SHOWN = ("double", "real", "bigint", "integer", "smallint", "tinyint", "decimal(p,s)")
MACROS = (
    "trino_sign(x) AS CASE WHEN isnan(x) THEN x ELSE sign(x) END",
    "truncated_double(x, n) AS trunc(x * pow(10.0, n)) / pow(10.0, n)",
    "truncated_integer(x, n) AS CASE WHEN n >= 0 THEN x WHEN n < -18 THEN 0 "
    "ELSE x - x % CAST(pow(10, -n) AS BIGINT) END",
    "rounded_integer(x, n) AS CASE WHEN n >= 0 THEN x WHEN n < -18 THEN "
    "CAST('NUMERIC_VALUE_OUT_OF_RANGE: numerical overflow: ' || x AS TINYINT) "
    "ELSE CAST(round(CAST(x AS DECIMAL(38, 0)), n) AS BIGINT) END",
    "rounded_double(x, n) AS CASE WHEN isnan(x) OR isinf(x) OR x = 0 THEN x "
    "WHEN abs(x) * pow(10.0, n) >= 9.2e18 THEN x "
    "ELSE sign(x) * floor(abs(x) * pow(10.0, n) + 0.5) / pow(10.0, n) END",
    "random_below(n) AS CASE WHEN n <= 0 THEN CAST('INVALID_FUNCTION_ARGUMENT: bound must be positive' AS TINYINT) "
    "ELSE CAST(floor(random() * n) AS BIGINT) END",
)


def _refused(name: str, kinds: list[TrinoType], places: int) -> Exception:
    more = ", integer" if places == 2 else ""
    forms = "\n".join(f"{name}({kind}{more}) -> double" for kind in _SHOWN)
    return unexpected(name, parse_signatures(forms)[name], kinds)


def _checked(name: str, kinds: list[TrinoType], *counts: int) -> TrinoType:
    if len(kinds) not in counts or kinds[0].name not in {*NUMBERS, "unknown"}:
        raise _refused(name, kinds, counts[-1])
    if len(kinds) == 2 and kinds[1].name not in {"integer", "smallint", "tinyint", "unknown"}:
        raise _refused(name, kinds, 2)
    return DOUBLE if kinds[0].name == "unknown" else kinds[0]


def _whole_decimal(kind: TrinoType) -> TrinoType:
    precision, scale = kind.numbers
    return TrinoType("decimal", (min(38, precision - scale + min(1, scale)), 0))


def _as(made: exp.Expression, kind: TrinoType) -> exp.Expression:
    return noted(duck_cast(made, to_duck(kind)), kind)


def _abs(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    kind = _checked("abs", kinds, 1)
    return noted(call("abs", coerce(args[0], kinds[0], kind)), kind)


def _step(name: str, duck: str) -> Typed:
    """Round up or down to a whole number."""

    def translate(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
        kind = _checked(name, kinds, 1)
        if kind.name in INTEGERS:
            return noted(exp.Paren(this=args[0]), kind)
        return _as(call(duck, args[0]), _whole_decimal(kind) if kind.name == "decimal" else kind)

    return translate


def _places(name: str, node: exp.Expression) -> int:
    negative = isinstance(node, exp.Neg | exp.Paren | exp.Cast)
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    value = node.this if isinstance(node, exp.Neg) else node
    if not isinstance(value, exp.Literal) or value.is_string:
        raise unsupported(f"{name} of a decimal to a number of places that is no literal")
    return -int(value.this) if negative else int(value.this)


def _round(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    kind = _checked("round", kinds, 1, 2)
    if kind.name == "decimal":
        if len(args) == 1:
            return _as(call("round", args[0], exp.Literal.number(0)), _whole_decimal(kind))
        precision, scale = kind.numbers
        wanted = TrinoType("decimal", (min(38, precision + 1), scale))
        return _as(_decimal_places("round", args[0], kind, _places("round", args[1])), wanted)
    places = args[1] if len(args) == 2 else exp.Literal.number(0)
    made = call("rounded_integer" if kind.name in INTEGERS else "rounded_double", args[0], places)
    return _as(made, kind)


def _decimal_places(name: str, value: exp.Expression, kind: TrinoType, places: int) -> exp.Expression:
    precision, scale = kind.numbers
    if places >= scale:
        return value
    wide = duck_cast(value, f"DECIMAL({min(38, precision + 1)}, {scale})")
    if name == "round":
        return call("round", wide, arithmetic.whole(places))
    if -places >= precision - scale:
        return exp.Paren(this=exp.Sub(this=wide, expression=wide.copy()))
    unit = (
        exp.Literal.number(f"1e{-places}")
        if places < 0
        else exp.Literal.number("0." + "0" * (places - 1) + "1" if places else "1")
    )
    unit = duck_cast(unit, f"DECIMAL(38, {max(scale, 0)})") if places < 0 else unit
    return exp.Paren(this=exp.Sub(this=wide, expression=exp.Paren(this=exp.Mod(this=wide.copy(), expression=unit))))


def _truncate(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    kind = _checked("truncate", kinds, 1, 2)
    if kind.name == "decimal" and len(args) == 1:
        precision, scale = kind.numbers
        return _as(call("trunc", args[0]), TrinoType("decimal", (max(precision - scale, 1), 0)))
    if kind.name == "decimal":
        return _as(_decimal_places("truncate", args[0], kind, _places("truncate", args[1])), kind)
    places = args[1] if len(args) == 2 else exp.Literal.number(0)
    return _as(call("truncated_integer" if kind.name in INTEGERS else "truncated_double", args[0], places), kind)


def _sign(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    kind = _checked("sign", kinds, 1)
    name = "trino_sign" if kind.name in {"double", "real"} else "sign"
    return _as(call(name, args[0]), TrinoType("decimal", (1, 0)) if kind.name == "decimal" else kind)


def _mod(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    if len(kinds) != 2 or not {kind.name for kind in kinds} <= {*NUMBERS, "unknown"}:
        forms = "\n".join(f"mod({kind}, {kind}) -> double" for kind in _SHOWN)
        raise unexpected("mod", parse_signatures(forms)["mod"], kinds)
    if all(kind.name == "unknown" for kind in kinds):
        return exp.Null()
    return arithmetic.numbers(exp.Mod(this=args[0], expression=args[1]), kinds)


def _random(name: str) -> Typed:
    def translate(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
        if not args:
            return noted(call("random"), DOUBLE)
        if len(args) > 2 or any(kind.name not in INTEGERS for kind in kinds):
            raise unexpected(
                name,
                parse_signatures(f"{name}() -> double\n{name}(bigint) -> bigint\n{name}(bigint, bigint) -> bigint")[
                    name
                ],
                kinds,
            )
        kind = max(kinds, key=lambda found: INTEGERS.index(found.name))
        if len(args) == 1:
            return _as(call("random_below", args[0]), kind)
        width = exp.Paren(this=exp.Sub(this=exp.Paren(this=args[1]), expression=exp.Paren(this=args[0])))
        return _as(exp.Add(this=args[0].copy(), expression=call("random_below", width)), kind)

    return translate


_TRANSLATORS: dict[str, Typed] = {
    "abs": _abs,
    "ceil": _step("ceil", "ceil"),
    "ceiling": _step("ceiling", "ceil"),
    "floor": _step("floor", "floor"),
    "mod": _mod,
    "rand": _random("rand"),
    "random": _random("random"),
    "round": _round,
    "sign": _sign,
    "truncate": _truncate,
}


TRANSLATORS = by_types(_TRANSLATORS)
