"""Trino's functions that DuckDB has not, as plain Python that DuckDB calls with whole vectors of values."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

_PREFIX = "python_"


@dataclass(frozen=True)
class Vector:
    """One function: its Python, the DuckDB types that it takes and gives, and whether it wants nulls."""

    python: Callable[..., Any]
    takes: tuple[str, ...]
    gives: str
    nulls: bool

    def register(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Make the function known to a connection."""
        answer = with_parameters(self.answer, len(self.takes))
        connection.create_function(name, answer, list(self.takes), self.gives, type="arrow", null_handling="special")

    def answer(self, *columns: pa.ChunkedArray) -> pa.Array:
        """Answer for the rows of some columns."""
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return pa.array([self._answer(row) for row in rows], _ARROW[self.gives])

    def _answer(self, row: tuple[Any, ...]) -> Any:
        return None if not self.nulls and None in row else self.python(*row)


_TEXTS = pa.list_(pa.string())
_ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DOUBLE": pa.float64(),
    "VARCHAR[]": _TEXTS,
    "DOUBLE[]": pa.list_(pa.float64()),
    "BIGINT[]": pa.list_(pa.int64()),
    "BIGINT[][]": pa.list_(pa.list_(pa.int64())),
}
_MACROS: dict[str, str] = {}
_FUNCTIONS: dict[str, Callable[[duckdb.DuckDBPyConnection, str], None]] = {}


def vector(takes: str, gives: str, nulls: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make the decorated Python known to DuckDB under `sql_name`; a null argument gives null unless it wants nulls."""

    def declare(python: Callable[..., Any]) -> Callable[..., Any]:
        declare_function(sql_name(python), Vector(python, tuple(takes.split()), gives, nulls).register)
        return python

    return declare


def sql_name(python: Callable[..., Any]) -> str:
    """The name under which DuckDB calls a function."""
    return f"{_PREFIX}{python.__name__}"


def with_parameters(python: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Give a function of so many parameters, which DuckDB counts, to one that takes any number."""

    def answer(*values: Any) -> Any:
        return python(*values)

    places = [inspect.Parameter(f"p{place}", inspect.Parameter.POSITIONAL_ONLY) for place in range(count)]
    answer.__signature__ = inspect.Signature(places)
    return answer


def declare_function(name: str, register: Callable[[duckdb.DuckDBPyConnection, str], None]) -> None:
    """Declare a function that ``register`` makes known to a connection under a name."""
    _FUNCTIONS[name] = register


def declare_macros(*macros: str) -> None:
    """Declare macros; DuckDB makes one only where all that it calls is known."""
    _MACROS.update({macro.partition("(")[0]: macro for macro in macros})


@dataclass
class Registry:
    """Makes the functions and macros that a statement calls known to one connection; to make all takes too long."""

    connection: duckdb.DuckDBPyConnection
    _known: set[str] = field(default_factory=set)

    def add(self, sql: str) -> None:
        """Make known what ``sql`` calls."""
        for name in sorted(set(re.findall(r"\w+", sql.lower())) - self._known):
            if name in _MACROS:
                self._known.add(name)
                self.add(_MACROS[name])
                self.connection.execute(f"CREATE MACRO {_MACROS[name]}")
            elif name in _FUNCTIONS:
                self._known.add(name)
                _FUNCTIONS[name](self.connection, name)
