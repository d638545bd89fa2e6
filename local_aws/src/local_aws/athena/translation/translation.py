"""One query from Trino's SQL to DuckDB's, with Trino's meaning kept or the query refused."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import duckdb
from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions import conditionals, lambdas
from local_aws.athena.functions.calls import Typer, call, mismatch
from local_aws.athena.functions.families import ARRAY_FORMS, FAMILIES
from local_aws.athena.functions.json import json_casts, json_functions, json_standard
from local_aws.athena.functions.known import AGGREGATES, SCALARS, WINDOWS, Function
from local_aws.athena.functions.nested import arrays, maps, rows
from local_aws.athena.functions.nested.aggregate_calls import WRAPPERS, around_aggregates
from local_aws.athena.functions.nested.aggregates import NUMERIC_AGGREGATES, check_numbers
from local_aws.athena.functions.samples import GIVEN, PREDICATES, STATEFUL, Samples, typed_as
from local_aws.athena.functions.topics import ATHENAS
from local_aws.athena.functions.typed_functions import TRANSLATORS
from local_aws.athena.translation import casts, comparisons, literals, operators, recursion, scopes, unnest
from local_aws.athena.translation.binder import Binder, explain
from local_aws.athena.translation.dialect import position
from local_aws.athena.translation.inference import common, known_type, noted, trino_types
from local_aws.athena.types import results as result_types
from local_aws.athena.types.comparable import comparable

OPERATORS: dict[type, Callable[..., exp.Expression]] = {
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod), operators.operate),
    **literals.TRANSLATORS,
    exp.AtTimeZone: operators.at_time_zone,
    **dict.fromkeys(WRAPPERS, lambda node, _: around_aggregates(node)),
    exp.Case: conditionals.case,
    exp.Like: conditionals.like,
    exp.In: operators.compare_list,
    exp.Neg: operators.negate,
    exp.DPipe: operators.concatenate,
    exp.Bracket: maps.subscript,
    exp.Array: arrays.literal,
    exp.ParseJSON: json_functions.literal,
    exp.Unnest: unnest.translate,
    exp.Tuple: rows.tuple_,
}
_MOST_WIDENINGS = 3
_MOST_CHECKED = 100
FIRST = ("with_", "from_", "joins")
"""Clauses that are translated before the expressions which refer to them."""


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
    parameters: Samples = field(default_factory=dict)

    def translate(self, tree: exp.Expression) -> str:
        """Give the query in DuckDB's SQL.

        Raises
        ------
        QueryFailed
            With Athena's error name, or ``NOT_SUPPORTED`` for what cannot be translated faithfully.
        """
        for identifier in tree.find_all(exp.Identifier):
            self.place_of.setdefault(identifier.this, position(identifier, self.sql))
        lambdas.name_parameters(tree)
        holder = exp.Subquery(this=tree)
        with self.binder:
            self._visit(tree)
        recursion.unroll(holder)
        try:
            return holder.this.sql("duckdb", unsupported_level=ErrorLevel.RAISE)
        except UnsupportedError as error:
            raise unsupported(f"this query: {error}") from error

    def _visit(self, node: exp.Expression) -> None:
        if isinstance(node, exp.Anonymous) and any(isinstance(arg, exp.Lambda) for arg in node.expressions):
            self._visit_arguments(node)
        else:
            for child in sorted(node.iter_expressions(), key=lambda child: child.arg_key not in FIRST):
                self._visit(child)
        replacement = self._rewrite(node)
        if replacement is not node:
            node.replace(replacement)

    def _visit_arguments(self, node: exp.Anonymous) -> None:
        """Translate a call's lambdas last, when the types of their parameters are known."""
        name, written = node.name.lower(), [isinstance(arg, exp.Lambda) for arg in node.expressions]
        begun = node.expressions[1].copy() if name in STATEFUL and written == [False, False, True, True] else None
        for place, is_lambda in enumerate(written):
            if not is_lambda:
                self._visit(node.expressions[place])
        if begun is not None:
            self._visit_stateful(node, begun, STATEFUL[name](node.expressions[0]))
            return
        if name not in GIVEN:
            raise mismatch(name)
        functions = [arg for arg in node.expressions if isinstance(arg, exp.Lambda)]
        given = GIVEN[name](node.expressions)
        if len(given) != len(functions):
            raise mismatch(name)
        for function, samples in zip(functions, given, strict=True):
            self._visit_lambda(name, function, samples)

    def _visit_lambda(self, name: str, function: exp.Lambda, given: list[exp.Expression]) -> None:
        if len(function.expressions) != len(given):
            raise mismatch(name)
        filled = [lambdas.fill(sample, self.parameters) for sample in given]
        self.parameters |= zip((parameter.this for parameter in function.expressions), filled, strict=True)
        self._visit(function.this)
        if name in PREDICATES and self._types(function.this, (function.this,))[0].id not in {"boolean", '"null"'}:
            raise mismatch(name)

    def _visit_stateful(self, node: exp.Anonymous, begun: exp.Expression, item: exp.Expression) -> None:
        """Find the type of a state, which is ``begun`` by an argument and goes on as what the first lambda gives."""
        name, written = node.name.lower(), node.expressions[2].copy()
        state = lambdas.fill(node.expressions[1], self.parameters)
        # DuckDB gives a bare null, alone or in an empty array, a type of its own choice.
        typed = not any(
            isinstance(part, exp.Null | exp.Array) and not part.args.get("expressions") for part in state.walk()
        )
        for _ in range(_MOST_WIDENINGS):
            step = written.copy()
            node.expressions[2].replace(step)
            if not typed:
                lambdas.put(step, begun)
            self._visit_lambda(name, step, [state, item])
            goes_on = lambdas.fill(step.this, self.parameters)
            widened = exp.Coalesce(this=state.copy(), expressions=[goes_on])
            kind, whole = self._types(node, (state, widened))
            if typed and str(kind) == str(whole):
                break
            state, typed = widened, True
        else:
            raise unsupported(f"a state of {name} that changes its type")
        last = node.expressions[3]
        self._visit_lambda(name, last, [state] if name == "reduce" else [state, state])
        node.expressions[1].replace(typed_as(node.expressions[1], state))

    def _rewrite(self, node: exp.Expression) -> exp.Expression:
        def types_of(*parts: exp.Expression) -> list[Any]:
            return self._types(node, parts)

        method = _METHODS.get(type(node))
        if method is not None:
            return method(self, node, types_of)
        operator = OPERATORS.get(type(node))
        return operator(node, types_of) if operator else node

    def _column(self, node: exp.Column, types_of: Typer) -> exp.Expression:
        """Refuse the name of a relation as a value, which DuckDB takes for a row of all its columns."""
        select = node.find_ancestor(exp.Select)
        relations = scopes.relation_names(select) if select is not None and not node.table else set()
        if node.name not in relations or node.name in {item.alias for item in select.expressions}:
            return node
        for relation in sorted(relations):
            try:
                types_of(exp.column(node.name, table=relation, quoted=True))
            except Unbound:
                continue
            return node
        place = self.place_of.get(node.name, "line 1:1")
        raise QueryFailed("COLUMN_NOT_FOUND", f"{place}: Column '{node.name}' cannot be resolved")

    def _values(self, node: exp.Values, types_of: Typer) -> exp.Expression:
        """Check that the rows have columns of one type; of many rows those that come first."""
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions[:_MOST_CHECKED]]
        for place in range(len(rows[0])):
            if common(types_of, [row[place] for row in rows]) is None:
                message = f"Values rows have mismatched types in column {place + 1}"
                raise QueryFailed("TYPE_MISMATCH", message)
        return node

    def _set_operation(self, node: exp.SetOperation, _: Typer) -> exp.Expression:
        try:
            left, right = (self.binder.columns(part) for part in (node.this, node.expression))
        except duckdb.Error:
            # A correlated one binds only in the whole query; DuckDB then checks what it can.
            return node
        name = node.key.upper()
        if len(left) != len(right):
            message = f"{name} query has different number of fields: {len(left)}, {len(right)}"
            raise QueryFailed("TYPE_MISMATCH", message)
        for place, (one, other) in enumerate(zip(left, right, strict=True), start=1):
            if not comparable(one, other):
                message = f"column {place} in {name} query has incompatible types: {one}, {other}".lower()
                raise QueryFailed("TYPE_MISMATCH", message.replace(name.lower(), name))
        return node

    def _condition(self, node: exp.Expression, types_of: Typer) -> exp.Expression:
        with suppress(Unbound):  # as below, DuckDB checks what it can
            conditionals.check(node, types_of)
        return node

    def _comparison(self, node: exp.Expression, types_of: Typer) -> exp.Expression:
        try:
            kinds = trino_types(types_of, node.this, node.expression) if "expression" in node.args else []
            if any(kind.parts for kind in kinds):
                return comparisons.compare(node, types_of(node.this, node.expression))
            return operators.compare(node, types_of)
        except Unbound:
            # The operands of a correlated subquery bind only in the whole query; then DuckDB compares them.
            return node

    def _types(self, place: exp.Expression, parts: tuple[exp.Expression, ...]) -> list[Any]:
        try:
            return self.binder.types(place, parts, self.parameters)
        except duckdb.Error as error:
            found = explain(error, self.place_of)
            if found.name == "COLUMN_NOT_FOUND" and not self.binder.lacks_column(error):
                found = unsupported("an expression here whose types depend on an outer query, an alias or a lambda")
            raise Unbound(found.name, found.message.removeprefix(f"{found.name}: ")) from error

    def _cast(self, node: exp.Cast, types_of: Typer) -> exp.Expression:
        (source,) = types_of(node.this)
        if json_casts.concerns(source, node.to):
            return json_casts.cast(node, source)
        if literals.is_literal(node):
            return literals.typed(node)
        (kind,) = trino_types(types_of, node.this)
        converted = casts.cast(node.this, kind, node.to)
        if not isinstance(node, exp.TryCast):
            return converted
        return noted(call("try", converted), known_type(converted, types_of))

    def _function(self, node: exp.Anonymous, types_of: Typer) -> exp.Expression:
        name, args = node.name.lower(), node.expressions
        function = AGGREGATES.get(name) or WINDOWS.get(name) or SCALARS.get(name)
        if name in json_standard.NAMES:
            return json_standard.translate(node, types_of)
        if name in ARRAY_FORMS and any(kind.id == "list" for kind in types_of(*args)):
            return ARRAY_FORMS[name](args, types_of)
        if name in WINDOWS and not isinstance(node.parent, WRAPPERS):
            message = f"{position(node, self.sql)}: Window function {name} requires an OVER clause"
            raise QueryFailed("MISSING_OVER", message)
        if name in NUMERIC_AGGREGATES:
            check_numbers(name, args, types_of)
        if name in FAMILIES:
            return result_types.note(name, args, lambda: FAMILIES[name](args, types_of), types_of)
        if name in TRANSLATORS:
            return TRANSLATORS[name](args, types_of)
        if function is None and name in ATHENAS:
            raise unsupported(f"the function {name}")
        if function is None:
            raise QueryFailed("FUNCTION_NOT_FOUND", f"{position(node, self.sql)}: Function '{name}' not registered")
        _check_call(name, function, args)
        return result_types.note(name, args, lambda: exp.Anonymous(this=function.target, expressions=args), types_of)


_METHODS: dict[type, Callable[..., exp.Expression]] = {
    **dict.fromkeys(operators.COMPARISONS, Translator._comparison),
    **dict.fromkeys(conditionals.CONDITIONS, Translator._condition),
    **dict.fromkeys((exp.Union, exp.Intersect, exp.Except), Translator._set_operation),
    **dict.fromkeys((exp.Cast, exp.TryCast), Translator._cast),
    exp.Anonymous: Translator._function,
    exp.Column: Translator._column,
    exp.Values: Translator._values,
}
"""Nodes whose translation asks for the query around them."""


class Unbound(QueryFailed):
    """A part of the query does not bind by itself."""


def _check_call(name: str, function: Function, args: list[exp.Expression]) -> None:
    if not function.least <= len(args) <= function.most:
        raise QueryFailed("FUNCTION_NOT_FOUND", f"Unexpected number of parameters for function {name}")
