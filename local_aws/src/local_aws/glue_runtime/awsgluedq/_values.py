"""ColumnValues (AWS: "ColumnValues"): what every value of a column must be."""

from collections.abc import Callable

from awsglue._step import refuse
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from awsgluedq._measures import Measures
from awsgluedq._outcome import Outcome, measured, nothing_measured, unmet
from awsgluedq._predicates import predicate
from awsgluedq._ruleset import Rule
from awsgluedq._table import Table

_LOWER, _UPPER = ("Minimum", F.min), ("Maximum", F.max)
_BOUNDS = {">": [_LOWER], ">=": [_LOWER], "<": [_UPPER], "<=": [_UPPER], "=": [_LOWER, _UPPER]}


def column_values(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """Numbers against a bound by the smallest and the largest value; all else by the share of rows that do.

    "For all ColumnValues rules (other than != and NOT IN), NULL rows will fail the rule" (AWS: "ColumnValues").
    """
    if any(operand.kind == "time" for operand in rule.condition.operands):
        refuse(f"A time of day in ColumnValues {rule.condition.text}")
    bounded = rule.condition.operator in _BOUNDS and rule.condition.kinds == {"number"} and not rule.threshold
    return (_by_bounds if bounded else _by_share)(rule, table, measures)


def _by_bounds(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    (name,) = rule.parameters
    column = table.number(name)
    nulls = measures.holding(f"null {name}", column.isNull(), rule.where)
    bounds = {
        bound: measures.aggregate(f"{bound} {name}", aggregate, column, rule.where)
        for bound, aggregate in _BOUNDS[rule.condition.operator]
    }

    def judge() -> Outcome:
        found = {bound: measures[key] for bound, key in bounds.items()}
        reasons = []
        for bound, value in found.items():
            if value is None:
                reasons += nothing_measured(f"{bound}({name})").reasons
            elif not rule.condition.holds(value):
                reasons.append(unmet(value))
        reasons += [unmet("NULL")] if measures[nulls] else []
        metrics = {f"Column.{name}.{bound}": value for bound, value in found.items() if value is not None}
        return Outcome(not reasons, reasons, metrics)

    return judge


def _by_share(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    (name,) = rule.parameters
    column, kind = table.column(name), table.kind(name)
    rows = measures.rows(rule.where)
    holding = measures.holding(f"{name} {rule.condition.text}", predicate(rule.condition, column, kind), rule.where)
    failing = column.isNull() & ~predicate(rule.condition, F.lit(None).cast(kind), kind)
    nulls = measures.holding(f"null and failing {name} {rule.condition.text}", failing, rule.where)
    by_pattern = rule.condition.operator.endswith("matches") and isinstance(kind, spark.StringType)
    metric = "PatternMatch" if by_pattern and not rule.threshold else "ColumnValues.Compliance"

    def judge() -> Outcome:
        if not measures[rows]:
            return nothing_measured(f"{metric.rpartition('.')[2]}({name})")
        share = measures[holding] / measures[rows]
        passed = rule.threshold.holds(share) if rule.threshold else share == 1
        outcome = measured(passed, share, f"Column.{name}.{metric}")
        reasons = [unmet("NULL")] if not passed and not rule.threshold and measures[nulls] else []
        return Outcome(passed, [*outcome.reasons, *reasons], outcome.metrics)

    return judge
