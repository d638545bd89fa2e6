"""Rules on how often a key occurs: Uniqueness, IsUnique, IsPrimaryKey, UniqueValueRatio, DistinctValuesCount."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsgluedq._measures import Measures
from awsgluedq._outcome import Outcome, measured, nothing_measured, unmet
from awsgluedq._ruleset import Rule
from awsgluedq._table import Table


def uniqueness(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """The share of rows whose key occurs once; rows whose key is null throughout do not count.

    AWS: "Uniqueness", "IsUnique". Their pages are silent on null; deequ leaves such rows out.
    """
    key = _groups(rule.parameters, rule.where, table, measures)

    def judge() -> Outcome:
        once, rows, _ = _found(measures, key)
        if not rows:
            return nothing_measured(f"Uniqueness({','.join(rule.parameters)})")
        passed = rule.condition.holds(once / rows) if rule.condition else once == rows
        return measured(passed, once / rows, f"{_entity(rule.parameters)}.Uniqueness")

    return judge


def is_primary_key(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """Unique together, and none of the columns ever null (AWS: "IsPrimaryKey")."""
    unique = uniqueness(rule, table, measures)
    rows = measures.rows(rule.where)
    present = {
        name: measures.holding(f"present {name}", table.column(name).isNotNull(), rule.where)
        for name in rule.parameters
    }

    def judge() -> Outcome:
        outcome = unique()
        if not measures[rows]:
            return outcome
        shares = {name: measures[key] / measures[rows] for name, key in present.items()}
        incomplete = [unmet(share) for share in shares.values() if share < 1]
        metrics = outcome.metrics | {f"Column.{name}.Completeness": share for name, share in shares.items()}
        return Outcome(outcome.passed and not incomplete, [*outcome.reasons, *incomplete], metrics)

    return judge


def unique_value_ratio(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """The share of distinct values that occur once (AWS: "UniqueValueRatio"); null is no value."""
    (name,) = rule.parameters
    key = _groups(rule.parameters, rule.where, table, measures)

    def judge() -> Outcome:
        once, _, distinct = _found(measures, key)
        if not distinct:
            return nothing_measured(f"UniqueValueRatio({name})")
        return measured(rule.condition.holds(once / distinct), once / distinct, f"Column.{name}.UniqueValueRatio")

    return judge


def distinct_values_count(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """The number of distinct values (AWS: "DistinctValuesCount"); nulls together are one, as in deequ's histogram."""
    (name,) = rule.parameters
    key = _groups(rule.parameters, rule.where, table, measures)
    nulls = measures.holding(f"null {name}", table.column(name).isNull(), rule.where)

    def judge() -> Outcome:
        count = int(_found(measures, key)[2]) + (1 if measures[nulls] else 0)
        return measured(rule.condition.holds(count), count, f"Column.{name}.DistinctValuesCount")

    return judge


def _entity(columns: Sequence[str]) -> str:
    return f"{'Column' if len(columns) == 1 else 'Multicolumn'}.{','.join(columns)}"


def _groups(columns: Sequence[str], where: str | None, table: Table, measures: Measures) -> str:
    """Ask for the groups of a key: those of one row, the rows in all, and how many groups."""
    keys = [table.column(name).alias(f"k{place}") for place, name in enumerate(columns)]
    rows = table.filtered(where)
    return measures.frame(f"groups of {columns} where {where}", lambda: _count_groups(rows, keys))


def _count_groups(rows: DataFrame, keys: Sequence[Column]) -> DataFrame:
    names = [f"k{place}" for place in range(len(keys))]
    present = reduce(or_, [F.col(name).isNotNull() for name in names])
    groups = rows.select(*keys).where(present).groupBy(*names).agg(F.count(F.lit(1)).alias("rows"))
    return groups.agg(F.count(F.when(F.col("rows") == 1, 1)), F.sum("rows"), F.count(F.lit(1)))


def _found(measures: Measures, key: str) -> tuple[float, float, float]:
    once, rows, distinct = measures.found(key)[0]
    return once or 0.0, rows or 0.0, distinct or 0.0
