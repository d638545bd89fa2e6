"""WITH RECURSIVE as Trino runs it: so many steps, each a relation of its own, and no more (Trino, "SELECT").

DuckDB would go on until a step gives no rows; what needs more steps than these fails on AWS.
"""

from sqlglot import exp

from local_aws.athena.failure import unsupported
from local_aws.athena.functions.calls import call
from local_aws.athena.translation.binder import REFUSED_BY_ATHENA

MOST_STEPS = 10
"""The maximum recursion depth of Athena ("SELECT", Athena user guide)."""
_EXCEEDED = (
    f"{REFUSED_BY_ATHENA}: Recursion depth limit exceeded ({MOST_STEPS}). "
    "Use 'max_recursion_depth' session property to modify the limit."
)


def unroll(tree: exp.Expression) -> None:
    """Write each recursive subquery of a translated query as its steps, in place."""
    for named in list(tree.find_all(exp.With)):
        if not named.args.get("recursive"):
            continue
        written: list[exp.CTE] = []
        for cte in named.expressions:
            written += _steps(cte) if _mentions(cte.this, cte.alias) else [cte]
        named.set("expressions", written)
        named.set("recursive", False)


def _mentions(query: exp.Expression, name: str) -> bool:
    return any(_is(table, name) for table in query.find_all(exp.Table))


def _is(table: exp.Table, name: str) -> bool:
    return table.name == name and not table.db


def _steps(cte: exp.CTE) -> list[exp.CTE]:
    union, name = cte.this, cte.alias
    if not isinstance(union, exp.Union) or union.args.get("distinct"):
        raise unsupported("a recursive subquery other than two queries with UNION ALL between them")
    columns = [column.copy() for column in cte.args["alias"].columns]
    steps = [_named(f"{name} 0", columns, union.this.copy())]
    for number in range(1, MOST_STEPS + 2):
        step = union.expression.copy()
        for table in step.find_all(exp.Table):
            if _is(table, name):
                if table.args.get("alias") is None:
                    table.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
                table.set("this", exp.to_identifier(f"{name} {number - 1}", quoted=True))
        steps.append(_named(f"{name} {number}", columns, step))
    whole: exp.Query = _all_of(f"{name} 0")
    for number in range(1, MOST_STEPS + 1):
        whole = exp.Union(this=whole, expression=_all_of(f"{name} {number}"), distinct=False)
    beyond = exp.Union(this=whole, expression=_failing(name), distinct=False)
    return [*steps, _named(name, columns, beyond)]


def _failing(name: str) -> exp.Select:
    """No rows, or a failure where there is one step more than there may be."""
    more = exp.select(exp.alias_(call("count", exp.Star()), "more")).from_(_table(f"{name} {MOST_STEPS + 1}"))
    refusal = exp.cast(exp.Literal.string(_EXCEEDED), "tinyint", dialect="duckdb")
    exceeded = exp.Case(
        ifs=[exp.If(this=exp.column("more").eq(0), true=exp.false())],
        default=exp.Not(this=exp.Is(this=refusal, expression=exp.Null())),
    )
    first = exp.alias_(_table(f"{name} 0"), "first", table=True)
    return (
        exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("first")))
        .from_(first)
        .join(more.subquery("steps"), join_type="cross")
        .where(exceeded)
    )


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _all_of(name: str) -> exp.Select:
    return exp.select("*").from_(_table(name))


def _named(name: str, columns: list[exp.Identifier], query: exp.Expression) -> exp.CTE:
    alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True), columns=[column.copy() for column in columns])
    return exp.CTE(this=query, alias=alias)
