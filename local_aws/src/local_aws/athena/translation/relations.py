"""Relations that Trino writes otherwise than DuckDB: VALUES as a query, WITH TIES, names of columns."""

import re

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.translation import distinct


def prepare(tree: exp.Expression) -> None:
    """Rewrite and check the relations of a parsed query in place."""
    for values in list(tree.find_all(exp.Values)):
        if not isinstance(values.parent, exp.From | exp.Join | None):
            _select(values)
    for select in tree.find_all(exp.Select):
        distinct.check_order(select)
        _with_ties(select)
        _joined_first(select)
    for condition in tree.find_all(exp.In):
        _check_in(condition)
    for function in tree.find_all(exp.Anonymous):
        _check_offset(function)
    for relation in tree.find_all(exp.Values, exp.Subquery, exp.CTE):
        _check_names(relation)


def _select(values: exp.Values) -> None:
    """Write VALUES in the place of a query as a query over them."""
    relation = values.copy()
    alias = relation.args.get("alias") or exp.TableAlias(this=exp.to_identifier("rows", quoted=True))
    relation.set("alias", alias)
    if isinstance(values.parent, exp.Subquery) and isinstance(values.parent.parent, exp.From | exp.Join):
        return
    query = exp.select("*").from_(relation)
    values.replace(exp.Subquery(this=query) if isinstance(values.parent, exp.In) else query)


def write_rows(tree: exp.Expression) -> exp.Expression:
    """Write ``VALUES ROW(1, 'a')`` as ``VALUES (1, 'a')``, which has the same columns."""
    for values in tree.find_all(exp.Values):
        for row in values.expressions:
            only = row.expressions[0] if isinstance(row, exp.Tuple) and len(row.expressions) == 1 else None
            if isinstance(only, exp.Anonymous) and only.name.lower() == "row":
                row.set("expressions", only.expressions)
    return tree


def _joined_first(select: exp.Select) -> None:
    """Let ``*`` give the columns of USING first, as in Trino; DuckDB leaves them in the place of the left table."""
    listed = [join.args.get("using") or [] for join in select.args.get("joins") or []]
    names = list(dict.fromkeys(name.name for using in reversed(listed) for name in using))
    if not names:
        return
    _check_joined(select, listed)
    written = []
    for item in select.expressions:
        if isinstance(item, exp.Star):
            written += [exp.column(exp.to_identifier(name, quoted=True)) for name in names]
            item.set("except_", [exp.to_identifier(name, quoted=True) for name in names])
        written.append(item)
    select.set("expressions", written)


def _check_joined(select: exp.Select, listed: list[list[exp.Identifier]]) -> None:
    """Refuse a column of USING that is named with its table: the joined column is of no table."""
    first, joins = select.args["from_"].this, select.args["joins"]
    relations = [relation.alias_or_name for relation in (first, *(join.this for join in joins))]
    hidden = {
        (relation, name.name)
        for place, names in enumerate(listed, start=2)
        for relation in relations[:place]
        for name in names
    }
    for column in select.find_all(exp.Column):
        if (column.table, column.name) in hidden and column.find_ancestor(exp.Select) is select:
            message = f"Column '{column.table}.{column.name}' cannot be resolved"
            raise QueryFailed(
                "COLUMN_NOT_FOUND", f"{message} or requester is not authorized to access requested resources"
            )


def _with_ties(select: exp.Select) -> None:
    fetch = select.args.get("limit")
    options = fetch.args.get("limit_options") if isinstance(fetch, exp.Fetch) else None
    if options is None or not options.args.get("with_ties"):
        return
    order = select.args.get("order")
    if order is None:
        raise QueryFailed("MISSING_ORDER_BY", "FETCH FIRST WITH TIES clause requires ORDER BY")
    if select.args.get("offset") or select.args.get("distinct"):
        raise unsupported("WITH TIES together with OFFSET or DISTINCT")
    order = order.copy()
    for item in order.expressions:
        if isinstance(item.this, exp.Literal):
            item.set("this", select.expressions[int(item.this.this) - 1].unalias().copy())
    rank = exp.Window(this=exp.Anonymous(this="rank"), order=order)
    count = fetch.args.get("count") or exp.Literal.number(1)
    select.set("limit", None)
    select.set("qualify", exp.Qualify(this=exp.LTE(this=rank, expression=count.copy())))


def _check_names(relation: exp.Expression) -> None:
    alias = relation.args.get("alias")
    names = alias.columns if isinstance(alias, exp.TableAlias) else []
    width = width_of(relation)
    if isinstance(relation, exp.Values):
        _check_values(relation)
    if names and width is not None and len(names) != width:
        message = f"Column alias list has {len(names)} entries but '{alias.name}' has {width} columns available"
        raise QueryFailed("MISMATCHED_COLUMN_ALIASES", message)


def _check_values(values: exp.Values) -> None:
    widths = {len(row.expressions) if isinstance(row, exp.Tuple) else 1 for row in values.expressions}
    if len(widths) > 1:
        raise QueryFailed("TYPE_MISMATCH", f"Values rows have mismatched sizes: {sorted(widths)}")


def width_of(relation: exp.Expression) -> int | None:
    """Count the columns of a relation, where its text tells them."""
    if isinstance(relation, exp.Values):
        first = relation.expressions[0]
        return len(first.expressions) if isinstance(first, exp.Tuple) else 1
    query = relation.this
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    if not isinstance(query, exp.Select) or any(item.is_star for item in query.expressions):
        return width_of(query) if isinstance(query, exp.Values) else None
    return len(query.expressions)


def _check_offset(function: exp.Anonymous) -> None:
    """Refuse what Trino refuses for each row: an offset before the row itself, or a place before the first."""
    least = {"lag": 0, "lead": 0, "nth_value": 1}.get(function.name.lower())
    if least is None or len(function.expressions) == 1:
        return
    digits = re.sub(r"\s", "", function.expressions[1].sql())
    if re.fullmatch(r"-?\d+", digits) and int(digits) < least:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"Offset must be at least {least}")


def _check_in(condition: exp.In) -> None:
    query = condition.args.get("query")
    if query is not None and isinstance(condition.this, exp.Anonymous) and condition.this.name.lower() == "row":
        condition.this.replace(exp.Tuple(expressions=condition.this.expressions))
    width = width_of(query) if query is not None else None
    given = len(condition.this.expressions) if isinstance(condition.this, exp.Tuple) else 1
    if width is not None and given == 1 and width > 1:
        raise QueryFailed(
            "TYPE_MISMATCH", f"Value expression and result of subquery must be of the same type: 1 vs {width}"
        )
