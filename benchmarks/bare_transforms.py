"""The five tables in plain Spark: JSON read, the same rules in their shortest form, Parquet written. Nothing else.

No line is looked at twice, nothing is counted, kept in quarantine or audited, and nobody's identity is replaced.

Usage: bare_transforms.py LANDING OUT {given,inferred}
"""

import sys

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from step_clock import StepClock

EVENT = (
    "customerName string, email string, phone string, birthDay string, serialNumber string, registrationDate bigint,"
    " lastUpdateDate bigint, shareWithResearchAsOfDate bigint"
)
MOTION = "user string, timestamp bigint, x double, y double, z double"
STEP = "sensorReadingTime bigint, serialNumber string, distanceFromObject int"
LANDING, OUT, SCHEMA = sys.argv[1:]
SINCE = "shareWithResearchAsOfDate"

spark = SparkSession.builder.getOrCreate()


def read(source, schema):
    reader = spark.read.option("recursiveFileLookup", "true")
    reader = reader.schema(schema) if SCHEMA == "given" else reader
    names = [column.split()[0] for column in schema.split(", ")]
    return reader.json(f"{LANDING}/{source}/landing").select(*(name for name in names))


def table(name):
    return spark.read.parquet(f"{OUT}/{name}")


def latest_events():
    newest = Window.partitionBy("email").orderBy(F.desc("lastUpdateDate"))
    events = read("customer", EVENT).withColumn("email", F.lower("email"))
    return events.withColumn("rank", F.row_number().over(newest)).where("rank = 1").drop("rank")


def owners():
    """Every device that one customer holds."""
    held = latest_events().groupBy("serialNumber")
    return held.agg(F.min("email").alias("email"), F.min(SINCE).alias(SINCE), F.count("*").alias("n")).where("n = 1")


def customer_trusted():
    return latest_events().where(f"{SINCE} is not null")


def accelerometer_trusted():
    who = latest_events().select(F.col("email").alias("user"), "serialNumber", SINCE)
    motion = read("accelerometer", MOTION).withColumn("user", F.lower("user"))
    return motion.join(F.broadcast(who), "user").where(f"timestamp >= {SINCE}").distinct()


def customers_curated():
    return table("customer_trusted").join(
        table("accelerometer_trusted").selectExpr("user as email").distinct(), "email"
    )


def step_trainer_trusted():
    known = owners().join(table("customers_curated").select("email"), "email").select("serialNumber", SINCE)
    steps = read("step_trainer", STEP).join(F.broadcast(known), "serialNumber")
    return steps.where(f"sensorReadingTime >= {SINCE}").drop(SINCE).distinct()


def machine_learning_curated():
    moves = table("accelerometer_trusted").withColumnRenamed("timestamp", "sensorReadingTime")
    moves = moves.join(F.broadcast(owners().select("serialNumber")), "serialNumber")
    pairs = table("step_trainer_trusted").join(moves, ["serialNumber", "sensorReadingTime"])
    return pairs.select("user", "sensorReadingTime", "distanceFromObject", "x", "y", "z")


clock = StepClock()
for step in (
    customer_trusted,
    accelerometer_trusted,
    customers_curated,
    step_trainer_trusted,
    machine_learning_curated,
):
    with clock.step(step.__name__):
        step().write.parquet(f"{OUT}/{step.__name__}")
clock.print()
