"""Lambda expressions: each parameter gets a name of its own, and an expression of its type for DuckDB's binder."""

from collections.abc import Callable, Iterator
from itertools import count

from sqlglot import exp

from local_aws.athena.failure import unsupported

Samples = dict[str, exp.Expression]
"""For each parameter an expression that has its type; it may name the parameters of outer lambdas."""

_NUMBERS = count()
_NAMES = (exp.Column, exp.ColumnDef, exp.Table, exp.TableAlias, exp.Window)


def name_parameters(tree: exp.Expression) -> None:
    """Turn each use of a lambda's parameter into a column whose name nothing else in the query has.

    sqlglot leaves bare identifiers there, which say nothing about the lambda they belong to where names are hidden.
    """
    for written in reversed(list(tree.find_all(exp.Lambda))):
        if written.find(exp.Query):
            raise unsupported("a subquery within a lambda expression")
        for parameter in written.expressions:
            name = parameter.name
            parameter.set("this", fresh(name))
            parameter.set("quoted", True)
            for use in list(_uses(written, name)):
                use.replace(_column(parameter.this))


def fresh(name: str) -> str:
    """Make a parameter's name that nothing else in a query has."""
    return f"{name} of lambda {next(_NUMBERS)}"


def _uses(function: exp.Lambda, name: str) -> Iterator[exp.Identifier]:
    for identifier in function.this.find_all(exp.Identifier):
        parent, key = identifier.parent, identifier.arg_key
        named = isinstance(parent, _NAMES) or (isinstance(parent, exp.Dot) and key == "expression")
        named = named or (isinstance(parent, exp.Anonymous) and key == "this")
        named = named or (isinstance(parent, exp.Lambda) and key == "expressions")
        if identifier.this == name and not named:
            yield identifier


def _column(name: str) -> exp.Column:
    return exp.Column(this=exp.to_identifier(name, quoted=True))


def fill(node: exp.Expression, samples: Samples) -> exp.Expression:
    """Copy an expression with its parameters replaced by expressions of their types."""
    return replace_columns(node, lambda name: samples.get(name), again=True)


def apply(function: exp.Lambda, *arguments: exp.Expression) -> exp.Expression:
    """Write the body of a lambda for the given arguments."""
    values = dict(zip((parameter.this for parameter in function.expressions), arguments, strict=True))
    return exp.Paren(this=replace_columns(function.this, lambda name: values.get(name)))


def put(function: exp.Lambda, argument: exp.Expression) -> None:
    """Put an expression in the place of a lambda's first parameter."""
    name = function.expressions[0].this
    function.set("this", replace_columns(function.this, {name: argument}.get))


def replace_columns(
    node: exp.Expression, value_of: Callable[[str], exp.Expression | None], again: bool = False
) -> exp.Expression:
    """Copy an expression with the columns replaced for which ``value_of`` has an expression.

    Parameters
    ----------
    node : Expression
        The expression; it is left as it is.
    value_of : callable
        Gives the expression for a column's name, or None.
    again : bool, optional
        Whether the columns of the new expressions are replaced, too.
    """

    def replaced(found: exp.Expression) -> exp.Expression:
        value = value_of(found.name) if isinstance(found, exp.Column) and not found.table else None
        if value is None:
            return found
        return exp.Paren(this=replace_columns(value, value_of, again=True) if again else value.copy())

    return node.copy().transform(replaced)


def column(name: str) -> exp.Column:
    """Write the use of a parameter."""
    return _column(name)


def over(name: str, body: Callable[[exp.Column], exp.Expression]) -> exp.Lambda:
    """Write a lambda of one parameter, whose body is made from its column."""
    parameter = fresh(name)
    return exp.Lambda(this=body(_column(parameter)), expressions=[exp.to_identifier(parameter, quoted=True)])
