"""Rules on rows, columns and keys (AWS: "RowCount", "ColumnCount", "ColumnExists", "Completeness", "IsComplete",
"Uniqueness", "IsUnique", "IsPrimaryKey")."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsgluedq._outcome import Judge, Outcome, measured, nothing_measured, unmet
from awsgluedq._rules import Rule
from awsgluedq._table import Table


def row_count(rule: Rule, table: Table) -> Judge:
    """The number of rows; of no row at all, a filter makes no number, as in deequ."""
    everything, considered = table.ask_rows(), table.ask_rows(rule.where)

    def judge() -> Outcome:
        if rule.where and not table[everything]:
            return nothing_measured(f"Size({rule.where})")
        count = int(table[considered] or 0)
        return measured(rule.condition.holds(count), count, "Dataset.*.RowCount")

    return judge


def column_count(rule: Rule, table: Table) -> Judge:
    """The number of columns."""
    count = len(table.rows.columns)
    return lambda: measured(rule.condition.holds(count), count, "Dataset.*.ColumnCount")


def column_exists(rule: Rule, table: Table) -> Judge:
    """Whether there is a column of that very name; no metric is reported."""
    (name,) = rule.parameters
    found = name in table.rows.columns
    return lambda: Outcome(found, [] if found else [f"Input data does not include column {name}!"])


def completeness(rule: Rule, table: Table) -> Judge:
    """The share of values that are not null; blank is not null."""
    (name,) = rule.parameters
    rows, present = table.ask_rows(rule.where), _ask_present(name, rule, table)

    def judge() -> Outcome:
        if not table[rows]:
            return nothing_measured(f"Completeness({name})")
        share = table[present] / table[rows]
        passed = rule.condition.holds(share) if rule.condition else share == 1
        return measured(passed, share, f"Column.{name}.Completeness")

    return judge


def uniqueness(rule: Rule, table: Table) -> Judge:
    """The share of rows whose key occurs once; rows whose key is null throughout do not count.

    AWS's pages are silent on null; deequ leaves such rows out.
    """
    columns = rule.parameters
    keys = [table.column(name).alias(f"k{place}") for place, name in enumerate(columns)]
    rows = table.filtered(rule.where)
    key = table.frame(f"groups of {columns} where {rule.where}", lambda: _count_groups(rows, keys))
    entity = f"{'Column' if len(columns) == 1 else 'Multicolumn'}.{','.join(columns)}"

    def judge() -> Outcome:
        once, keyed = table.found(key)[0]
        if not keyed:
            return nothing_measured(f"Uniqueness({','.join(columns)})")
        passed = rule.condition.holds(once / keyed) if rule.condition else once == keyed
        return measured(passed, once / keyed, f"{entity}.Uniqueness")

    return judge


def is_primary_key(rule: Rule, table: Table) -> Judge:
    """Unique together, and none of the columns ever null."""
    unique, rows = uniqueness(rule, table), table.ask_rows(rule.where)
    present = {name: _ask_present(name, rule, table) for name in rule.parameters}

    def judge() -> Outcome:
        outcome = unique()
        if not table[rows]:
            return outcome
        shares = {name: table[key] / table[rows] for name, key in present.items()}
        incomplete = [unmet(share) for share in shares.values() if share < 1]
        metrics = outcome.metrics | {f"Column.{name}.Completeness": share for name, share in shares.items()}
        return Outcome(outcome.passed and not incomplete, [*outcome.reasons, *incomplete], metrics)

    return judge


def _ask_present(name: str, rule: Rule, table: Table) -> str:
    return table.holding(f"present {name}", table.column(name).isNotNull(), rule.where)


def _count_groups(rows: DataFrame, keys: Sequence[Column]) -> DataFrame:
    """Of the groups of a key: those of one row, and the rows in all."""
    names = [f"k{place}" for place in range(len(keys))]
    present = reduce(or_, [F.col(name).isNotNull() for name in names])
    groups = rows.select(*keys).where(present).groupBy(*names).agg(F.count(F.lit(1)).alias("rows"))
    return groups.agg(F.count(F.when(F.col("rows") == 1, 1)), F.sum("rows"))
