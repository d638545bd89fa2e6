"""What became of a rule, and the frame of all outcomes."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from awsglue.dynamicframe import DynamicFrame

from awsgluedq._rules import Rule

if TYPE_CHECKING:
    from awsglue.context import GlueContext

SCHEMA = "Rule string, Outcome string, FailureReason string, EvaluatedMetrics map<string,double>, EvaluatedRule string"
"""AWS: "EvaluateDataQuality class" shows the first four; AWS's evaluator adds the fifth, with the values that dynamic
rules came to. As there are no dynamic rules here, it repeats the rule."""


@dataclass(frozen=True)
class Outcome:
    """Whether a rule holds, why not (one line each), and what was measured, under AWS's names."""

    passed: bool
    reasons: list[str] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)


Judge = Callable[[], Outcome]
"""What gives the outcome of a rule once everything is counted."""


def unmet(value: float | int | str, mark: str = "!") -> str:
    """AWS's sentence about a value that does not do."""
    shown = written_by_java(value) if isinstance(value, float) else value
    return f"Value: {shown} does not meet the constraint requirement{mark}"


def measured(passed: bool, value: float | int, metric: str, mark: str = "!") -> Outcome:
    """The outcome of a rule with one metric."""
    return Outcome(passed, [] if passed else [unmet(value, mark)], {metric: float(value)})


def nothing_measured(what: str) -> Outcome:
    """Of no rows, or of nulls alone, nothing is complete, unique or within bounds: the rule fails, as in deequ."""
    return Outcome(False, [f"Empty state for analyzer {what}, all input values were NULL."])


def written_by_java(value: float) -> str:
    """A double as the Java of AWS's evaluator writes it: ``0.5``, ``1.0E-4``, ``1.6064E12``."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    return f"{'-' * sign}{text[0]}.{text[1:] or '0'}E{int(exponent) + len(text) - 1}"


def outcomes_frame(rules: Sequence[Rule], outcomes: Sequence[Outcome], glue_context: "GlueContext") -> DynamicFrame:
    """One row a rule, in their order."""
    rows = [
        {
            "Rule": rule.text,
            "Outcome": "Passed" if outcome.passed else "Failed",
            "FailureReason": "\n".join(outcome.reasons) or None,
            "EvaluatedMetrics": outcome.metrics,
            "EvaluatedRule": rule.text,
        }
        for rule, outcome in zip(rules, outcomes, strict=True)
    ]
    # As text that Java reads: rows that Python makes would cost a Python worker.
    query = f"select inline(from_json(:rows, 'array<struct<{SCHEMA}>>'))"
    frame = glue_context.spark_session.sql(query, {"rows": json.dumps(rows)})
    return DynamicFrame.fromDF(frame, glue_context, "ruleOutcomes")
