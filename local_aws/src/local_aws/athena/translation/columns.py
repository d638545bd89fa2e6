"""Where a column of a query comes from, for what DuckDB's types do not tell of it."""

from sqlglot import exp


def origins(column: exp.Column) -> list[exp.Expression] | None:
    """Give the translated expressions whose values a column has, or None where the query does not tell.

    A column of a table of the catalog is its own origin.
    """
    select = column.find_ancestor(exp.Select)
    for relation in _relations(select) if select is not None else []:
        if column.table in {"", relation.alias_or_name}:
            found = _of_relation(relation, column)
            if found is not None:
                return found
    return None


def _relations(select: exp.Select) -> list[exp.Expression]:
    start = select.args.get("from_")
    joins = select.args.get("joins") or []
    return [*([start.this] if start is not None else []), *(join.this for join in joins)]


def _of_relation(relation: exp.Expression, column: exp.Column) -> list[exp.Expression] | None:
    names = _names(relation)
    if isinstance(relation, exp.Values):
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in relation.expressions]
        return [row[names.index(column.name)] for row in rows] if column.name in names else None
    if isinstance(relation, exp.Subquery):
        return _of_query(relation.this, names, column.name)
    if isinstance(relation, exp.Table):
        named = _named_query(relation)
        return None if named is None else _of_query(named.this, _names(named), column.name)
    return None


def _names(relation: exp.Expression) -> list[str]:
    alias = relation.args.get("alias")
    return [name.name for name in alias.columns] if isinstance(alias, exp.TableAlias) else []


def _of_query(query: exp.Expression, names: list[str], name: str) -> list[exp.Expression] | None:
    if isinstance(query, exp.Values):
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in query.expressions]
        return [row[names.index(name)] for row in rows] if name in names else None
    if isinstance(query, exp.SetOperation):
        sides = [_of_query(side, names, name) for side in (query.this, query.expression)]
        return None if None in sides else [*sides[0], *sides[1]]
    if not isinstance(query, exp.Select) or any(item.is_star for item in query.expressions):
        return None
    given = names or [item.alias_or_name for item in query.expressions]
    return [query.expressions[given.index(name)]] if name in given else None


def _named_query(table: exp.Table) -> exp.CTE | None:
    place: exp.Expression | None = table
    while place is not None:
        scope = place.args.get("with_") if isinstance(place, exp.Query) else None
        for named in scope.expressions if scope is not None else []:
            if named.alias == table.name:
                return named
        place = place.parent
    return None


def of_catalog(column: exp.Column) -> bool:
    """Whether a column can only be one of the catalog's tables."""
    select = column.find_ancestor(exp.Select)
    relations = _relations(select) if select is not None else []
    return bool(relations) and all(isinstance(item, exp.Table) and _named_query(item) is None for item in relations)
