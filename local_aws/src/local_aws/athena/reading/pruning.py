"""What a query says of a table's partitions before any file is read.

Source: "Partition your data" (Athena user guide): a filter on partition columns restricts what is scanned.
"""

from sqlglot import exp

_LOOKING = {"kind", "expressions", "from_", "limit"}
"""The clauses of a query that only looks at some rows."""


def key_condition(query: exp.Expression, relation: str, keys: set[str]) -> str | None:
    """Give the part of a translated query's WHERE that speaks of partition columns alone, in DuckDB's SQL.

    None where there is none, and where it does not hold for all that is read: in a query that names the table twice,
    or beside an outer join.
    """
    places = [table for table in query.find_all(exp.Table) if table.name == relation]
    select = places[0].parent.parent if len(places) == 1 and places[0].parent is not None else None
    if not keys or not isinstance(select, exp.Select) or select.args.get("where") is None:
        return None
    joins = select.args.get("joins") or []
    if any(join.side or join.kind not in {"", "INNER", "CROSS"} or join.method for join in joins):
        return None
    alias = places[0].alias_or_name
    owners = {alias} if joins or places[0].args.get("joins") else {alias, ""}
    condition = select.args["where"].this
    parts = list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
    chosen = [part for part in parts if _speaks_of(part, owners, keys)]
    return exp.and_(*(_unqualified(part) for part in chosen)).sql("duckdb") if chosen else None


def _speaks_of(part: exp.Expression, owners: set[str], keys: set[str]) -> bool:
    columns = list(part.find_all(exp.Column))
    if not columns or part.find(exp.Query, exp.Lambda, exp.Subquery) is not None:
        return False
    return all(column.name in keys and column.table in owners and not column.db for column in columns)


def _unqualified(part: exp.Expression) -> exp.Expression:
    copy = part.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return exp.paren(copy)


def enough_rows(query: exp.Expression) -> int | None:
    """How many rows of its one table a query can be answered by, whichever they are; None where it needs all.

    So it is where columns are read as they are and any few rows will do: Athena stops to read then, too.
    """
    plain = isinstance(query, exp.Select) and {name for name, value in query.args.items() if value} <= _LOOKING
    limit = query.args.get("limit") if plain else None
    count = limit.expression if isinstance(limit, exp.Limit) else None
    if not isinstance(count, exp.Literal) or count.is_string or not isinstance(query.args["from_"].this, exp.Table):
        return None
    if query.args["from_"].this.args.get("sample"):
        return None
    named = (item.unalias() for item in query.expressions)
    return int(count.this) if all(isinstance(item, (exp.Star, exp.Column)) for item in named) else None
