"""A first, small piece of work for a new Spark, so that a user's first statement need not wait for Java to load it.

Java loads and compiles Spark's classes, and Python pandas, when they are first used, which takes seconds. A session is
ready before that, and mostly idle in its first seconds.
"""

import os
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WARM_UP_VARIABLE = "LOCAL_AWS_SESSION_WARM_UP"
"""``no`` spares the work, which takes 3 s of a processor: for sessions that do little."""
LINES = "a 1\nb 2\n"
PACKAGES = ("boto3", "pandas", "matplotlib.pyplot")
"""What Glue has installed, and nearly every session imports."""


def import_packages() -> None:
    """Begin to import what statements import, while Java starts."""
    threading.Thread(target=lambda: list(map(import_module, PACKAGES)), daemon=True).start()


def warm_up(spark: "SparkSession", scratch: Path) -> None:
    """Begin that work, beside whatever the session does."""
    if os.environ.get(WARM_UP_VARIABLE) != "no":
        threading.Thread(target=work, args=[spark.newSession(), scratch / "warm-up"], daemon=True).start()


def work(spark: "SparkSession", folder: Path) -> None:
    """Read, parse, aggregate, join, write and read back two lines."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    spark.sparkContext.setJobGroup("warm-up", "warm-up of the session")
    folder.mkdir()
    (folder / "lines").write_text(LINES, "utf-8")
    # In Python too, whose workers take a second to load pandas.
    split = F.udf(lambda line: line.split(), "array<string>", useArrow=True)
    lines = spark.read.text((folder / "lines").as_uri()).select(split("value").alias("parts"))
    rows = lines.select(F.col("parts")[0].alias("key"), F.col("parts")[1].cast("bigint").alias("time"))
    newest = F.row_number().over(Window.partitionBy("key").orderBy(F.desc("time")))
    counted = rows.groupBy("key", "time").count().withColumn("newest", newest == 1)
    joined = counted.join(rows.select("key").distinct(), on="key", how="left").persist()
    joined.groupBy("newest").agg(F.sum("count")).collect()
    joined.write.parquet((folder / "rows").as_uri())
    spark.read.parquet((folder / "rows").as_uri()).agg(F.count_distinct("key")).collect()
    joined.unpersist()
