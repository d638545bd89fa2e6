"""Rules to outcomes: each rule asks for its measures, all are counted at once, each rule judges."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext

from awsgluedq import _columns, _keys, _lengths, _references, _sql, _statistics, _types, _values
from awsgluedq._errors import RuleFails
from awsgluedq._measures import Measures
from awsgluedq._outcome import Outcome
from awsgluedq._ruleset import Composite, Rule
from awsgluedq._table import Table

Judge = Callable[[], Outcome]
Plan = Callable[[Rule, Table, Measures], Judge]

PLANS: dict[str, Plan] = {
    "ColumnCount": _columns.column_count,
    "ColumnDataType": _types.column_data_type,
    "ColumnExists": _columns.column_exists,
    "ColumnLength": _lengths.column_length,
    "ColumnValues": _values.column_values,
    "Completeness": _columns.completeness,
    "CustomSql": _sql.custom_sql,
    "DistinctValuesCount": _keys.distinct_values_count,
    "IsComplete": _columns.completeness,
    "IsPrimaryKey": _keys.is_primary_key,
    "IsUnique": _keys.uniqueness,
    "Mean": _statistics.statistic,
    "ReferentialIntegrity": _references.referential_integrity,
    "RowCount": _columns.row_count,
    "StandardDeviation": _statistics.statistic,
    "Sum": _statistics.statistic,
    "UniqueValueRatio": _keys.unique_value_ratio,
    "Uniqueness": _keys.uniqueness,
}


def evaluate(table: Table, rules: Sequence[Rule | Composite]) -> list[Outcome]:
    """The outcome of each rule, in their order."""
    measures = Measures(table)
    leaves = {id(leaf): leaf for rule in rules for leaf in _leaves(rule)}
    with table.views() if any(leaf.name == "CustomSql" for leaf in leaves.values()) else nullcontext():
        judges = {key: _plan(leaf, table, measures) for key, leaf in leaves.items()}
    measures.count()
    return [_outcome(rule, judges) for rule in rules]


def _leaves(rule: Rule | Composite) -> list[Rule]:
    return [rule] if isinstance(rule, Rule) else [leaf for part in rule.rules for leaf in _leaves(part)]


def _plan(rule: Rule, table: Table, measures: Measures) -> Judge:
    try:
        return PLANS[rule.name](rule, table, measures)
    except RuleFails as failure:
        failed = Outcome(False, [str(failure)])
        return lambda: failed


def _outcome(rule: Rule | Composite, judges: dict[int, Judge]) -> Outcome:
    if isinstance(rule, Rule):
        found = judges[id(rule)]()
        return Outcome(found.passed, found.reasons, found.metrics, rule.text)
    return _composed(rule, [_outcome(part, judges) for part in rule.rules])


def _composed(rule: Composite, parts: Sequence[Outcome]) -> Outcome:
    """AWS: "DQDL syntax", How Composite rules work: each part over the whole frame, then the operator."""
    passed = all if rule.operator == "AND" else any
    reasons = [reason for part in parts for reason in part.reasons]
    metrics = {name: value for part in parts for name, value in part.metrics.items()}
    return Outcome(passed(part.passed for part in parts), reasons, metrics, rule.text)
