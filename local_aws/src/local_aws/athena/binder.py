"""DuckDB's binder over empty tables: it tells the types in a query, and what does not resolve."""

import re
from typing import Any

import duckdb
from sqlglot import exp

from local_aws.athena import (
    cast_macros,
    functions,
    intervals,
    json_lines,
    moment_arithmetic,
    moments,
    native_functions,
    numeric,
    operators,
    zones,
)
from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.python_functions import Registry
from local_aws.athena.types import quoted

MACROS = (
    *json_lines.MACROS,
    *functions.MACROS,
    *cast_macros.MACROS,
    *intervals.MACROS,
    *moment_arithmetic.MACROS,
    *moments.MACROS,
    *native_functions.MACROS,
    *numeric.MACROS,
    *operators.MACROS,
    *zones.MACROS,
)
SETTINGS = {
    "threads": 2,
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "preserve_insertion_order": True,
}


def connect(**settings: Any) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB with the macros that stand for Trino's functions, in UTC as Athena runs."""
    connection = duckdb.connect(config={**SETTINGS, **settings})
    connection.execute("SET TimeZone = 'UTC'")
    for macro in MACROS:
        connection.execute(f"CREATE MACRO {macro}")
    return connection


class Binder:
    """Tells the DuckDB types of parts of a query, without reading any file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection):
        self._connection = connection
        self._functions = Registry(connection)
        self._names: set[str] = set()

    def add_table(self, name: str, columns: dict[str, str]) -> None:
        """Make an empty table with DuckDB types."""
        self._names |= set(columns)
        listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items()) or "one INTEGER"
        self._connection.execute(f"CREATE TABLE {quoted(name)} ({listed})")

    def lacks_column(self, error: duckdb.Error) -> bool:
        """Whether DuckDB misses a column that no table of the query has."""
        name = missing_column(error)
        return name is not None and name.lower() not in self._names

    def types(self, place: exp.Expression, parts: tuple[exp.Expression, ...]) -> list[Any]:
        """Give the types that ``parts`` have where ``place`` stands in its query.

        Raises
        ------
        duckdb.Error
            Where they do not bind there.
        """
        select = place.find_ancestor(exp.Select)
        probe = exp.Select(expressions=[part.copy() for part in parts])
        if select is not None:
            for clause in ("from_", "joins", "windows"):
                _copy_clause(select, probe, clause)
        ctes = _visible_ctes(place)
        if ctes:
            probe.set("with_", exp.With(expressions=ctes))
        try:
            return self._bind(probe)
        except duckdb.BinderException:
            # Parts that mix aggregates and columns bind only with the grouping of their query.
            if select is None or not select.args.get("group"):
                raise
        _copy_clause(select, probe, "group")
        return self._bind(probe)

    def _bind(self, probe: exp.Expression) -> list[Any]:
        sql = probe.sql("duckdb")
        self._functions.add(sql)
        return self._connection.sql(sql).types


def _copy_clause(source: exp.Expression, target: exp.Expression, clause: str) -> None:
    value = source.args.get(clause)
    if isinstance(value, list):
        target.set(clause, [item.copy() for item in value])
    elif value is not None:
        target.set(clause, value.copy())


def _visible_ctes(node: exp.Expression) -> list[exp.Expression]:
    """Copy the named subqueries that ``node`` can see, outermost first."""
    levels, child = [], node
    while child.parent is not None:
        parent = child.parent
        if isinstance(parent, exp.With):
            before = parent.expressions[: parent.expressions.index(child)]
            levels.insert(0, before)
        elif parent.args.get("with_") is not None and child is not parent.args["with_"]:
            levels.insert(0, parent.args["with_"].expressions)
        child = parent
    return [cte.copy() for level in levels for cte in level]


def explain(error: duckdb.Error, place_of: dict[str, str]) -> QueryFailed:
    """Say in Athena's words why DuckDB refused or stopped a query.

    Parameters
    ----------
    error : duckdb.Error
        DuckDB's own error.
    place_of : dict
        Where the query names each identifier, as ``line 1:8``.
    """
    text = str(error)
    planted = re.search(r"Could not convert string '([A-Z_]+): (.*?)' to INT8", text, re.DOTALL)
    if planted:
        return unsupported(planted[2]) if planted[1] == "NOT_SUPPORTED" else QueryFailed(planted[1], planted[2])
    raised = re.search(r"QueryFailed: ([A-Z_]+): (.*?)\n\nAt:", text, re.DOTALL)
    if raised:
        return QueryFailed(raised[1], raised[2])
    overflow = re.search(r"Overflow in (\w+) of INT(8|16|32|64) \((.*?)\)!", text)
    if overflow:
        return QueryFailed("NUMERIC_VALUE_OUT_OF_RANGE", f"{_BITS[overflow[2]]} {overflow[1]} overflow: {overflow[3]}")
    name = missing_column(error)
    if name is not None:
        return QueryFailed(
            "COLUMN_NOT_FOUND",
            f"{place_of.get(name.lower(), 'line 1:1')}: Column '{name}' cannot be resolved or requester is not "
            "authorized to access requested resources",
        )
    for pattern, name in _KNOWN:
        if re.search(pattern, text):
            return QueryFailed(name, text.split("\n")[0].partition(": ")[2] or text)
    return json_lines.explain_json_error(error) or QueryFailed("GENERIC_INTERNAL_ERROR", text.split("\n")[0])


def missing_column(error: duckdb.Error) -> str | None:
    """Give the name that DuckDB's binder could not resolve as a column."""
    pattern = r'Referenced column "(.+?)" (?:was )?not found|does not have a column named "(.+?)"'
    found = re.search(pattern, str(error))
    return (found[1] or found[2]) if found else None


_BITS = {"8": "tinyint", "16": "smallint", "32": "integer", "64": "bigint"}
_KNOWN = (
    (r"Ambiguous reference", "AMBIGUOUS_NAME"),
    (r"must appear in the GROUP BY", "EXPRESSION_NOT_AGGREGATE"),
    (r"WHERE clause cannot contain (aggregates|window)", "EXPRESSION_NOT_SCALAR"),
    (
        r"No function matches|Cannot (compare|mix values|deduce)|Unimplemented type for cast",
        "TYPE_MISMATCH",
    ),
    (r"^Conversion Error", "INVALID_CAST_ARGUMENT"),
    (r"^Out of Range Error", "NUMERIC_VALUE_OUT_OF_RANGE"),
    (r"^Out of Memory Error", "EXCEEDED_MEMORY_LIMIT"),
    (r"More than one row returned by a subquery", "SUBQUERY_MULTIPLE_ROWS"),
    (r"^(Binder|Parser|Catalog) Error", "SYNTAX_ERROR"),
    (r"^Invalid Input Error: (Failed to parse|Could not parse)", "INVALID_FUNCTION_ARGUMENT"),
)
