"""Mean, Sum and StandardDeviation (AWS: the pages of these names): of the values that are not null."""

from collections.abc import Callable

from pyspark.sql import functions as F

from awsgluedq._measures import Measures
from awsgluedq._outcome import Outcome, measured, nothing_measured
from awsgluedq._ruleset import Rule
from awsgluedq._table import Table

_AGGREGATES = {"Mean": F.avg, "StandardDeviation": F.stddev_pop, "Sum": F.sum}


def statistic(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """The statistic of a column of numbers; the standard deviation is the population's, as in deequ."""
    (name,) = rule.parameters
    key = measures.aggregate(f"{rule.name} {name}", _AGGREGATES[rule.name], table.number(name), rule.where)

    def judge() -> Outcome:
        value = measures[key]
        if value is None:
            return nothing_measured(f"{rule.name}({name})")
        return measured(rule.condition.holds(value), value, f"Column.{name}.{rule.name}")

    return judge
