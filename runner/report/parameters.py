"""The parameters of a notebook, read from its tagged cell without running it."""

import ast
from typing import NamedTuple

DEFAULTS_TAG = "parameters"
INJECTED_TAG = "injected-parameters"


class Parameter(NamedTuple):
    """A name and the value it is given, both as a reader sees them."""

    name: str
    value: str


def read_parameters(source: str) -> list[Parameter]:
    """The plain assignments of a parameters cell.

    Returns
    -------
    list of Parameter
        In their order; empty where the cell is no Python or holds anything but assignments to names, since a table
        would then tell less than the code.
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return []
    found = [_parameter(statement) for statement in statements if not _is_docstring(statement)]
    return [] if None in found else found


def _parameter(statement: ast.stmt) -> Parameter | None:
    """The parameter that a statement sets, if it is ``name = value`` or ``name: type = value``."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target, value = statement.target, statement.value
    else:
        return None
    return Parameter(target.id, _value_text(value)) if isinstance(target, ast.Name) else None


def _value_text(value: ast.expr) -> str:
    """A string without its quotes, anything else as it is written."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value or "(empty)"
    return ast.unparse(value)


def _is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement is a bare string, which explains and sets nothing."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
