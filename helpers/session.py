"""What every notebook sets in its Spark session."""

from pyspark.sql import SparkSession


def prepare_spark(spark: SparkSession) -> None:
    """Set what reading and writing rely on: UTC, and dates before 1582 (birthDay may say 1208) as they are."""
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.ansi.enabled", "false")
    spark.conf.set("spark.sql.caseSensitive", "false")
    for side in ("InWrite", "InRead"):
        spark.conf.set(f"spark.sql.parquet.datetimeRebaseMode{side}", "CORRECTED")
