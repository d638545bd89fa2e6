"""ColumnValues (AWS: "ColumnValues"): what every value of a column must be."""

from awsglue._step import refuse
from pyspark import SparkContext
from pyspark.errors import IllegalArgumentException
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from awsgluedq._outcome import Judge, Outcome, measured, nothing_measured, unmet
from awsgluedq._rules import Condition, Operand, Rule, RuleFails, RulesetNotValid
from awsgluedq._table import Table, first_line

_LOWER, _UPPER = ("Minimum", F.min), ("Maximum", F.max)
_BOUNDS = {">": [_LOWER], ">=": [_LOWER], "<": [_UPPER], "<=": [_UPPER], "=": [_LOWER, _UPPER]}
_TEXTS = (spark.StringType, spark.NumericType, spark.DateType, spark.TimestampType)
_DATES = (spark.StringType, spark.DateType, spark.TimestampType)


def column_values(rule: Rule, table: Table) -> Judge:
    """Numbers against a bound by the smallest and the largest value; all else by the share of rows that do.

    "For all ColumnValues rules (other than != and NOT IN), NULL rows will fail the rule" (AWS: "ColumnValues").
    """
    if any(operand.kind == "time" for operand in rule.condition.operands):
        refuse(f"A time of day in ColumnValues {rule.condition.text}")
    bounded = rule.condition.operator in _BOUNDS and rule.condition.kinds == {"number"} and not rule.threshold
    return (_by_bounds if bounded else _by_share)(rule, table)


def _by_bounds(rule: Rule, table: Table) -> Judge:
    (name,) = rule.parameters
    column = table.number(name)
    nulls = table.holding(f"null {name}", column.isNull(), rule.where)
    bounds = {
        bound: table.aggregate(f"{bound} {name}", aggregate, column, rule.where)
        for bound, aggregate in _BOUNDS[rule.condition.operator]
    }

    def judge() -> Outcome:
        found = {bound: table[key] for bound, key in bounds.items()}
        reasons = []
        for bound, value in found.items():
            if value is None:
                reasons += nothing_measured(f"{bound}({name})").reasons
            elif not rule.condition.holds(value):
                reasons.append(unmet(value))
        reasons += [unmet("NULL")] if table[nulls] else []
        metrics = {f"Column.{name}.{bound}": value for bound, value in found.items() if value is not None}
        return Outcome(not reasons, reasons, metrics)

    return judge


def _by_share(rule: Rule, table: Table) -> Judge:
    (name,) = rule.parameters
    column, kind = table.column(name), table.kind(name)
    rows = table.ask_rows(rule.where)
    holding = table.holding(f"{name} {rule.condition.text}", _predicate(rule.condition, column, kind), rule.where)
    failing = column.isNull() & ~_predicate(rule.condition, F.lit(None).cast(kind), kind)
    nulls = table.holding(f"null and failing {name} {rule.condition.text}", failing, rule.where)
    by_pattern = rule.condition.operator.endswith("matches") and isinstance(kind, spark.StringType)
    metric = "PatternMatch" if by_pattern and not rule.threshold else "ColumnValues.Compliance"

    def judge() -> Outcome:
        if not table[rows]:
            return nothing_measured(f"{metric.rpartition('.')[2]}({name})")
        share = table[holding] / table[rows]
        passed = rule.threshold.holds(share) if rule.threshold else share == 1
        outcome = measured(passed, share, f"Column.{name}.{metric}")
        reasons = [unmet("NULL")] if not passed and not rule.threshold and table[nulls] else []
        return Outcome(passed, [*outcome.reasons, *reasons], outcome.metrics)

    return judge


def _predicate(condition: Condition, column: Column, kind: spark.DataType) -> Column:
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
        if not condition.kinds and condition.keywords == {"NULL"}:
            return column
        refuse(f"ColumnValues {condition.text} over a column of type {kind.simpleString()}")
    if condition.kinds == {"date"}:
        return F.to_date(column)
    return column if condition.kinds == {"number"} else column.cast("string")


def _member(condition: Condition, column: Column, value: Column) -> Column:
    """Whether a value is one of the operands; WHITESPACES_ONLY is blanks and nothing else, at least one."""
    named = condition.keywords
    listed = [_literal(operand) for operand in condition.operands if operand.kind != "keyword"]
    found = F.lit(False)
    if listed:
        found = found | value.isin(listed)
    if "EMPTY" in named:
        found = found | (value == "")
    if "WHITESPACES_ONLY" in named:
        found = found | ((F.length(F.trim(value)) == 0) & (F.length(value) > 0))
    found = F.coalesce(found, F.lit(False))
    return found | column.isNull() if "NULL" in named else found


def _literal(operand: Operand) -> Column:
    if operand.kind == "number":
        return F.lit(operand.number)
    return F.to_date(F.lit(operand.value)) if operand.kind == "date" else F.lit(operand.value)


def _compared(condition: Condition, value: Column) -> Column:
    first, last = _literal(condition.operands[0]), _literal(condition.operands[-1])
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
    pattern = condition.operands[0].text[1:-1]  # AWS hands it on as it is written, with its backslashes
    whole = f"^{pattern}$" if condition.operator == "matches" else rf"^(?!\b{pattern}\b).*$"
    _check_pattern(whole)
    return F.regexp_extract(column, whole, 0) != ""


def _check_pattern(pattern: str) -> None:
    try:
        SparkContext._active_spark_context._jvm.java.util.regex.Pattern.compile(pattern)
    except IllegalArgumentException as error:
        raise RulesetNotValid(f"matches: {pattern} is not a regular expression ({first_line(error)})") from error
