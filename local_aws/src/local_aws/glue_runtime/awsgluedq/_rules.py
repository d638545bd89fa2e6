"""A parsed ruleset: rules, composites of rules, their conditions; and the rule types that there are."""

import re
from dataclasses import dataclass
from decimal import Decimal

NUMBER, VALUES, NONE = "number", "values of any kind", "none"
ANY_NUMBER = 100


@dataclass(frozen=True)
class RuleType:
    """How many parameters rules of a type have, what their condition holds, and what may follow it."""

    least: int = 1
    most: int = 1
    condition: str = NUMBER
    where: bool = True
    threshold: bool = False


RULE_TYPES = {
    "ColumnCount": RuleType(0, 0, where=False),
    "ColumnExists": RuleType(condition=NONE, where=False),
    "ColumnValues": RuleType(condition=VALUES, threshold=True),
    "Completeness": RuleType(),
    "CustomSql": RuleType(where=False),
    "IsComplete": RuleType(condition=NONE),
    "IsPrimaryKey": RuleType(1, ANY_NUMBER, condition=NONE),
    "IsUnique": RuleType(1, ANY_NUMBER, condition=NONE),
    "ReferentialIntegrity": RuleType(2, 2, where=False),
    "RowCount": RuleType(0, 0),
    "Uniqueness": RuleType(1, ANY_NUMBER),
}
"""AWS: "DQDL rule type reference"."""
NOT_HERE = {
    "AggregateMatch", "AllStatistics", "ColumnCorrelation", "ColumnDataType", "ColumnLength", "ColumnNamesMatchPattern",
    "DataFreshness", "DatasetMatch", "DetectAnomalies", "DistinctValuesCount", "DuplicateRowCount", "Entropy",
    "FileFreshness", "FileMatch", "FileSize", "FileUniqueness", "InterquartileRange", "Kurtosis", "Mean", "Range",
    "RowCountMatch", "SchemaMatch", "Skewness", "StandardDeviation", "Sum", "UniqueValueRatio", "Variance",
    "ZerosCount",
}  # fmt: skip


class RulesetNotValid(ValueError):
    """The ruleset is not DQDL; AWS raises its InvalidDataQualityRulesetException."""


class RuleFails(Exception):
    """A rule that cannot be evaluated over this data: its outcome is Failed, for this reason."""


def unquoted(text: str) -> str:
    r"""A string without its quotes, ``\"`` and ``\\`` undone; other words as they are."""
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


@dataclass(frozen=True)
class Operand:
    """What a condition compares with: its kind (``number``, ``string``, ``date``, ``time``, ``keyword``) and text."""

    kind: str
    text: str

    @property
    def value(self) -> str:
        """The text without quotes."""
        return unquoted(self.text)

    @property
    def number(self) -> Decimal:
        """The number, exactly as written."""
        return Decimal(self.text)


@dataclass(frozen=True)
class Condition:
    """An expression (AWS: "DQDL syntax", Expressions)."""

    operator: str
    operands: tuple[Operand, ...]

    @property
    def text(self) -> str:
        """The expression as AWS writes it back."""
        words = [operand.text for operand in self.operands]
        if self.operator.endswith("between"):
            return f"{self.operator} {words[0]} and {words[1]}"
        return f"{self.operator} [{','.join(words)}]" if self.operator.endswith("in") else f"{self.operator} {words[0]}"

    @property
    def kinds(self) -> set[str]:
        """The kinds of operands, keywords apart."""
        return {operand.kind for operand in self.operands} - {"keyword"}

    @property
    def keywords(self) -> set[str]:
        """Those of NULL, EMPTY and WHITESPACES_ONLY that it names."""
        return {operand.value for operand in self.operands if operand.kind == "keyword"}

    def holds(self, value: float) -> bool:
        """Whether a metric meets the condition; ``between`` leaves its bounds out."""
        bounds = [float(operand.number) for operand in self.operands]
        first, last = bounds[0], bounds[-1]
        return {
            "=": value == first,
            "!=": value != first,
            ">": value > first,
            ">=": value >= first,
            "<": value < first,
            "<=": value <= first,
            "between": first < value < last,
            "not between": value <= first or value >= last,
            "in": value in bounds,
            "not in": value not in bounds,
        }[self.operator]


@dataclass(frozen=True)
class Rule:
    """One rule: its type, parameters (as written, and without quotes), and what must hold.

    ``condition`` is on the metric or each value, ``threshold`` on the share of rows that meet it; ``where`` is a Spark
    SQL condition on the rows.
    """

    name: str
    parameters: tuple[str, ...] = ()
    written: str = ""
    condition: Condition | None = None
    threshold: Condition | None = None
    where: str | None = None

    @property
    def text(self) -> str:
        """The rule as AWS writes it back."""
        parts = [self.written]
        parts += [self.condition.text] if self.condition else []
        parts += [f"with threshold {self.threshold.text}"] if self.threshold else []
        return " ".join(parts + ([f'where "{self.where}"'] if self.where else []))


@dataclass(frozen=True)
class Composite:
    """Rules that ``and`` or ``or`` connects (AWS: "DQDL syntax", Composite rules)."""

    operator: str
    rules: tuple["Rule | Composite", ...]

    @property
    def text(self) -> str:
        """The rule as AWS writes it back."""
        return f" {self.operator} ".join(f"({rule.text})" for rule in self.rules)
