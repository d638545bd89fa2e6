"""CustomSql (AWS: "CustomSQL"): a query over ``primary`` and the additional sources."""

from collections.abc import Callable
from functools import reduce
from operator import and_

from awsglue._choices import quoted
from awsglue._step import refuse
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from awsgluedq._errors import RuleFails
from awsgluedq._measures import Measures
from awsgluedq._outcome import Outcome, measured
from awsgluedq._ruleset import Rule
from awsgluedq._table import Table, first_line


def custom_sql(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """A query for one number that meets the condition; or, without a condition, for the rows that are right."""
    (statement,) = rule.parameters
    try:
        answer = table.rows.sparkSession.sql(statement)
    except AnalysisException as error:
        if error.getErrorClass() == "TABLE_OR_VIEW_NOT_FOUND":
            refuse(f"CustomSql over a table that is neither primary nor an additional data source ({statement})")
        raise RuleFails(f"Custom rule execution failed: {first_line(error)}") from error
    plan = _number if rule.condition else _rows
    return plan(rule, statement, answer, table, measures)


def _number(rule: Rule, statement: str, answer: DataFrame, table: Table, measures: Measures) -> Callable[[], Outcome]:
    if len(answer.columns) != 1:
        raise RuleFails("Custom SQL did not return exactly 1 column")
    key = measures.frame(
        f"sql {statement}", lambda: answer.toDF("value").select(F.col("value").cast("double")).limit(2)
    )

    def judge() -> Outcome:
        rows = measures.found(key)
        if len(rows) != 1:
            return Outcome(False, ["Custom SQL did not return exactly 1 row"])
        value = rows[0][0]
        if value is None:
            refuse(f"CustomSql that returns NULL ({statement}; coalesce it to a number)")
        passed = rule.condition.holds(value)
        reasons = [] if passed else ["Custom SQL response failed to satisfy the threshold"]
        return Outcome(passed, reasons, {"Dataset.*.CustomSQL": value})

    return judge


def _rows(rule: Rule, statement: str, answer: DataFrame, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """Rows of the frame that the query returns pass, the others fail."""
    if rule.threshold and any(operand.number > 1 for operand in rule.threshold.operands):
        refuse(f"A CustomSql threshold that is not a share of the rows ({rule.threshold.text})")
    names = answer.columns
    extra = [name for name in names if name not in table.rows.columns]
    if len(extra) == len(names):
        raise RuleFails(
            "The output from CustomSQL must contain at least one column that matches the input dataset. Ensure that"
            " matching columns are returned from the SQL."
        )
    if extra:
        raise RuleFails(
            "The columns returned from the SQL statement should only belong to the primary table. Columns not found: "
            + ", ".join(extra)
        )
    key = measures.frame(f"rows of {statement}", lambda: _count_returned(table.rows, answer))
    rows = measures.rows()

    def judge() -> Outcome:
        if not measures[rows]:
            return Outcome(False, ["Custom SQL rule could not be evaluated due to data frame being empty"])
        share = (measures.found(key)[0][0] or 0.0) / measures[rows]
        passed = rule.threshold.holds(share) if rule.threshold else share == 1
        return measured(passed, share, "Dataset.*.CustomSQL.Compliance", ".")

    return judge


def _count_returned(rows: DataFrame, answer: DataFrame) -> DataFrame:
    mine = rows.select(*[F.col(quoted(name)).alias(f"m{place}") for place, name in enumerate(answer.columns)])
    theirs = answer.toDF(*[f"t{place}" for place in range(len(answer.columns))])
    equal = [F.col(f"m{place}").eqNullSafe(F.col(f"t{place}")) for place in range(len(answer.columns))]
    return mine.join(theirs, on=reduce(and_, equal), how="left_semi").agg(F.count(F.lit(1)))
