"""Rules to outcomes: each rule asks for its measures, all are counted at once, each rule judges."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext

from awsgluedq import _columns, _sources, _values
from awsgluedq._outcome import Judge, Outcome
from awsgluedq._rules import Composite, Rule, RuleFails
from awsgluedq._table import Table

PLANS: dict[str, Callable[[Rule, Table], Judge]] = {
    "ColumnCount": _columns.column_count,
    "ColumnExists": _columns.column_exists,
    "ColumnValues": _values.column_values,
    "Completeness": _columns.completeness,
    "CustomSql": _sources.custom_sql,
    "IsComplete": _columns.completeness,
    "IsPrimaryKey": _columns.is_primary_key,
    "IsUnique": _columns.uniqueness,
    "ReferentialIntegrity": _sources.referential_integrity,
    "RowCount": _columns.row_count,
    "Uniqueness": _columns.uniqueness,
}


def evaluate(table: Table, rules: Sequence[Rule | Composite]) -> list[Outcome]:
    """The outcome of each rule, in their order."""
    leaves = {id(leaf): leaf for rule in rules for leaf in _leaves(rule)}
    with table.views() if any(leaf.name == "CustomSql" for leaf in leaves.values()) else nullcontext():
        judges = {key: _plan(leaf, table) for key, leaf in leaves.items()}
    table.count()
    return [_outcome(rule, judges) for rule in rules]


def _leaves(rule: Rule | Composite) -> list[Rule]:
    return [rule] if isinstance(rule, Rule) else [leaf for part in rule.rules for leaf in _leaves(part)]


def _plan(rule: Rule, table: Table) -> Judge:
    try:
        return PLANS[rule.name](rule, table)
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
