"""The types of lambda parameters, each given by an expression in DuckDB's tongue that has the type."""

from collections.abc import Callable

from sqlglot import exp

from local_aws.athena.functions import lambdas
from local_aws.athena.functions.calls import call, number

Samples = lambdas.Samples
Given = Callable[[list[exp.Expression]], list[list[exp.Expression]]]
"""From a call's arguments to the samples for the parameters of each of its lambdas."""


def element(array: exp.Expression) -> exp.Expression:
    """An expression of the type of an array's elements."""
    return call("list_extract", array.copy(), number(1))


def key(mapping: exp.Expression) -> exp.Expression:
    """An expression of the type of a map's keys."""
    return element(call("map_keys", mapping.copy()))


def value(mapping: exp.Expression) -> exp.Expression:
    """An expression of the type of a map's values."""
    return element(call("map_values", mapping.copy()))


def _of_elements(args: list[exp.Expression]) -> list[list[exp.Expression]]:
    return [[element(args[0])]]


def _of_entries(args: list[exp.Expression]) -> list[list[exp.Expression]]:
    return [[key(args[0]), value(args[0])]]


GIVEN: dict[str, Given] = {
    **dict.fromkeys(("transform", "filter", "all_match", "any_match", "none_match", "find_first"), _of_elements),
    **dict.fromkeys(("map_filter", "transform_keys", "transform_values"), _of_entries),
    "array_sort": lambda args: [[element(args[0]), element(args[0])]],
    "zip_with": lambda args: [[element(args[0]), element(args[1])]],
    "map_zip_with": lambda args: [[key(args[0]), value(args[0]), value(args[1])]],
    "regexp_replace": lambda args: [[exp.Array(expressions=[args[0].copy()])]],
}
"""For each function with lambdas, except those that carry a state; see `Translator`."""
PREDICATES = frozenset({"filter", "all_match", "any_match", "none_match", "map_filter"})
"""The functions whose lambda answers yes or no."""
STATEFUL = {"reduce": element, "reduce_agg": lambda argument: argument.copy()}
"""For each function whose second argument begins a state: the type of what its first lambda takes beside the state."""


def typed_as(node: exp.Expression, sample: exp.Expression) -> exp.Expression:
    """Give an expression the type of another, which is never computed."""
    return exp.Case(ifs=[exp.If(this=exp.true(), true=node.copy())], default=sample.copy())


def null_of(sample: exp.Expression) -> exp.Expression:
    """Write a null of the type of another expression, which is never computed."""
    return exp.Case(ifs=[exp.If(this=exp.false(), true=sample.copy())])
