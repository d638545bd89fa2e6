"""Audits: a staged table is held against its ruleset (`rulesets/<table>.dqdl`) before it is published.

The rulesets are in AWS Glue's Data Quality Definition Language (AWS Glue, "Data Quality Definition Language (DQDL)
reference"), and Glue's own EvaluateDataQuality transform evaluates them.
"""

import re
from importlib.resources import files
from string import Template

from helpers.errors import AuditFailed
from helpers.findings import write_finding
from helpers.publishing.staged import read_staged, read_table
from helpers.settings import Settings

REFERENCE = re.compile(r'ReferentialIntegrity\s+"[^"]*"\s+"(\w+)\.')
EMPTY = "Rules = [ RowCount = ${kept} ]"
"""The ruleset of a table without rows: to Glue a column of no values is not complete, but there is no row at fault."""


def read_ruleset(name: str, settings: Settings, kept: int) -> str:
    """The text of a ruleset, with ``${kept}`` and the settings (``${consent}`` ...) filled in."""
    text = (files("helpers.publishing") / "rulesets" / f"{name}.dqdl").read_text("utf-8") if kept else EMPTY
    return Template(text).substitute(vars(settings), kept=kept)


def audit_staged(glueContext, settings: Settings, table: str, kept: int, ruleset: str | None = None) -> None:
    """Hold the version that this run staged against its ruleset, print and note each rule, refuse it if one is broken.

    Parameters
    ----------
    glueContext : awsglue.context.GlueContext
        The session's context.
    table : str
        The table; the published tables that its ruleset refers to are read too.
    kept : int
        How many rows the accounting says were kept.
    ruleset : str, optional
        Name of the ruleset; by default the table's own.

    Raises
    ------
    AuditFailed
        Naming each broken rule (which says what was expected) and what was found. Nothing was published; the staged
        rows stay in ``<table>__staged`` for a look, until the next run.
    """
    # Only a Glue session has these: whoever reads the tables elsewhere can import this module all the same.
    from awsglue.dynamicframe import DynamicFrame
    from awsgluedq.transforms import EvaluateDataQuality

    spark, rules = glueContext.spark_session, read_ruleset(ruleset or table, settings, kept)
    references = {name: read_table(spark, settings, name) for name in set(REFERENCE.findall(rules))}
    outcomes = EvaluateDataQuality.apply(
        frame=DynamicFrame.fromDF(read_staged(spark, settings, table), glueContext, table),
        ruleset=rules,
        publishing_options={
            "dataQualityEvaluationContext": table,
            "enableDataQualityCloudWatchMetrics": False,
            "enableDataQualityResultsPublishing": False,
        },
        additional_data_sources={
            name: DynamicFrame.fromDF(rows, glueContext, name) for name, rows in references.items()
        },
    )
    found, broken = [], []
    for row in outcomes.toDF().collect():
        passed = row["Outcome"] == "Passed"
        found.append({"table": table, "expected": row["Rule"], "found": _found(row), "passed": passed})
        if passed:
            print(f"ok    {row['Rule']}")
        else:
            broken.append(f"expected {row['Rule']}, found {_found(row)}")
            print(f"FAIL  {broken[-1]}")
    write_finding(settings, f"audit_{table}", found)
    if broken:
        raise AuditFailed(f"{table} was not published: {'; '.join(broken)}")


def _found(outcome) -> str:
    """What a rule found: its metrics, such as ``Dataset.*.RowCount = 470``, or else Glue's own sentence."""
    metrics = outcome["EvaluatedMetrics"] or {}
    values = ", ".join(f"{name} = {value:.15g}" for name, value in sorted(metrics.items()))
    return values or outcome["FailureReason"] or "no reason given"
