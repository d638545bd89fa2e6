"""ColumnLength (AWS: "ColumnLength"): null counts as a string of length 0."""

from collections.abc import Callable

from awsglue._step import refuse
from pyspark.sql import functions as F

from awsgluedq._measures import Measures
from awsgluedq._outcome import Outcome, measured, nothing_measured, unmet
from awsgluedq._ruleset import Rule
from awsgluedq._table import Table

_LOWER, _UPPER = ("Minimum", F.min), ("Maximum", F.max)
_BOUNDS = {">": [_LOWER], ">=": [_LOWER], "<": [_UPPER], "<=": [_UPPER]}


def column_length(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """The lengths of a column of strings, in characters, by the shortest and the longest."""
    if rule.condition.operator.startswith(("not", "!")):
        # AWS's evaluator looks at the shortest and the longest alone, and lets null through or not by what is listed.
        refuse(f"ColumnLength {rule.condition.text}")
    (name,) = rule.parameters
    length = F.length(F.coalesce(table.string(name), F.lit("")))
    rows = measures.rows(rule.where)
    if rule.condition.operator == "in":
        numbers = [operand.number for operand in rule.condition.operands]
        key = measures.holding(f"length {name} {rule.condition.text}", length.isin(numbers), rule.where)
        return lambda: _share(rule, measures[key], measures[rows])
    bounds = {
        bound: measures.aggregate(f"{bound} length {name}", aggregate, length, rule.where)
        for bound, aggregate in _BOUNDS.get(rule.condition.operator, [_LOWER, _UPPER])
    }
    return lambda: _extremes(rule, {bound: measures[key] for bound, key in bounds.items()})


def _share(rule: Rule, matching: float | None, rows: float | None) -> Outcome:
    if not rows:
        return nothing_measured(f"Compliance({rule.parameters[0]})")
    share = (matching or 0.0) / rows
    return measured(share == 1, share, f"Column.{rule.parameters[0]}.LengthCompliance")


def _extremes(rule: Rule, found: dict[str, float | None]) -> Outcome:
    if None in found.values():
        return nothing_measured(f"{'/'.join(found)}Length({rule.parameters[0]})")
    reasons = [unmet(value) for value in found.values() if not rule.condition.holds(value)]
    metrics = {f"Column.{rule.parameters[0]}.{bound}Length": value for bound, value in found.items()}
    return Outcome(not reasons, reasons, metrics)
