"""UNNEST: arrays, maps and arrays of rows as columns of a relation (Trino, "SELECT", "UNNEST")."""

from typing import Any

from sqlglot import exp

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.calls import Typer, call, number
from local_aws.athena.types.trino import from_duck

UNNAMED = "unnamed "
"""Prefix of the columns that a query does not name; no identifier of a query begins so by chance."""
_LABEL = "label"


def translate(node: exp.Unnest, types_of: Typer) -> exp.Expression:
    """Write an UNNEST as a subquery with one column for each array, two for a map, one for each field of a row.

    DuckDB fills the shorter of several arrays with nulls, as Trino does.
    """
    if isinstance(node.parent, exp.Select):
        raise QueryFailed("SYNTAX_ERROR", "mismatched input 'unnest'")
    join = node.parent
    if isinstance(join, exp.Join) and (join.args.get("using") or join.args.get("on") not in (None, exp.true())):
        kind = join.side or "INNER"
        message = f"{kind} JOIN involving UNNEST is only supported with condition ON TRUE"
        raise QueryFailed("NOT_SUPPORTED", message)
    kinds = types_of(*node.expressions)
    inner, outer = [], []
    for place, (argument, kind) in enumerate(zip(node.expressions, kinds, strict=True)):
        _add(f"part {place}", argument, kind, inner, outer)
    offset = node.args.get("offset")
    if offset:
        lengths = [
            call("coalesce", call("len", _keys(arg, kind)), number(0))
            for arg, kind in zip(node.expressions, kinds, strict=True)
        ]
        places = call("generate_series", exp.cast(number(1), "bigint"), call("greatest", number(0), *lengths))
        inner.append(_named(call("unnest", places), "ordinality"))
        outer.append(_column("ordinality"))
    return _relation(node, inner, outer, offset)


def _add(
    name: str, argument: exp.Expression, kind: Any, inner: list[exp.Expression], outer: list[exp.Expression]
) -> None:
    if kind.id == "map":
        for part in ("map_keys", "map_values"):
            inner.append(_named(call("unnest", call(part, argument.copy())), f"{name} {part}"))
            outer.append(_column(f"{name} {part}"))
        return
    if kind.id not in {"list", '"null"'}:
        raise QueryFailed("TYPE_MISMATCH", f"Cannot unnest type: {kind}")
    inner.append(_named(call("unnest", argument.copy()), name))
    element = dict(kind.children)["child"] if kind.id == "list" else kind
    if from_duck(element).name != "row":
        outer.append(_column(name))
        return
    for place, (label, _) in enumerate(element.children, start=1):
        field = call("struct_extract_at", _column(name), number(place))
        # Without names of their own the columns have those of the fields.
        field.meta[_LABEL] = label
        outer.append(field)


def _keys(argument: exp.Expression, kind: Any) -> exp.Expression:
    return call("map_keys", argument.copy()) if kind.id == "map" else argument.copy()


def _relation(
    node: exp.Unnest, inner: list[exp.Expression], outer: list[exp.Expression], offset: Any
) -> exp.Expression:
    alias = node.args.get("alias")
    names = [column.name for column in alias.columns] if alias is not None else []
    if isinstance(offset, exp.Identifier):
        names.append(offset.name)
    if names and len(names) != len(outer):
        message = f"Column alias list has {len(names)} entries but '{alias.name}' has {len(outer)} columns available"
        raise QueryFailed("MISMATCHED_COLUMN_ALIASES", message)
    parts = exp.Subquery(this=exp.Select(expressions=inner), alias=exp.TableAlias(this=_name("parts")))
    named = [_named(column, name) for column, name in zip(outer, names or _unnamed(outer), strict=True)]
    relation = exp.select(*named).from_(parts)
    return exp.Lateral(
        this=exp.Subquery(this=relation),
        alias=exp.TableAlias(this=_name(alias.name if alias is not None and alias.this else "unnested")),
    )


def _unnamed(columns: list[exp.Expression]) -> list[str]:
    return [column.meta.get(_LABEL) or f"{UNNAMED}{place}" for place, column in enumerate(columns)]


def _name(text: str) -> exp.Identifier:
    return exp.to_identifier(text, quoted=True)


def _column(name: str) -> exp.Column:
    return exp.Column(this=_name(name))


def _named(value: exp.Expression, name: str) -> exp.Alias:
    return exp.Alias(this=value, alias=_name(name))
