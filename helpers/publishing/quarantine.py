"""Lines that could not be read: kept in a table of their own, with the reason, so that somebody can mend the source.

``record`` is the raw line: it holds identity, and is never printed.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def quarantined_lines(classified: DataFrame, run_id: str) -> DataFrame:
    """The rows of a quarantine table, which a run puts there.

    Parameters
    ----------
    classified : DataFrame
        With ``reason``, ``file``, ``line`` and ``copies`` (equal lines of one file stand in one row).

    Returns
    -------
    DataFrame
        Grain: one row a line. The columns of the table (`helpers.tables`).
    """
    # Spark gives a file's name URL-encoded, though with a plus sign as it is.
    file = F.expr("url_decode(replace(file, '+', '%2B'))").alias("file")
    return (
        classified.where("reason is not null")
        .withColumn("copy", F.explode(F.sequence(F.lit(1), F.col("copies").cast("int"))))
        .select(F.lit(run_id).alias("run_id"), "reason", file, F.col("line").alias("record"))
    )
