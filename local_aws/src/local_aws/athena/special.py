"""Functions whose DuckDB form depends on the types or literals of their arguments."""

import re
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from local_aws.athena.casts import duck_cast
from local_aws.athena.failure import QueryFailed

Typer = Callable[..., list[Any]]
"""Gives the DuckDB types of expressions in the place of the call."""


def translate(name: str, args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    """Write the call ``name(args)`` for DuckDB; ``args`` are translated already."""
    return _TRANSLATORS[name](args, types_of)


def call(name: str, *args: exp.Expression) -> exp.Expression:
    """Write a DuckDB function call."""
    return exp.Anonymous(this=name, expressions=list(args))


def _count(name: str, args: list[exp.Expression], *allowed: int) -> None:
    if len(args) not in allowed:
        raise QueryFailed("FUNCTION_NOT_FOUND", f"Unexpected number of parameters for function {name}")


def _cardinality(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _count("cardinality", args, 1)
    return call("cardinality" if types_of(args[0])[0].id == "map" else "len", args[0])


def _element_at(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _count("element_at", args, 2)
    name = "map_extract_value" if types_of(args[0])[0].id == "map" else "list_extract"
    return call(name, *args)


def _reduce(args: list[exp.Expression], _: Typer) -> exp.Expression:
    _count("reduce", args, 4)
    elements, start, step, finish = args
    total = call("list_reduce", elements, step, start)
    return call("list_extract", call("list_transform", call("list_value", total), finish), exp.Literal.number(1))


def _row(args: list[exp.Expression], _: Typer) -> exp.Expression:
    return call("row", *args)


def _sequence(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    """Dates make a sequence of dates (Trino, "Array functions and operators"); DuckDB makes timestamps of them."""
    _count("sequence", args, 2, 3)
    if len(args) == 2 or not args[2].find(exp.Interval) or types_of(args[0])[0].id != "date":
        return call("trino_sequence", *args)
    return duck_cast(call("trino_sequence", *args), "DATE[]")


_TRANSLATORS: dict[str, Callable[[list[exp.Expression], Typer], exp.Expression]] = {
    "cardinality": _cardinality,
    "element_at": _element_at,
    "reduce": _reduce,
    "row": _row,
    "sequence": _sequence,
}


def is_simple_path(node: exp.Expression) -> bool:
    """Whether a JSON path is one that DuckDB and Trino read alike: ``$.a.b[0]``."""
    return isinstance(node, exp.Literal) and re.fullmatch(r"\$(\.[A-Za-z_]\w*|\[\d+\])*", node.this) is not None
