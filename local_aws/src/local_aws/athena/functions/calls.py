"""How a Trino function becomes DuckDB's: what a translator is given, and the checks that many of them need."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from local_aws.athena.failure import QueryFailed

Typer = Callable[..., list[Any]]
"""Gives the DuckDB types of expressions in the place of the call."""
Translator = Callable[[list[exp.Expression], Typer], exp.Expression]
"""Gives DuckDB's form of a call, whose arguments are translated already."""


def call(name: str, *args: exp.Expression) -> exp.Expression:
    """Write a DuckDB function call."""
    return exp.Anonymous(this=name, expressions=list(args))


def without_nan(value: exp.Expression) -> exp.Expression:
    """Write a number, or null for not-a-number: greater than nothing for Trino, for DuckDB the greatest of all."""
    return call("nullif", value.copy(), call("trino_nan"))


def number(value: int) -> exp.Expression:
    """Write a whole number."""
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))


def counted(name: str, least: int, most: int, translator: Translator) -> Translator:
    """Refuse calls with another number of arguments, as Trino does for a function that it does not find."""

    def translate(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
        if not least <= len(args) <= most:
            raise mismatch(name)
        return translator(args, types_of)

    return translate


def macro(name: str, least: int, most: int | None = None) -> Translator:
    """Call the macro ``trino_name``."""
    return counted(name, least, most or least, lambda args, _: call(f"trino_{name}", *args))


def mismatch(name: str) -> QueryFailed:
    """The failure of a call whose arguments fit no form of the function."""
    return QueryFailed("FUNCTION_NOT_FOUND", f"Unexpected parameters for function {name}")


def expect(name: str, kind: Any, *allowed: str) -> Any:
    """Give a type back where the function takes its kind.

    Raises
    ------
    QueryFailed
        As Trino says of a function that is called with other types.
    """
    if kind.id not in allowed:
        raise mismatch(name)
    return kind
