"""A parsed ruleset: rules and their conditions; and the rule types that there are."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import Any

NUMBER, VALUES, NONE = "a number", "numbers, strings or a pattern", "nothing"

RULE_TYPES = {
    "ColumnCount": (0, NUMBER),
    "ColumnValues": (1, VALUES),
    "Completeness": (1, NUMBER),
    "CustomSql": (1, NUMBER),
    "IsComplete": (1, NONE),
    "IsUnique": (1, NONE),
    "ReferentialIntegrity": (2, NUMBER),
    "RowCount": (0, NUMBER),
    "Uniqueness": (1, NUMBER),
}
"""How many parameters rules of a type have, and what their condition holds (AWS: "DQDL rule type reference")."""
NOT_HERE = {
    "AggregateMatch", "AllStatistics", "ColumnCorrelation", "ColumnDataType", "ColumnExists", "ColumnLength",
    "ColumnNamesMatchPattern", "DataFreshness", "DatasetMatch", "DetectAnomalies", "DistinctValuesCount",
    "DuplicateRowCount", "Entropy", "FileFreshness", "FileMatch", "FileSize", "FileUniqueness", "InterquartileRange",
    "IsPrimaryKey", "Kurtosis", "Mean", "Range", "RowCountMatch", "SchemaMatch", "Skewness", "StandardDeviation", "Sum",
    "UniqueValueRatio", "Variance", "ZerosCount",
}  # fmt: skip


class RulesetNotValid(ValueError):
    """The ruleset is not DQDL; AWS raises its InvalidDataQualityRulesetException."""


class RuleFails(Exception):
    """A rule that cannot be evaluated over this data: its outcome is Failed, for this reason."""


def unquoted(text: str) -> str:
    r"""A string without its quotes, ``\"`` and ``\\`` undone; other words as they are."""
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


@dataclass(frozen=True)
class Condition:
    """An expression (AWS: "DQDL syntax", Expressions): an operator and its operands as they are written."""

    operator: str
    operands: tuple[str, ...]

    @property
    def text(self) -> str:
        """The expression as AWS writes it back."""
        if self.operator.endswith("between"):
            return f"{self.operator} {self.operands[0]} and {self.operands[1]}"
        listed = ",".join(self.operands)
        return f"{self.operator} [{listed}]" if self.operator.endswith("in") else f"{self.operator} {listed}"

    @property
    def values(self) -> list[Decimal | str]:
        """The operands' values, numbers exactly as they are written."""
        return [unquoted(text) if text.startswith('"') else Decimal(text) for text in self.operands]

    @property
    def kinds(self) -> set[type]:
        """The kinds of operands."""
        return set(map(type, self.values))

    def met_by(self, value: Any, bounds: list[Any]) -> Any:
        """Whether a number, or a column's value, meets the condition; ``between`` leaves its bounds out."""
        first, last = bounds[0], bounds[-1]
        equal = reduce(or_, [value == bound for bound in bounds])
        other = reduce(and_, [value != bound for bound in bounds])
        return {
            "=": equal,
            "in": equal,
            "!=": other,
            "not in": other,
            ">": value > first,
            ">=": value >= first,
            "<": value < first,
            "<=": value <= first,
            "between": (value > first) & (value < last),
            "not between": (value <= first) | (value >= last),
        }[self.operator]

    def holds(self, metric: float) -> bool:
        """Whether a metric meets the condition."""
        return self.met_by(metric, [float(value) for value in self.values])


@dataclass(frozen=True)
class Rule:
    """One rule: its type, its parameters without quotes, the two as they are written, and what must hold."""

    name: str
    parameters: tuple[str, ...]
    written: str
    condition: Condition | None = None

    @property
    def text(self) -> str:
        """The rule as AWS writes it back."""
        return f"{self.written} {self.condition.text}" if self.condition else self.written
