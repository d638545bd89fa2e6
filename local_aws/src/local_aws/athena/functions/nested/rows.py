"""Rows (Trino, "Data types", "ROW"; "Structural data types")."""

from sqlglot import exp

from local_aws.athena.functions.calls import Translator, Typer, call


def _row(args: list[exp.Expression], _: Typer) -> exp.Expression:
    return call("row", *args)


def tuple_(node: exp.Tuple, _: Typer) -> exp.Expression:
    """Write ``(a, b)`` as a value; where it is a list of operands, it stays one."""
    parent = node.parent
    if isinstance(parent, exp.Lambda | exp.Anonymous | exp.Alias | exp.Ordered | exp.Array):
        return call("row", *node.expressions)
    return node


TRANSLATORS: dict[str, Translator] = {"row": _row}
