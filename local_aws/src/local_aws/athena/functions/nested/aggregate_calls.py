"""What stands around an aggregate or window function: FILTER, OVER, IGNORE NULLS.

An aggregate of Trino may be an expression around one or more aggregates of DuckDB; each takes what stands around it.
"""

from sqlglot import exp

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.calls import call

WRAPPERS = (exp.WithinGroup, exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.Window)
_CORE, _AROUND = "aggregate", "around aggregates"
_NAVIGATION = {
    "first_value": lambda args: exp.FirstValue(this=args[0]),
    "last_value": lambda args: exp.LastValue(this=args[0]),
    "nth_value": lambda args: exp.NthValue(this=args[0], offset=args[1]),
    "lag": lambda args: exp.Lag(**dict(zip(("this", "offset", "default"), args, strict=False))),
    "lead": lambda args: exp.Lead(**dict(zip(("this", "offset", "default"), args, strict=False))),
}
"""The functions that pass over nulls, as sqlglot writes them for DuckDB: with the words within the call."""


def core(name: str, *args: exp.Expression) -> exp.Expression:
    """Write a DuckDB aggregate within the expression that stands for one of Trino's."""
    made = call(name, *args)
    made.meta[_CORE] = True
    return made


def around_aggregates(node: exp.Expression) -> exp.Expression:
    """Move what stands around a translated function to the aggregates in it."""
    function = node.this
    if isinstance(function, exp.Identifier | None):
        return node
    if function.meta.get(_CORE):
        return _marked(_around(node, function))
    if not function.meta.get(_AROUND):
        return _around(node, function)
    inner = around_cores(exp.Paren(this=function.copy()))
    for found in list(inner.walk(prune=lambda part: bool(part.meta.get(_CORE)))):
        if found.meta.get(_CORE):
            found.replace(_marked(_around(node, found)))
    return inner


def around_cores(node: exp.Expression) -> exp.Expression:
    """Mark an expression as one of Trino's aggregates, which takes what stands around it to DuckDB's within."""
    if not node.meta.get(_CORE):
        node.meta[_AROUND] = True
    return node


def _marked(node: exp.Expression) -> exp.Expression:
    if isinstance(node.this, exp.Expression):
        node.this.meta.pop(_CORE, None)
    node.meta[_CORE] = True
    return node


def _around(node: exp.Expression, function: exp.Expression) -> exp.Expression:
    """Put one function into a copy of what stands around it."""
    made = function.copy()
    if isinstance(node, exp.RespectNulls):
        return made
    if isinstance(node, exp.IgnoreNulls):
        if not isinstance(made, exp.Anonymous) or made.name not in _NAVIGATION:
            raise QueryFailed("NULL_TREATMENT_NOT_ALLOWED", "Cannot specify null treatment clause for this function")
        return exp.IgnoreNulls(this=_NAVIGATION[made.name](made.expressions))
    if isinstance(node, exp.WithinGroup):
        order = [item.copy() for item in node.expression.expressions]
        made.expressions[-1].replace(exp.Order(this=made.expressions[-1].copy(), expressions=order))
        return made
    if isinstance(node, exp.Filter) and isinstance(made, exp.Filter):
        made.expression.set("this", exp.and_(made.expression.this, node.expression.this.copy()))
        return made
    around = node.copy()
    around.set("this", made)
    return around
