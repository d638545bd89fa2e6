"""The Trino type of a translated expression: what its translation noted, else what DuckDB's binder tells."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from local_aws.athena.functions.calls import Translator, Typer
from local_aws.athena.translation.columns import of_catalog, origins
from local_aws.athena.translation.dialect import decimal_type
from local_aws.athena.types.trino import BOOLEAN, UNKNOWN, TrinoType, common_of, common_type, from_duck

_NOTE = "trino type"
_AROUND = (exp.Paren, exp.Alias, exp.Window, exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.WithinGroup)
_CONDITIONS = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.NullSafeEQ, exp.NullSafeNEQ),
    *(exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Like, exp.Exists, exp.Boolean),
)


def noted(node: exp.Expression, kind: TrinoType) -> exp.Expression:
    """Note the Trino type of a translated expression on it; copies keep the note."""
    node.meta[_NOTE] = kind
    return node


def trino_types(types_of: Typer, *nodes: exp.Expression) -> list[TrinoType]:
    """Give the Trino types of translated expressions."""
    known = [known_type(node, types_of) for node in nodes]
    asked = [node for node, kind in zip(nodes, known, strict=True) if kind is None]
    told = iter(types_of(*asked)) if asked else iter(())
    return [from_duck(next(told)) if kind is None else kind for kind in known]


Typed = Callable[[list[exp.Expression], list[TrinoType]], exp.Expression]
"""A translator that is given the Trino types of its arguments."""


def by_types(translators: dict[str, Typed]) -> dict[str, Translator]:
    """Make translators of those that ask for types."""

    def asking(translator: Typed) -> Translator:
        return lambda args, types_of: translator(args, trino_types(types_of, *args))

    return {name: asking(translator) for name, translator in translators.items()}


def known_type(node: exp.Expression, types_of: Typer) -> TrinoType | None:
    """Give the type of an expression that DuckDB's types cannot tell, or None."""
    while isinstance(node, _AROUND) and _NOTE not in node.meta:
        node = node.this
    if _NOTE in node.meta:
        return node.meta[_NOTE]
    if isinstance(node, exp.Literal):
        return _literal(node)
    if isinstance(node, exp.Null):
        return UNKNOWN
    if isinstance(node, _CONDITIONS):
        return BOOLEAN
    if isinstance(node, exp.Column):
        return _column(node, types_of)
    if isinstance(node, exp.Anonymous) and node.name == "row":
        return TrinoType("row", (), tuple(trino_types(types_of, *node.expressions)), ("",) * len(node.expressions))
    if isinstance(node, exp.Array):
        return _array(node, types_of)
    return None


def _column(node: exp.Column, types_of: Typer) -> TrinoType | None:
    if of_catalog(node):
        return from_duck(types_of(node)[0])
    found: TrinoType | None = UNKNOWN
    for origin in origins(node) or [None]:
        kind = None if origin is None else told(origin)
        found = None if found is None or kind is None else common_type(found, kind)
    return found


def told(node: exp.Expression) -> TrinoType | None:
    """Give the type of an expression of another place, where no binder is needed to tell it."""

    def unbound(*_: exp.Expression) -> list[Any]:
        raise LookupError

    try:
        return known_type(node, unbound)
    except LookupError:
        return None


def _literal(node: exp.Literal) -> TrinoType | None:
    if node.is_string:
        return TrinoType("varchar", (len(node.this),))
    if node.this.isdigit():
        return TrinoType("integer" if int(node.this) < 2**31 else "bigint")
    return TrinoType("double") if "e" in node.this.lower() else decimal_type(node.this)


def _array(node: exp.Array, types_of: Typer) -> TrinoType:
    found: TrinoType | None = UNKNOWN
    for kind in trino_types(types_of, *node.expressions) if node.expressions else []:
        found = None if found is None else common_type(found, kind)
    return None if found is None else TrinoType("array", (), (found,))


def common(types_of: Typer, nodes: list[exp.Expression]) -> TrinoType | None:
    """Give the type to which several expressions are coerced, or None where there is none."""
    return common_of(trino_types(types_of, *nodes))
