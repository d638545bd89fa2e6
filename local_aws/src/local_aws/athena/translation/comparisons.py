"""Equality of arrays, maps and rows, where a null within makes the answer unknown (Trino, "Comparison operators").

DuckDB's own ``=`` takes two nulls within for equal, and the order of a map's entries for a part of it.
"""

from typing import Any

from sqlglot import exp

from local_aws.athena.functions import lambdas
from local_aws.athena.functions.calls import call, number
from local_aws.athena.reading.json_lines import fail
from local_aws.athena.translation.operators import COMPARISONS, mismatch, of_floats
from local_aws.athena.types.comparable import comparable
from local_aws.athena.types.trino import DUCK_FLOATS, from_duck

_NULLS = fail("NOT_SUPPORTED: comparison not supported for values with null elements")
MACROS = (
    "same_lists(a, b, e) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN len(a) <> len(b) THEN false "
    "ELSE every_match(e) END",
    "same_maps(a, b, e) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN cardinality(a) <> cardinality(b) THEN false "
    "ELSE every_match(e) END",
    f"without_nulls(a) AS CASE WHEN has_null(a) THEN array_slice(a, 1, {_NULLS}::BIGINT) ELSE a END",
)


def compare(node: exp.Expression, kinds: list[Any]) -> exp.Expression:
    """Write the comparison of two nested values."""
    left, right = kinds
    if left.id != right.id or not comparable(left, right):
        raise mismatch([from_duck(left), from_duck(right)], COMPARISONS[type(node)])
    if isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ):
        return node
    if isinstance(node, exp.EQ | exp.NEQ):
        same = _same(node.this, node.expression, left)
        return exp.Paren(this=exp.Not(this=exp.Paren(this=same))) if isinstance(node, exp.NEQ) else exp.Paren(this=same)
    if left.id == "map":
        raise mismatch([from_duck(left), from_duck(right)], COMPARISONS[type(node)])
    if left.id == "list":
        return type(node)(this=call("without_nulls", node.this), expression=call("without_nulls", node.expression))
    return node


def _same(left: exp.Expression, right: exp.Expression, kind: Any) -> exp.Expression:
    if kind.id == "struct" and from_duck(kind).name != "row":
        # A moment with its zone, or an interval: what counts stands first.
        return exp.EQ(this=_field(left, 1), expression=_field(right, 1))
    if kind.id == "struct":
        places = range(1, len(kind.children) + 1)
        parts = [
            _same(_field(left, place), _field(right, place), part)
            for place, (_, part) in zip(places, kind.children, strict=True)
        ]
        return exp.and_(*parts)
    if kind.id == "list":
        element = dict(kind.children)["child"]
        pairs = lambdas.over("pair", lambda pair: exp.Paren(this=_same(_field(pair, 1), _field(pair, 2), element)))
        return call(
            "same_lists", left, right, call("list_transform", call("list_zip", left.copy(), right.copy()), pairs)
        )
    if kind.id == "map":
        value = dict(kind.children)["value"]

        def found(entry: exp.Expression) -> exp.Expression:
            key, held = (call("struct_extract", entry.copy(), exp.Literal.string(name)) for name in ("key", "value"))
            other = call("map_extract_value", right.copy(), key.copy())
            present = call("list_contains", call("map_keys", right.copy()), key)
            return exp.Case(ifs=[exp.If(this=present, true=_same(held, other, value))], default=exp.false())

        each = call("list_transform", call("map_entries", left.copy()), lambdas.over("entry", found))
        return call("same_maps", left, right, each)
    same = exp.EQ(this=left.copy(), expression=right.copy())
    return of_floats(same) if kind.id in DUCK_FLOATS else same


def _field(value: exp.Expression, place: int) -> exp.Expression:
    if isinstance(value, exp.Tuple):
        return value.expressions[place - 1].copy()
    return call("struct_extract_at", value.copy(), number(place))
