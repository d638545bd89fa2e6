"""Rules to outcomes: each rule asks for its measures, all are counted at once, each rule judges.

Source of the rules: AWS, "DQDL rule type reference", a page each.
"""

import re
from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_

from awsglue._step import quoted, refuse
from pyspark import SparkContext
from pyspark.errors import AnalysisException, IllegalArgumentException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from awsgluedq._outcome import Judge, Outcome, measured, nothing_measured, unmet
from awsgluedq._rules import Condition, Rule, RuleFails, RulesetNotValid
from awsgluedq._table import Table, first_line

_LOWER, _UPPER = ("Minimum", F.min), ("Maximum", F.max)
_BOUNDS = {">": [_LOWER], ">=": [_LOWER], "<": [_UPPER], "<=": [_UPPER], "=": [_LOWER, _UPPER]}
_TEXTS = (spark.StringType, spark.NumericType, spark.DateType, spark.TimestampType)
_REFERENCE = re.compile(r"(.+)\.(?:\{(.+)\}|([^.]+))")


def evaluate(table: Table, rules: Sequence[Rule]) -> list[Outcome]:
    """The outcome of each rule, in their order."""
    with table.views():
        judges = [_plan(rule, table) for rule in rules]
    table.count()
    return [judge() for judge in judges]


def _plan(rule: Rule, table: Table) -> Judge:
    try:
        return _PLANS[rule.name](rule, table)
    except RuleFails as failure:
        failed = Outcome(False, [str(failure)])
        return lambda: failed


def _row_count(rule: Rule, table: Table) -> Judge:
    rows = table.ask_rows()
    return lambda: measured(rule.condition.holds(table[rows]), int(table[rows]), "Dataset.*.RowCount")


def _column_count(rule: Rule, table: Table) -> Judge:
    count = len(table.rows.columns)
    return lambda: measured(rule.condition.holds(count), count, "Dataset.*.ColumnCount")


def _completeness(rule: Rule, table: Table) -> Judge:
    """The share of values that are not null; blank is not null."""
    (name,) = rule.parameters
    rows, present = table.ask_rows(), table.ask_holding(f"present {name}", table.column(name)[0].isNotNull())
    return lambda: _shared(rule, "Completeness", table[present], table[rows])


def _uniqueness(rule: Rule, table: Table) -> Judge:
    """The share of rows whose key occurs once; null, on which AWS's pages are silent, does not count, as in deequ."""
    (name,) = rule.parameters
    keys = table.rows.select(table.column(name)[0].alias("key")).where("key is not null")
    groups = keys.groupBy("key").agg(F.count(F.lit(1)).alias("rows"))
    key = table.ask_frame(f"groups {name}", groups.agg(F.count(F.when(F.col("rows") == 1, 1)), F.sum("rows")))
    return lambda: _shared(rule, "Uniqueness", *table[key][0])


def _shared(rule: Rule, metric: str, holding: float, rows: float | None) -> Outcome:
    """The outcome of a rule about a share of the rows: without a condition, it must be all."""
    (name,) = rule.parameters
    if not rows:
        return nothing_measured(f"{metric}({name})")
    share = holding / rows
    return measured(rule.condition.holds(share) if rule.condition else share == 1, share, f"Column.{name}.{metric}")


def _column_values(rule: Rule, table: Table) -> Judge:
    """Numbers against a bound by the smallest and the largest value; all else by the share of rows that do.

    "For all ColumnValues rules (other than != and NOT IN), NULL rows will fail the rule" (AWS: "ColumnValues").
    """
    (name,) = rule.parameters
    column, kind = table.column(name)
    nulls = table.ask_holding(f"null {name}", column.isNull())
    if rule.condition.operator in _BOUNDS and str not in rule.condition.kinds:
        return _by_bounds(rule, table, column, kind, nulls)
    predicate = _predicate(rule.condition, column, kind)
    rows, holding = table.ask_rows(), table.ask_holding(rule.text, predicate)
    metric = "PatternMatch" if rule.condition.operator == "matches" else "ColumnValues.Compliance"

    def judge() -> Outcome:
        if not table[rows]:
            return nothing_measured(f"{metric.rpartition('.')[2]}({name})")
        share = table[holding] / table[rows]
        outcome = measured(share == 1, share, f"Column.{name}.{metric}")
        by_null = share < 1 and table[nulls] and not _takes_null(rule.condition)
        return Outcome(outcome.passed, outcome.reasons + [unmet("NULL")] * bool(by_null), outcome.metrics)

    return judge


def _by_bounds(rule: Rule, table: Table, column: Column, kind: spark.DataType, nulls: str) -> Judge:
    (name,) = rule.parameters
    if not isinstance(kind, spark.NumericType):
        raise RuleFails(f"Expected type of column {name} to be a number, but found {type(kind).__name__} instead!")
    bounds = {
        bound: table.ask(f"{bound} {name}", aggregate(column)) for bound, aggregate in _BOUNDS[rule.condition.operator]
    }

    def judge() -> Outcome:
        found = {bound: table[key] for bound, key in bounds.items()}
        reasons = []
        for bound, value in found.items():
            if value is None:
                reasons += nothing_measured(f"{bound}({name})").reasons
            elif not rule.condition.holds(value):
                reasons.append(unmet(value))
        metrics = {f"Column.{name}.{bound}": value for bound, value in found.items() if value is not None}
        reasons += [unmet("NULL")] if table[nulls] else []
        return Outcome(not reasons, reasons, metrics)

    return judge


def _takes_null(condition: Condition) -> bool:
    return condition.operator in ("!=", "not in")


def _predicate(condition: Condition, column: Column, kind: spark.DataType) -> Column:
    """Whether a value meets the condition."""
    if condition.operator == "matches":
        return _matches(condition.operands[0][1:-1], column, kind)
    texts = str in condition.kinds
    if not isinstance(kind, _TEXTS if texts else spark.NumericType):
        refuse(f"ColumnValues {condition.text} over a column of type {kind.simpleString()}")
    value = column.cast("string") if texts else column
    met = condition.met_by(value, [F.lit(bound) for bound in condition.values])
    return F.coalesce(met, F.lit(_takes_null(condition)))


def _matches(pattern: str, column: Column, kind: spark.DataType) -> Column:
    """As AWS's evaluator does: an empty match is no match, so that an empty string matches nothing."""
    if not isinstance(kind, spark.StringType):
        raise RuleFails(f"Expected type of the column to be StringType, but found {type(kind).__name__} instead!")
    whole = f"^{pattern}$"
    try:
        SparkContext._active_spark_context._jvm.java.util.regex.Pattern.compile(whole)
    except IllegalArgumentException as error:
        raise RulesetNotValid(f"matches: {whole} is not a regular expression ({first_line(error)})") from error
    return F.coalesce(F.regexp_extract(column, whole, 0) != "", F.lit(False))


def _referential_integrity(rule: Rule, table: Table) -> Judge:
    """``"a,b" "alias.{c,d}"``: the share of rows whose key is in the other frame; one with a null refers to nothing."""
    found = _REFERENCE.fullmatch(rule.parameters[1])
    if found is None:
        raise RuleFails("Could not parse ReferenceDatasetColumns parameter")
    alias, mine, theirs = found[1], _names(rule.parameters[0]), _names(found[2] or found[3])
    if alias not in table.sources:
        raise RuleFails(f"{alias} not found in additional sources")
    if len(mine) != len(theirs):
        raise RuleFails(
            "The number of columns to check from the primary data frame must equal the number of columns to check from"
            " the reference data frame."
        )
    own = _keys(table.rows, mine, "m", "primary")
    other = _keys(table.sources[alias], theirs, "t", "reference")
    equal = reduce(and_, [F.col(f"m{place}") == F.col(f"t{place}") for place in range(len(mine))])
    referring = own.join(other, on=equal, how="left_semi").agg(F.count(F.lit(1)))
    rows, key = table.ask_rows(), table.ask_frame(rule.written, referring)

    def judge() -> Outcome:
        if not table[rows]:
            return Outcome(False, ["Primary data frame contains no data."])
        share = table[key][0][0] / table[rows]
        return measured(rule.condition.holds(share), share, f"Column.{alias}.ReferentialIntegrity", ".")

    return judge


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _keys(rows: DataFrame, names: Sequence[str], letter: str, which: str) -> DataFrame:
    """The key columns under names of their own, so that a frame can be held against itself."""
    for name in names:
        if name not in rows.columns:
            raise RuleFails(f"Column {name} does not exist in {which} data frame.")
    return rows.select(*[F.col(quoted(name)).alias(f"{letter}{place}") for place, name in enumerate(names)])


def _custom_sql(rule: Rule, table: Table) -> Judge:
    """A query over ``primary`` and the additional sources, for one number that meets the condition."""
    (statement,) = rule.parameters
    try:
        answer = table.rows.sparkSession.sql(statement)
    except AnalysisException as error:
        if error.getErrorClass() == "TABLE_OR_VIEW_NOT_FOUND":
            refuse(f"CustomSql over a table that is neither primary nor an additional data source ({statement})")
        raise RuleFails(f"Custom rule execution failed: {first_line(error)}") from error
    if len(answer.columns) != 1:
        raise RuleFails("Custom SQL did not return exactly 1 column")
    key = table.ask_frame(statement, answer.limit(2))

    def judge() -> Outcome:
        if len(table[key]) != 1:
            return Outcome(False, ["Custom SQL did not return exactly 1 row"])
        ((value,),) = table[key]
        if value is None:
            refuse(f"CustomSql that returns NULL ({statement}; coalesce it to a number)")
        passed = rule.condition.holds(value)
        reasons = [] if passed else ["Custom SQL response failed to satisfy the threshold"]
        return Outcome(passed, reasons, {"Dataset.*.CustomSQL": value})

    return judge


_PLANS: dict[str, Callable[[Rule, Table], Judge]] = {
    "ColumnCount": _column_count,
    "ColumnValues": _column_values,
    "Completeness": _completeness,
    "CustomSql": _custom_sql,
    "IsComplete": _completeness,
    "IsUnique": _uniqueness,
    "ReferentialIntegrity": _referential_integrity,
    "RowCount": _row_count,
    "Uniqueness": _uniqueness,
}
