"""ReferentialIntegrity (AWS: "ReferentialIntegrity"): the share of rows whose key is in another frame."""

import re
from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_

from awsglue._choices import quoted
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from awsgluedq._errors import RuleFails
from awsgluedq._measures import Measures
from awsgluedq._outcome import Outcome, measured
from awsgluedq._ruleset import Rule
from awsgluedq._table import Table

_MANY = re.compile(r"(.+)\.\{(.+)\}")
_ONE = re.compile(r"(.+)\.([^.]+)")


def referential_integrity(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """``"a,b" "alias.{c,d}"``: a key that holds a null refers to nothing."""
    mine = _names(rule.parameters[0])
    alias, theirs = _reference(rule.parameters[1])
    if alias not in table.sources:
        raise RuleFails(f"{alias} not found in additional sources")
    _check(mine, theirs, table.rows, table.sources[alias])
    rows = measures.rows()
    key = measures.frame(
        f"references {mine} {alias} {theirs}",
        lambda: (
            _keys(table.rows, mine, "m")
            .join(_keys(table.sources[alias], theirs, "t"), on=_equal(len(mine)), how="left_semi")
            .agg(F.count(F.lit(1)))
        ),
    )

    def judge() -> Outcome:
        if not measures[rows]:
            return Outcome(False, ["Primary data frame contains no data."])
        share = (measures.found(key)[0][0] or 0.0) / measures[rows]
        return measured(rule.condition.holds(share), share, f"Column.{alias}.ReferentialIntegrity", ".")

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


def _equal(number: int):
    return reduce(and_, [F.col(f"m{place}") == F.col(f"t{place}") for place in range(number)])
