"""CASE and the functions whose arguments are coerced to one type (Trino, "Conditional expressions", "Comparison")."""

import re

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.calls import Translator, Typer, call, without_nan
from local_aws.athena.translation.casts import coerce
from local_aws.athena.translation.inference import known_type, noted, trino_types
from local_aws.athena.translation.operators import compare
from local_aws.athena.types.trino import VARCHAR, TrinoType, common_of, common_type


def _one_type(what: str, nodes: list[exp.Expression], types_of: Typer) -> tuple[list[exp.Expression], TrinoType]:
    kinds = trino_types(types_of, *nodes)
    wanted = common_of(kinds)
    if wanted is None:
        names = list(dict.fromkeys(map(str, kinds)))
        raise QueryFailed(
            "TYPE_MISMATCH",
            f"All {what} must be the same type or coercible to a common type. Cannot find common type between "
            f"{names[0]} and {names[1]}, all types (without duplicates): [{', '.join(names)}]",
        )
    return [_coerced(*pair, wanted) for pair in zip(nodes, kinds, strict=True)], wanted


def _coerced(node: exp.Expression, kind: TrinoType, wanted: TrinoType) -> exp.Expression:
    return node if kind.name == "unknown" else coerce(node, kind, wanted)


def _need(name: str, args: list[exp.Expression], least: int, most: int) -> None:
    if not least <= len(args) <= most:
        raise QueryFailed("SYNTAX_ERROR", f"Invalid number of arguments for '{name}' function")


def boolean(node: exp.Expression, what: str, types_of: Typer) -> None:
    """Refuse a condition that is no boolean.

    Raises
    ------
    QueryFailed
        ``TYPE_MISMATCH`` in Trino's words.
    """
    (kind,) = trino_types(types_of, node)
    if kind.name not in {"boolean", "unknown"}:
        raise QueryFailed("TYPE_MISMATCH", what.format(kind))


CONDITIONS: dict[type, str] = {
    exp.And: "Logical expression term must evaluate to a boolean (actual: {})",
    exp.Or: "Logical expression term must evaluate to a boolean (actual: {})",
    exp.Not: "Value of logical NOT expression must evaluate to a boolean (actual: {})",
    exp.Where: "WHERE clause must evaluate to a boolean: actual type {}",
    exp.Having: "HAVING clause must evaluate to a boolean: actual type {}",
}
"""What Trino says of a condition that is no boolean."""


def like(node: exp.Like, types_of: Typer) -> exp.Expression:
    """Check ``LIKE``, which takes text alone."""
    for side, part in (("Left side of LIKE expression", node.this), ("Pattern for LIKE expression", node.expression)):
        (kind,) = trino_types(types_of, part)
        if kind.name not in {"varchar", "char", "unknown"}:
            raise QueryFailed("TYPE_MISMATCH", f"{side} must evaluate to a varchar (actual: {kind})")
    return node


def check(node: exp.Expression, types_of: Typer) -> None:
    """Refuse a clause or an operator whose conditions are no booleans."""
    for part in (node.this, node.args.get("expression")):
        if part is not None:
            boolean(part, CONDITIONS[type(node)], types_of)


def case(node: exp.Case, types_of: Typer) -> exp.Expression:
    """Write a CASE with results of one type."""
    branches = node.args["ifs"]
    results = [branch.args["true"] for branch in branches]
    default = node.args.get("default")
    made, wanted = _one_type("CASE results", [*results, *([default] if default is not None else [])], types_of)
    for branch, result in zip(branches, made, strict=False):
        branch.set("true", result)
        if node.this is None:
            boolean(branch.this, "CASE WHEN clause must evaluate to a boolean (actual: {})", types_of)
        else:
            compare(exp.EQ(this=node.this.copy(), expression=branch.this.copy()), types_of)
    if default is not None:
        node.set("default", made[-1])
    return noted(node, wanted)


def _if(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _need("if", args, 2, 3)
    boolean(args[0], "IF condition must be a boolean type: {}", types_of)
    made, wanted = _one_type("IF results", args[1:], types_of)
    chosen = exp.Case(ifs=[exp.If(this=args[0], true=made[0])], default=made[1] if len(made) > 1 else exp.Null())
    return noted(chosen, wanted)


def _coalesce(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _need("coalesce", args, 2, 10_000)
    made, wanted = _one_type("COALESCE operands", args, types_of)
    return noted(call("coalesce", *made), wanted)


def _nullif(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _need("nullif", args, 2, 2)
    first, second = trino_types(types_of, *args)
    if common_type(first, second) is None:
        raise QueryFailed("TYPE_MISMATCH", f"Types are not comparable with NULLIF: {first} vs {second}")
    same = compare(exp.EQ(this=args[0].copy(), expression=args[1]), types_of)
    return noted(exp.Case(ifs=[exp.If(this=same, true=exp.Null())], default=args[0]), first)


def _extreme(name: str) -> Translator:
    """Trino's greatest and least are null as soon as one argument is; DuckDB's pass nulls over."""

    def translate(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
        kinds = trino_types(types_of, *args) if args else []
        wanted = common_of(kinds) if kinds else None
        if wanted is None or wanted.name in {"map", "json"}:
            shown = ", ".join(map(str, kinds))
            raise QueryFailed(
                "FUNCTION_NOT_FOUND",
                f"Unexpected parameters ({shown}) for function {name}. Expected: {name}(E) E:orderable",
            )
        if wanted.name == "unknown":
            return exp.Null()
        made = [coerce(arg, kind, wanted) for arg, kind in zip(args, kinds, strict=True)]
        nulls = exp.or_(*(exp.Is(this=arg.copy(), expression=exp.Null()) for arg in made))
        chosen = call(name, *made)
        if name == "greatest" and wanted.name in {"double", "real"}:
            chosen = call("coalesce", call(name, *map(without_nan, made)), call("trino_nan"))
        return noted(exp.Case(ifs=[exp.If(this=nulls, true=exp.Null())], default=chosen), wanted)

    return translate


def _try(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _need("try", args, 1, 1)
    (kind,) = trino_types(types_of, args[0])
    return noted(call("try", args[0]), kind)


def _typeof(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _need("typeof", args, 1, 1)
    (kind,) = trino_types(types_of, args[0])
    if known_type(args[0], types_of) is None and re.search(r"varchar|time", str(kind)):
        raise unsupported("typeof of a value whose length or precision this engine does not know")
    return noted(exp.Literal.string(str(kind)), VARCHAR)


TRANSLATORS: dict[str, Translator] = {
    "coalesce": _coalesce,
    "greatest": _extreme("greatest"),
    "if": _if,
    "least": _extreme("least"),
    "nullif": _nullif,
    "try": _try,
    "typeof": _typeof,
}
