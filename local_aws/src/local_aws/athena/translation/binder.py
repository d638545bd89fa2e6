"""DuckDB's binder over empty tables: it tells the types in a query, and what does not resolve."""

import re
from typing import Any

import duckdb
from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions import families, lambdas, native_functions
from local_aws.athena.functions import known as functions
from local_aws.athena.functions.numbers import numeric
from local_aws.athena.functions.time import intervals, moment_arithmetic, moments, zones
from local_aws.athena.functions.vectors import Registry, declare_macros
from local_aws.athena.reading import json_lines
from local_aws.athena.translation import cast_macros, operators, scopes
from local_aws.athena.types.hive import HiveType, quoted

declare_macros(
    *functions.MACROS,
    *cast_macros.MACROS,
    *families.MACROS,
    *intervals.MACROS,
    *json_lines.MACROS,
    *moment_arithmetic.MACROS,
    *moments.MACROS,
    *native_functions.MACROS,
    *numeric.MACROS,
    *operators.MACROS,
    *zones.MACROS,
)
_RECURSIVE = "recursive"


class Binder:
    """Tells the DuckDB types of parts of a query, over empty tables that are there within the ``with`` block.

    Parameters
    ----------
    registry : Registry
        Of the connection that runs the query afterwards: to open one takes longer than most queries.
    tables : dict
        The columns of each table and their types, by the name that it has in the query.
    """

    def __init__(self, registry: Registry, tables: dict[str, dict[str, HiveType]]):
        self._registry, self._tables = registry, tables
        self._bound: dict[str, list[Any]] = {}
        """The types of each statement that was bound: several translators ask the same of one expression."""

    def __enter__(self) -> None:
        for name, columns in self._tables.items():
            listed = ", ".join(f"{quoted(column)} {kind.duckdb()}" for column, kind in columns.items())
            self._registry.connection.execute(f"CREATE TABLE {quoted(name)} ({listed or 'one INTEGER'})")

    def __exit__(self, *_: object) -> None:
        for name in self._tables:
            self._registry.connection.execute(f"DROP TABLE {quoted(name)}")

    def lacks_column(self, error: duckdb.Error) -> bool:
        """Whether DuckDB misses a column that no table of the query has."""
        name = missing_column(error)
        return name is not None and not any(name.lower() in columns for columns in self._tables.values())

    def types(
        self, place: exp.Expression, parts: tuple[exp.Expression, ...], samples: lambdas.Samples | None = None
    ) -> list[Any]:
        """Give the types that ``parts`` have where ``place`` stands in its query.

        Parameters
        ----------
        place : Expression
            A node of the query, whose clauses before it are translated.
        parts : tuple of Expression
            Expressions in DuckDB's tongue.
        samples : dict, optional
            An expression of the type of each lambda parameter.

        Raises
        ------
        duckdb.Error
            Where they do not bind there.
        """
        filled = [lambdas.fill(part, samples or {}) for part in parts]
        selects = scopes.enclosing(place)
        probe = scopes.probe(selects[0], filled) if selects else exp.Select(expressions=filled)
        ctes = _visible_ctes(place)
        try:
            return self._bind_within(probe, ctes, selects)
        except duckdb.BinderException:
            # Parts that mix aggregates and columns bind only with the grouping of their query.
            if not selects or not selects[0].select.args.get("group"):
                raise
        scopes.add_group(selects[0], probe)
        return self._bind_within(probe, ctes, selects)

    def columns(self, query: exp.Query) -> list[Any]:
        """Give the types of the columns of a part of a set operation."""
        return self._bind(
            exp.Select(expressions=[exp.Star()], from_=exp.From(this=_subquery(query))), _visible_ctes(query)
        )

    def _bind_within(self, probe: exp.Select, ctes: list[exp.Expression], selects: list[scopes.Scope]) -> list[Any]:
        """Bind a probe; what it names of the selects around its own, or by an alias, stands in it as a subquery."""
        given: set[str] = set()
        while True:
            try:
                return self._bind(probe, ctes)
            except duckdb.BinderException as error:
                name = missing_column(error) or missing_table(error)
                found = None if name is None or name in given else self._outer(name, probe, ctes, selects)
                if found is None:
                    raise
                given.add(name)
                probe = found

    def _outer(
        self, name: str, probe: exp.Select, ctes: list[exp.Expression], selects: list[scopes.Scope]
    ) -> exp.Select | None:
        for candidate in scopes.outer_probes(name, probe, selects):
            try:
                self._bind(candidate.sample, ctes)
            except duckdb.Error:
                continue
            return candidate.probe
        return None

    def _bind(self, probe: exp.Select, ctes: list[exp.Expression]) -> list[Any]:
        whole = probe.copy()
        if ctes:
            whole.set(
                "with_",
                exp.With(
                    expressions=[cte.copy() for cte in ctes], recursive=any(cte.meta.get(_RECURSIVE) for cte in ctes)
                ),
            )
        sql = whole.sql("duckdb")
        if sql not in self._bound:
            self._registry.add(sql)
            self._bound[sql] = self._registry.connection.sql(sql).types
        return self._bound[sql]


def _subquery(query: exp.Expression) -> exp.Subquery:
    return exp.Subquery(this=query.copy(), alias=exp.TableAlias(this=exp.to_identifier("part")))


def _whole(named: exp.With) -> list[exp.CTE]:
    for cte in named.expressions:
        cte.meta[_RECURSIVE] = bool(named.args.get("recursive"))
    return named.expressions


def _visible_ctes(node: exp.Expression) -> list[exp.Expression]:
    """Copy the named subqueries that ``node`` can see, outermost first."""
    levels, child = [], node
    while child.parent is not None:
        parent = child.parent
        if isinstance(parent, exp.With):
            before = _whole(parent)[: parent.expressions.index(child)]
            levels.insert(0, [*before, *_begun(child, node)] if parent.args.get("recursive") else before)
        elif parent.args.get("with_") is not None and child is not parent.args["with_"]:
            levels.insert(0, _whole(parent.args["with_"]))
        child = parent
    return [cte.copy() for level in levels for cte in level]


def _begun(cte: exp.CTE, node: exp.Expression) -> list[exp.CTE]:
    """Give the first part of a recursive subquery, which its second part names."""
    union = cte.this
    if not isinstance(union, exp.Union) or not any(node is found for found in union.expression.walk()):
        return []
    return [exp.CTE(this=union.this.copy(), alias=cte.args["alias"].copy())]


def missing_table(error: duckdb.Error) -> str | None:
    """Give the name that DuckDB's binder could not resolve as a table of the query."""
    found = re.search(r'Referenced table "(.+?)" not found', str(error))
    return found[1] if found else None


REFUSED_BY_ATHENA = "NOT_SUPPORTED_EITHER"
"""The planted name of a failure that is ``NOT_SUPPORTED`` on AWS, too."""


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
        if planted[1] == REFUSED_BY_ATHENA:
            return QueryFailed("NOT_SUPPORTED", planted[2])
        return unsupported(planted[2]) if planted[1] == "NOT_SUPPORTED" else QueryFailed(planted[1], planted[2])
    raised = re.search(r"executing the UDF: QueryFailed: ([A-Z_]+): (.*?)(?:\n\n|\Z)", text, re.DOTALL)
    if raised:
        return QueryFailed(raised[1], raised[2])
    out_of_range = _out_of_range(text)
    if out_of_range is not None:
        return QueryFailed("NUMERIC_VALUE_OUT_OF_RANGE", out_of_range)
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


def _out_of_range(text: str) -> str | None:
    """Say in Trino's words which number its type cannot hold."""
    found = re.search(r"Overflow in (\w+) of INT(8|16|32|64) \((.*?)\)!", text)
    if found:
        return f"{_BITS[found[2]]} {found[1]} overflow: {found[3]}"
    found = re.search(r"Type U?\w+ with value (\S+) can't be cast .* destination type INT(8|16|32|64)", text)
    if found:
        return f"Out of range for {_BITS[found[2]]}: {found[1]}"
    found = re.search(r"Overflow on abs\((.*?)\)|Overflow in (negation|sign)", text)
    return f"Value {found[1]} is out of range" if found else None


def missing_column(error: duckdb.Error) -> str | None:
    """Give the name that DuckDB's binder could not resolve as a column."""
    pattern = r'Referenced column "(.+?)" (?:was )?not found|does not have a column named "(.+?)"'
    found = re.search(pattern, str(error))
    return (found[1] or found[2]) if found else None


_BITS = {"8": "tinyint", "16": "smallint", "32": "integer", "64": "bigint"}
_KNOWN = (
    (r"aggregate function calls cannot be nested", "NESTED_AGGREGATION"),
    (r"GROUPING statement cannot be used", "MISSING_GROUP_BY"),
    (r"does not exist on (left|right) side of join|Referenced table .* not found", "COLUMN_NOT_FOUND"),
    (r"Subquery returns \d+ columns", "NOT_SUPPORTED"),
    (r"Argument for ntile must be greater than zero", "INVALID_FUNCTION_ARGUMENT"),
    (r"term out of range", "INVALID_COLUMN_REFERENCE"),
    (r"Could not find key", "COLUMN_NOT_FOUND"),
    (r"Set operations can only apply", "TYPE_MISMATCH"),
    (r"Map keys (must be unique|can not be NULL)", "INVALID_FUNCTION_ARGUMENT"),
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
