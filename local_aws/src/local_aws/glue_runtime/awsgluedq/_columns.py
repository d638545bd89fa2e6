"""RowCount, ColumnCount, ColumnExists, Completeness and IsComplete (AWS: the pages of these names)."""

from collections.abc import Callable

from awsgluedq._measures import Measures
from awsgluedq._outcome import Outcome, measured, nothing_measured
from awsgluedq._ruleset import Rule
from awsgluedq._table import Table


def row_count(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """The number of rows; of no row at all, a filter makes no number, as in deequ."""
    everything, considered = measures.rows(), measures.rows(rule.where)

    def judge() -> Outcome:
        if rule.where and not measures[everything]:
            return nothing_measured(f"Size({rule.where})")
        count = int(measures[considered] or 0)
        return measured(rule.condition.holds(count), count, "Dataset.*.RowCount")

    return judge


def column_count(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """The number of columns."""
    count = len(table.rows.columns)
    return lambda: measured(rule.condition.holds(count), count, "Dataset.*.ColumnCount")


def column_exists(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """Whether there is a column of that very name; no metric is reported."""
    (name,) = rule.parameters
    found = name in table.rows.columns
    return lambda: Outcome(found, [] if found else [f"Input data does not include column {name}!"])


def completeness(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """The share of values that are not null; blank is not null."""
    (name,) = rule.parameters
    column = table.column(name)
    rows, present = measures.rows(rule.where), measures.holding(f"present {name}", column.isNotNull(), rule.where)

    def judge() -> Outcome:
        if not measures[rows]:
            return nothing_measured(f"Completeness({name})")
        share = measures[present] / measures[rows]
        passed = rule.condition.holds(share) if rule.condition else share == 1
        return measured(passed, share, f"Column.{name}.Completeness")

    return judge
