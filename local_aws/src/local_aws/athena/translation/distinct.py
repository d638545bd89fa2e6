"""SELECT DISTINCT is ordered by what it selects alone, since a row stands for several (Trino, "SELECT": ORDER BY)."""

from sqlglot import exp

from local_aws.athena.failure import QueryFailed

_REFUSAL = "line 1:1: For SELECT DISTINCT, ORDER BY expressions must appear in select list"


def check_order(select: exp.Select) -> None:
    """Refuse an order that DuckDB would choose a row for; ``EXPRESSION_NOT_IN_DISTINCT``, as in Trino."""
    order = select.args.get("order")
    if order is None or not select.args.get("distinct"):
        return
    items = select.expressions
    chosen = {_written(item.unalias()) for item in items} | {item.alias.lower() for item in items if item.alias}
    has_star = any(item.is_star for item in items)
    for key in (ordered.this for ordered in order.expressions):
        is_selected = isinstance(key, exp.Literal) or (has_star and isinstance(key, exp.Column))
        if not is_selected and _written(key) not in chosen:
            raise QueryFailed("EXPRESSION_NOT_IN_DISTINCT", _REFUSAL)


def _written(expression: exp.Expression) -> str:
    """An expression whichever way its columns are qualified, quoted or cased."""
    plain = expression.copy()
    for column in plain.find_all(exp.Column):
        for part in ("table", "db", "catalog"):
            column.set(part, None)
    for identifier in plain.find_all(exp.Identifier):
        identifier.set("quoted", False)
    return plain.sql().lower()
