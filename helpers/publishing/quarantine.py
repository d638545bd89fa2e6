"""Lines that could not be read: kept in a table of their own, with the reason, so that somebody can mend the source."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from helpers.accounting import Accounting
from helpers.publishing.audits import audit_staged
from helpers.publishing.publish import publish
from helpers.publishing.staged import staged_location, write_staged
from helpers.settings import Settings

COLUMNS = ["run_id", "reason", "file", "record"]
"""The columns of every quarantine table. ``record`` is the raw line: it holds identity, and is never printed."""


def quarantined_lines(classified: DataFrame, settings: Settings) -> DataFrame:
    """The rows of a quarantine table.

    Parameters
    ----------
    classified : DataFrame
        With ``reason``, ``file``, ``line`` and ``copies`` (equal lines of one file stand in one row).

    Returns
    -------
    DataFrame
        Grain: one row a line. ``COLUMNS``.
    """
    return (
        classified.where("reason is not null")
        .withColumn("copy", F.explode(F.sequence(F.lit(1), F.col("copies").cast("int"))))
        .select(F.lit(settings.run_id).alias("run_id"), "reason", _decoded("file"), F.col("line").alias("record"))
    )


def _decoded(column: str) -> Column:
    """A file's name as it is; Spark gives it URL-encoded, though with a plus sign as it is."""
    return F.expr(f"url_decode(replace({column}, '+', '%2B'))").alias(column)


def publish_quarantine(
    glueContext, settings: Settings, source: str, classified: DataFrame, accounting: Accounting
) -> dict[str, int]:
    """Publish the quarantine of one source, as the tables are: staged, then one catalog update.

    Parameters
    ----------
    glueContext : awsglue.context.GlueContext
        The session's context.
    source : {"customer", "accelerometer", "step_trainer"}
        Whose lines they are.
    classified : DataFrame
        See `quarantined_lines`.
    accounting : Accounting
        What became of the source's lines; where none is in quarantine, they are not looked through again.

    Returns
    -------
    dict of str to int
        The quarantine table's name and its number of rows.
    """
    # Only a Glue session has awsglue: whoever reads the tables elsewhere can import this module all the same.
    from awsglue.dynamicframe import DynamicFrame

    table = f"quarantine_{source}"
    lines = quarantined_lines(classified, settings)
    if not accounting.quarantined:
        lines = lines.limit(0)
    sink = glueContext.getSink(
        connection_type="s3",
        path=staged_location(settings, table),
        enableUpdateCatalog=True,
        updateBehavior="UPDATE_IN_DATABASE",
        partitionKeys=[],
    )
    write_staged(sink, DynamicFrame.fromDF(lines, glueContext, table), settings, table)
    if accounting.quarantined:
        audit_staged(glueContext, settings, table, sum(accounting.quarantined.values()), ruleset="quarantine")
    return {table: publish(glueContext.spark_session, settings, table)}
