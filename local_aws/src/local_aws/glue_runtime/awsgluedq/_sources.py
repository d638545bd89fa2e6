"""Rules that look beyond the frame: ReferentialIntegrity and CustomSql (AWS: "ReferentialIntegrity", "CustomSQL")."""

import re
from collections.abc import Sequence
from functools import reduce
from operator import and_

from awsglue._step import quoted, refuse
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from awsgluedq._outcome import Judge, Outcome, measured
from awsgluedq._rules import Rule, RuleFails
from awsgluedq._table import Table, first_line

_MANY = re.compile(r"(.+)\.\{(.+)\}")
_ONE = re.compile(r"(.+)\.([^.]+)")


def referential_integrity(rule: Rule, table: Table) -> Judge:
    """``"a,b" "alias.{c,d}"``: the share of rows whose key is in the other frame; one with a null refers to nothing."""
    mine = _names(rule.parameters[0])
    alias, theirs = _reference(rule.parameters[1])
    if alias not in table.sources:
        raise RuleFails(f"{alias} not found in additional sources")
    _check(mine, theirs, table.rows, table.sources[alias])
    equal = reduce(and_, [F.col(f"m{place}") == F.col(f"t{place}") for place in range(len(mine))])
    rows = table.ask_rows()
    key = table.frame(
        f"references {mine} {alias} {theirs}",
        lambda: (
            _keys(table.rows, mine, "m")
            .join(_keys(table.sources[alias], theirs, "t"), on=equal, how="left_semi")
            .agg(F.count(F.lit(1)))
        ),
    )

    def judge() -> Outcome:
        if not table[rows]:
            return Outcome(False, ["Primary data frame contains no data."])
        share = (table.found(key)[0][0] or 0.0) / table[rows]
        return measured(rule.condition.holds(share), share, f"Column.{alias}.ReferentialIntegrity", ".")

    return judge


def custom_sql(rule: Rule, table: Table) -> Judge:
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
    key = table.frame(f"sql {statement}", lambda: answer.toDF("value").select(F.col("value").cast("double")).limit(2))

    def judge() -> Outcome:
        rows = table.found(key)
        if len(rows) != 1:
            return Outcome(False, ["Custom SQL did not return exactly 1 row"])
        value = rows[0][0]
        if value is None:
            refuse(f"CustomSql that returns NULL ({statement}; coalesce it to a number)")
        passed = rule.condition.holds(value)
        reasons = [] if passed else ["Custom SQL response failed to satisfy the threshold"]
        return Outcome(passed, reasons, {"Dataset.*.CustomSQL": value})

    return judge


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _reference(text: str) -> tuple[str, list[str]]:
    found = _MANY.fullmatch(text) or _ONE.fullmatch(text)
    if found is None:
        raise RuleFails("Could not parse ReferenceDatasetColumns parameter")
    return found.group(1), _names(found.group(2))


def _check(mine: Sequence[str], theirs: Sequence[str], primary: DataFrame, reference: DataFrame) -> None:
    if len(mine) != len(theirs):
        raise RuleFails(
            "The number of columns to check from the primary data frame must equal the number of columns to check from"
            " the reference data frame."
        )
    for which, names, rows in (("primary", mine, primary), ("reference", theirs, reference)):
        missing = [name for name in names if name not in rows.columns]
        if len(missing) == 1:
            raise RuleFails(f"Column {missing[0]} does not exist in {which} data frame.")
        if missing:
            raise RuleFails(f"Columns {', '.join(missing)} do not exist in {which} data frame.")


def _keys(rows: DataFrame, names: Sequence[str], letter: str) -> DataFrame:
    """The key columns under names of their own, so that a frame can be held against itself."""
    return rows.select(*[F.col(quoted(name)).alias(f"{letter}{place}") for place, name in enumerate(names)])
