"""Audits: a staged table is held against its ruleset (`rulesets/<table>.dqdl`) before it is published.

The rulesets are in AWS Glue's Data Quality Definition Language (AWS Glue, "Data Quality Definition Language (DQDL)
reference"), and Glue's own EvaluateDataQuality transform evaluates them: by ``process_rows``, as only there AWS
documents other tables to refer to ("ReferentialIntegrity").
"""

import re
from collections.abc import Callable
from importlib.resources import files
from string import Template

from pyspark.sql import DataFrame

from helpers.errors import AuditFailed
from helpers.records import write_finding
from helpers.settings import Settings
from helpers.tables import TABLES

Reader = Callable[[str], DataFrame]

REFERENCE = re.compile(r'ReferentialIntegrity\s+"[^"]*"\s+"(\w+)\.')


def read_ruleset(name: str, settings: Settings, kept: int) -> str:
    """The text of a ruleset, with ``${kept}`` and the settings (``${consent}`` ...) filled in."""
    text = (files("helpers.publishing") / "rulesets" / f"{name}.dqdl").read_text("utf-8")
    return Template(text).substitute(vars(settings), kept=kept)


def audit(glueContext, settings: Settings, table: str, rows: DataFrame, kept: int, read: Reader) -> None:
    """Hold a table's new version against its ruleset, print and note each rule, refuse it if one is broken.

    A version without rows is not to be asked: to Glue a column of no values is not complete, though no row is at fault.

    Parameters
    ----------
    rows : DataFrame
        The version, read back from its files.
    kept : int
        How many rows the accounting says were kept.
    read : callable
        Gives the rows of a published table that the ruleset refers to.

    Raises
    ------
    AuditFailed
        Naming each broken rule (which says what was expected) and what was found. Nothing was published; the staged
        rows stay in ``<table>__staged`` for a look, until the next run.
    """
    # Only a Glue session has these: whoever reads the tables elsewhere can import this module all the same.
    from awsglue.dynamicframe import DynamicFrame
    from awsglue.transforms import SelectFromCollection
    from awsgluedq.transforms import EvaluateDataQuality

    rules = read_ruleset(TABLES[table].ruleset, settings, kept)
    evaluated = EvaluateDataQuality().process_rows(
        frame=DynamicFrame.fromDF(rows, glueContext, table),
        ruleset=rules,
        publishing_options={
            "dataQualityEvaluationContext": table,
            "enableDataQualityCloudWatchMetrics": False,
            "enableDataQualityResultsPublishing": False,
        },
        additional_options={"performanceTuning.caching": "CACHE_NOTHING"},
        additional_data_sources={
            name: DynamicFrame.fromDF(read(name), glueContext, name) for name in set(REFERENCE.findall(rules))
        },
    )
    outcomes = SelectFromCollection.apply(dfc=evaluated, key="ruleOutcomes", transformation_ctx="ruleOutcomes")
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
