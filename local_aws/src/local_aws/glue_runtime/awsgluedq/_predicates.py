"""The condition of a ColumnValues rule as a Spark condition on one value, which is never null."""

from awsglue._step import refuse
from pyspark import SparkContext
from pyspark.errors import IllegalArgumentException
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from awsgluedq._errors import RuleFails, RulesetNotValid
from awsgluedq._ruleset import Condition
from awsgluedq._table import first_line

_TEXTS = (spark.StringType, spark.NumericType, spark.DateType, spark.TimestampType)
_DATES = (spark.StringType, spark.DateType, spark.TimestampType)


def predicate(condition: Condition, column: Column, kind: spark.DataType) -> Column:
    """Whether a value meets the condition; null meets only ``!=``, ``not in`` and what names NULL."""
    if condition.operator.endswith("matches"):
        return F.coalesce(_matches(condition, column, kind), F.lit(False))
    value = _comparable(condition, column, kind)
    if condition.operator in ("=", "in"):
        return _member(condition, column, value)
    if condition.operator in ("!=", "not in"):
        return ~_member(condition, column, value)
    return F.coalesce(_compared(condition, value), F.lit(False))


def _comparable(condition: Condition, column: Column, kind: spark.DataType) -> Column:
    """The value in the type that the condition speaks of."""
    wanted = {"number": (spark.NumericType,), "date": _DATES}.get(next(iter(condition.kinds), ""), _TEXTS)
    if not isinstance(kind, wanted):
        if not condition.kinds and all(operand.value == "NULL" for operand in condition.operands):
            return column
        refuse(f"ColumnValues {condition.text} over a column of type {kind.simpleString()}")
    if condition.kinds == {"date"}:
        return F.to_date(column)
    return column if condition.kinds == {"number"} else column.cast("string")


def _member(condition: Condition, column: Column, value: Column) -> Column:
    """Whether a value is one of the operands; WHITESPACES_ONLY is blanks and nothing else, at least one."""
    named = {operand.value for operand in condition.operands if operand.kind == "keyword"}
    listed = [_literal(condition, place) for place in range(len(condition.operands)) if _is_value(condition, place)]
    found = F.lit(False)
    if listed:
        found = found | value.isin(listed)
    if "EMPTY" in named:
        found = found | (value == "")
    if "WHITESPACES_ONLY" in named:
        found = found | ((F.length(F.trim(value)) == 0) & (F.length(value) > 0))
    found = F.coalesce(found, F.lit(False))
    return found | column.isNull() if "NULL" in named else found


def _is_value(condition: Condition, place: int) -> bool:
    return condition.operands[place].kind != "keyword"


def _literal(condition: Condition, place: int) -> Column:
    operand = condition.operands[place]
    if operand.kind == "number":
        return F.lit(operand.number)
    return F.to_date(F.lit(operand.value)) if operand.kind == "date" else F.lit(operand.value)


def _compared(condition: Condition, value: Column) -> Column:
    first, last = _literal(condition, 0), _literal(condition, -1)
    return {
        ">": lambda: value > first,
        ">=": lambda: value >= first,
        "<": lambda: value < first,
        "<=": lambda: value <= first,
        "between": lambda: (value > first) & (value < last),
        "not between": lambda: (value <= first) | (value >= last),
    }[condition.operator]()


def _matches(condition: Condition, column: Column, kind: spark.DataType) -> Column:
    """As AWS's evaluator does: an empty match is no match, so that an empty string matches nothing."""
    if not isinstance(kind, spark.StringType):
        raise RuleFails(f"Expected type of the column to be StringType, but found {type(kind).__name__} instead!")
    pattern = condition.operands[0].value
    whole = f"^{pattern}$" if condition.operator == "matches" else rf"^(?!\b{pattern}\b).*$"
    _check_pattern(whole)
    return F.regexp_extract(column, whole, 0) != ""


def _check_pattern(pattern: str) -> None:
    try:
        SparkContext._active_spark_context._jvm.java.util.regex.Pattern.compile(pattern)
    except IllegalArgumentException as error:
        raise RulesetNotValid(f"matches: {pattern} is not a regular expression ({first_line(error)})") from error
