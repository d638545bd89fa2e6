"""ColumnDataType (AWS: "ColumnDataType"): the share of values that can be cast; null cannot."""

import re
from collections.abc import Callable

from awsglue._step import refuse

from awsgluedq._measures import Measures
from awsgluedq._outcome import Outcome, measured
from awsgluedq._ruleset import Rule
from awsgluedq._table import Table

_TYPES = {"BOOLEAN", "DATE", "TIMESTAMP", "INTEGER", "DOUBLE", "FLOAT", "LONG"}
_DECIMAL = re.compile(r"DECIMAL\(\d+, *\d+\)")


def column_data_type(rule: Rule, table: Table, measures: Measures) -> Callable[[], Outcome]:
    """Whether all values, or as many as the threshold asks for, can be cast to the type; ``!=`` asks for the others."""
    (name,) = rule.parameters
    kind = rule.condition.operands[0].value.upper()
    if kind not in _TYPES and not _DECIMAL.fullmatch(kind):
        refuse(f"ColumnDataType {rule.condition.text}")
    fits = table.column(name).cast("long" if kind == "LONG" else kind.lower()).isNotNull()
    wanted = fits if rule.condition.operator == "=" else ~fits
    rows = measures.rows(rule.where)
    matching = measures.holding(f"cast {name} {rule.condition.text}", wanted, rule.where)

    def judge() -> Outcome:
        if not measures[rows]:
            return Outcome(True, ["No rows matched the filter"])
        share = measures[matching] / measures[rows]
        passed = rule.threshold.holds(share) if rule.threshold else share == 1
        return measured(passed, share, f"Column.{name}.ColumnDataType.Compliance", ".")

    return judge
