"""One query from Trino's SQL to DuckDB's, with Trino's meaning kept or the query refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import duckdb
from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

from local_aws.athena import casts, conditionals, literals, operators, special
from local_aws.athena.binder import Binder, explain
from local_aws.athena.dialect import position
from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions import AGGREGATES, SCALARS, SPECIAL, WINDOWS, Function
from local_aws.athena.inference import known_type, noted, trino_types
from local_aws.athena.trino_functions import UNTRANSLATED
from local_aws.athena.typed_functions import TRANSLATORS

UNNAMED = "unnamed "
"""Prefix of the columns that a query does not name; no identifier of a query begins so by chance."""

OPERATORS: dict[type, Callable[..., exp.Expression]] = {
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod), operators.operate),
    **literals.TRANSLATORS,
    exp.AtTimeZone: operators.at_time_zone,
    exp.Case: conditionals.case,
    exp.DPipe: operators.concatenate,
    exp.In: operators.compare_list,
    exp.Neg: operators.negate,
    exp.Bracket: operators.subscript,
}
FIRST = ("with_", "from_", "joins")
"""Clauses that are translated before the expressions which refer to them."""


def normalize_identifiers(tree: exp.Expression) -> None:
    """Lower-case and quote every identifier: Athena compares names without case, DuckDB has other reserved words."""
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("this", identifier.this.lower())
        identifier.set("quoted", True)


def catalog_tables(tree: exp.Expression) -> list[exp.Table]:
    """Find the tables of a query that are no named subqueries."""
    return [table for table in tree.find_all(exp.Table) if table.args.get("db") or not _is_cte(table)]


def _is_cte(table: exp.Table) -> bool:
    child: exp.Expression = table
    while child.parent is not None:
        parent = child.parent
        if isinstance(parent, exp.With):
            visible = parent.expressions[: parent.expressions.index(child) + bool(parent.args.get("recursive"))]
        else:
            scope = parent.args.get("with_")
            visible = scope.expressions if scope is not None and scope is not child else []
        if any(cte.alias == table.name for cte in visible):
            return True
        child = parent
    return False


def name_unnamed_columns(tree: exp.Expression) -> None:
    """Give each column without a name one that `Translation.column_name` knows again."""
    for select in tree.find_all(exp.Select):
        for item in list(select.expressions):
            if not isinstance(item, exp.Column | exp.Dot | exp.Alias | exp.Star):
                alias = exp.to_identifier(f"{UNNAMED}{id(item)}", quoted=True)
                item.replace(exp.Alias(this=item.copy(), alias=alias))


def column_name(name: str, place: int) -> str:
    """Name a result column as Athena does: ``_col0`` where the query gives no name."""
    return f"_col{place}" if name.startswith(UNNAMED) else name.lower()


@dataclass
class Translator:
    """Rewrites one parsed query in place.

    Parameters
    ----------
    binder : Binder
        Knows the query's tables.
    sql : str
        The query as it was written, for positions in messages.
    """

    binder: Binder
    sql: str
    place_of: dict[str, str] = field(default_factory=dict)

    def translate(self, tree: exp.Expression) -> str:
        """Give the query in DuckDB's SQL.

        Raises
        ------
        QueryFailed
            With Athena's error name, or ``NOT_SUPPORTED`` for what cannot be translated faithfully.
        """
        for identifier in tree.find_all(exp.Identifier):
            self.place_of.setdefault(identifier.this, position(identifier, self.sql))
        holder = exp.Subquery(this=tree)
        self._visit(tree)
        try:
            return holder.this.sql("duckdb", unsupported_level=ErrorLevel.RAISE)
        except UnsupportedError as error:
            raise unsupported(f"this query: {error}") from error

    def _visit(self, node: exp.Expression) -> None:
        children = sorted(node.iter_expressions(), key=lambda child: child.arg_key not in FIRST)
        for child in children:
            self._visit(child)
        replacement = self._rewrite(node)
        if replacement is not node:
            node.replace(replacement)

    def _rewrite(self, node: exp.Expression) -> exp.Expression:
        def types_of(*parts: exp.Expression) -> list[Any]:
            return self._types(node, parts)

        if isinstance(node, exp.Anonymous):
            return self._function(node, types_of)
        if isinstance(node, exp.Cast):
            return self._cast(node, types_of)
        if isinstance(node, exp.Extract):
            return self._function(exp.Anonymous(this=node.this.name, expressions=[node.expression]), types_of)
        if isinstance(node, exp.StrPosition):
            return self._function(exp.Anonymous(this="strpos", expressions=[node.this, node.args["substr"]]), types_of)
        if type(node) in operators.COMPARISONS:
            return self._comparison(node, types_of)
        operator = OPERATORS.get(type(node))
        return operator(node, types_of) if operator else node

    def _comparison(self, node: exp.Expression, types_of: special.Typer) -> exp.Expression:
        try:
            return operators.compare(node, types_of)
        except Unbound:
            # The operands of a correlated subquery bind only in the whole query; then DuckDB compares them.
            return node

    def _types(self, place: exp.Expression, parts: tuple[exp.Expression, ...]) -> list[Any]:
        try:
            return self.binder.types(place, parts)
        except duckdb.Error as error:
            found = explain(error, self.place_of)
            if found.name == "COLUMN_NOT_FOUND" and not self.binder.lacks_column(error):
                found = unsupported("an expression here whose types depend on an outer query, an alias or a lambda")
            raise Unbound(found.name, found.message.removeprefix(f"{found.name}: ")) from error

    def _cast(self, node: exp.Cast, types_of: special.Typer) -> exp.Expression:
        (source,) = trino_types(types_of, node.this)
        if literals.is_literal(node):
            return literals.typed(node)
        converted = casts.cast(node.this, source, node.to)
        return (
            noted(special.call("try", converted), known_type(converted, types_of))
            if isinstance(node, exp.TryCast)
            else converted
        )

    def _function(self, node: exp.Anonymous, types_of: special.Typer) -> exp.Expression:
        name, args = node.name.lower(), node.expressions
        function = AGGREGATES.get(name) or WINDOWS.get(name) or SCALARS.get(name)
        if name in TRANSLATORS:
            return TRANSLATORS[name](args, types_of)
        if name in SPECIAL:
            return special.translate(name, args, types_of)
        if function is None and name in UNTRANSLATED:
            raise unsupported(f"the function {name}")
        if function is None:
            raise QueryFailed("FUNCTION_NOT_FOUND", f"{position(node, self.sql)}: Function '{name}' not registered")
        _check_call(name, function, args)
        if name in {"avg", "sum"} and types_of(_plain_argument(args[0]))[0].id in _INEXACT[name]:
            raise unsupported(f"{name} of this type; cast its argument to double")
        if name == "approx_distinct":
            args = [exp.Distinct(expressions=args)]
        return exp.Anonymous(this=function.target, expressions=args)


class Unbound(QueryFailed):
    """A part of the query does not bind by itself."""


_INEXACT = {"avg": {"decimal", "float"}, "sum": {"float"}}
"""DuckDB answers in double here, Trino in the argument's own type."""


def _plain_argument(arg: exp.Expression) -> exp.Expression:
    return arg.expressions[0] if isinstance(arg, exp.Distinct) else arg


def _check_call(name: str, function: Function, args: list[exp.Expression]) -> None:
    if not function.least <= len(args) <= function.most:
        raise QueryFailed("FUNCTION_NOT_FOUND", f"Unexpected number of parameters for function {name}")
    if name == "json_extract_scalar" and not special.is_simple_path(args[1]):
        raise unsupported("this JSON path")
