"""The curated machine-learning table: step readings joined with motion, identity replaced by a keyed hash."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

COLUMNS = ["participantId", "sensorReadingTime", "distanceFromObject", "x", "y", "z"]
"""The columns of machine_learning_curated, in the order of the table."""


def join_keys(match: str) -> list[str]:
    """The columns that a step and a motion reading must share to be a pair.

    ``customer_and_time`` pairs readings of one customer (the device that the customer holds) at one millisecond.
    ``time_only`` is what most published solutions do: it also pairs different customers' readings of one millisecond.
    """
    return {"customer_and_time": ["serialNumber", "sensorReadingTime"], "time_only": ["sensorReadingTime"]}[match]


def steps_to_join(steps: DataFrame) -> DataFrame:
    """The step side of the join.

    Returns
    -------
    DataFrame
        Grain: one row a step reading. ``serialNumber``, ``sensorReadingTime`` epoch ms, ``distanceFromObject`` cm,
        ``joins`` (true).
    """
    return steps.select("serialNumber", "sensorReadingTime", "distanceFromObject", F.lit(True).alias("joins"))


def motion_to_join(motion: DataFrame, devices: DataFrame) -> DataFrame:
    """The motion side of the join. A device that belongs to nobody joins nothing.

    Parameters
    ----------
    motion : DataFrame
        accelerometer_trusted, one row a reading.
    devices : DataFrame
        The result of `helpers.customers.device_owners`, one row a device.

    Returns
    -------
    DataFrame
        Grain: one row a motion reading. ``user``, ``serialNumber``, ``sensorReadingTime`` epoch ms, ``x``, ``y``,
        ``z``, ``joins`` boolean.
    """
    known = devices.select("serialNumber", "ambiguous")
    return motion.join(known, on="serialNumber", how="left").select(
        "user",
        "serialNumber",
        F.col("timestamp").alias("sensorReadingTime"),
        "x",
        "y",
        "z",
        (~F.coalesce("ambiguous", F.lit(True))).alias("joins"),
    )


def pair_readings(steps: DataFrame, motion: DataFrame, match: str) -> DataFrame:
    """Join each step reading with the motion of the same instant.

    Parameters
    ----------
    steps, motion : DataFrame
        The results of `steps_to_join` and `motion_to_join`.
    match : {"customer_and_time", "time_only"}
        See `join_keys`.

    Returns
    -------
    DataFrame
        Grain: one row a matched pair. ``user`` (whose motion it is), ``sensorReadingTime`` epoch ms,
        ``distanceFromObject`` cm, ``x``, ``y``, ``z``.
    """
    keys = join_keys(match)
    moves = motion.where("joins").select("user", "x", "y", "z", *keys)
    return (
        steps.where("joins")
        .select("distanceFromObject", *keys)
        .join(moves, on=keys, how="inner")
        .select("user", "sensorReadingTime", "distanceFromObject", "x", "y", "z")
    )


def classify_by_match(readings: DataFrame, others: DataFrame, match: str, unmatched: str) -> DataFrame:
    """Say of each reading of one side whether the other side has one to pair it with.

    Parameters
    ----------
    readings, others : DataFrame
        The two sides of the join.
    match : {"customer_and_time", "time_only"}
        See `join_keys`.
    unmatched : str
        The reason to name where there is none.

    Returns
    -------
    DataFrame
        Grain: one row a reading. ``copies`` (1) and ``outcome``: ``unmatched`` or ``kept``.
    """
    keys = join_keys(match)
    partners = others.where("joins").select(*keys).distinct().withColumn("partner", F.lit(True))
    return readings.join(partners, on=keys, how="left").select(
        F.lit(1).alias("copies"),
        F.when(F.col("partner") & F.col("joins"), F.lit("kept")).otherwise(F.lit(unmatched)).alias("outcome"),
    )


def strip_identity(pairs: DataFrame, participants: DataFrame) -> DataFrame:
    """The rows of machine_learning_curated: pairs under a participant id, nothing of the customer left.

    Grain: one row a matched pair. ``COLUMNS``.
    """
    return pairs.join(participants, on="user", how="inner").select(*COLUMNS)
