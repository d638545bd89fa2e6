"""A parsed ruleset: rules, composites of rules, and their conditions."""

from dataclasses import dataclass
from decimal import Decimal

RELATIONS = ("=", "!=", ">", ">=", "<", "<=")


@dataclass(frozen=True)
class Operand:
    """What a condition compares with.

    Parameters
    ----------
    kind : str
        ``number``, ``string``, ``date``, ``time`` or ``keyword`` (NULL, EMPTY, WHITESPACES_ONLY).
    text : str
        As it was written.
    value : str
        Without quotes; keywords in capitals.
    """

    kind: str
    text: str
    value: str

    @property
    def number(self) -> Decimal:
        """The number, exactly as written."""
        return Decimal(self.value)


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
    """One rule.

    Parameters
    ----------
    name : str
        The rule type.
    parameters : tuple of str
        Columns, or what else the type takes.
    written : str
        Type and parameters as they were written.
    condition, threshold : Condition or None
        What must hold for the metric or each value; for which share of the rows.
    where : str or None
        A Spark SQL condition on the rows.
    """

    name: str
    parameters: tuple[str, ...]
    written: str
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
