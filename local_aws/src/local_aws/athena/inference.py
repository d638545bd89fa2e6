"""The Trino type of a translated expression: what its translation noted, else what DuckDB's binder tells."""

from typing import Any

from sqlglot import exp

from local_aws.athena.calls import Typer
from local_aws.athena.dialect import decimal_type
from local_aws.athena.trino_types import UNKNOWN, TrinoType, common_type, from_duck

_NOTE = "trino type"


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


def known_type(node: exp.Expression, types_of: Typer) -> TrinoType | None:
    """Give the type of an expression that DuckDB's types cannot tell, or None."""
    while isinstance(node, exp.Paren | exp.Alias) and _NOTE not in node.meta:
        node = node.this
    if _NOTE in node.meta:
        return node.meta[_NOTE]
    if isinstance(node, exp.Literal):
        return _literal(node)
    if isinstance(node, exp.Null):
        return UNKNOWN
    if isinstance(node, exp.Array):
        return _array(node, types_of)
    return None


def _literal(node: exp.Literal) -> TrinoType | None:
    if node.is_string:
        return TrinoType("varchar", (len(node.this),))
    if node.this.isdigit():
        return None
    return TrinoType("double") if "e" in node.this.lower() else decimal_type(node.this)


def _array(node: exp.Array, types_of: Typer) -> TrinoType:
    found: TrinoType | None = UNKNOWN
    for kind in trino_types(types_of, *node.expressions) if node.expressions else []:
        found = None if found is None else common_type(found, kind)
    return None if found is None else TrinoType("array", (), (found,))


def common(types_of: Typer, nodes: list[exp.Expression]) -> TrinoType | None:
    """Give the type to which several expressions are coerced, or None where there is none."""
    found: Any = UNKNOWN
    for kind in trino_types(types_of, *nodes):
        found = None if found is None else common_type(found, kind)
    return found
