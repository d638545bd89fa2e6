"""The curated machine-learning table: step readings joined with motion, identity replaced by a keyed hash."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from helpers.accounting import Accounting
from helpers.tables import TABLES

COLUMNS = TABLES["machine_learning_curated"].names


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


def motion_to_join(motion: DataFrame, register: DataFrame) -> DataFrame:
    """The motion side of the join. A device that belongs to nobody joins nothing.

    Parameters
    ----------
    motion : DataFrame
        accelerometer_trusted, one row a reading.
    register : DataFrame
        customer_register, one row a customer.

    Returns
    -------
    DataFrame
        Grain: one row a motion reading. ``user``, ``serialNumber``, ``sensorReadingTime`` epoch ms, ``x``, ``y``,
        ``z``, ``joins`` boolean.
    """
    known = register.select("serialNumber", "ambiguous").distinct()
    # Only what is needed, since a new field of the source may be called what a working column is.
    readings = motion.select("user", "serialNumber", "timestamp", "x", "y", "z")
    return readings.join(known, on="serialNumber", how="left").select(
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


def account_matches(steps: DataFrame, motion: DataFrame, match: str, read: int) -> tuple[Accounting, int]:
    """Count the readings of both sides that have a partner on the other, and the pairs that they make.

    Counted by key, so that no reading is joined for it and the number of pairs is known apart from the join.

    Parameters
    ----------
    steps, motion : DataFrame
        The results of `steps_to_join` and `motion_to_join`.
    match : {"customer_and_time", "time_only"}
        See `join_keys`.
    read : int
        How many rows the two tables have.

    Returns
    -------
    Accounting
        Of the readings of both sides: matched ones are kept, the others ``unmatched_step`` or ``unmatched_motion``.
    int
        How many pairs there must be.

    Raises
    ------
    ReconciliationFailed
        If the parts do not add up to the rows read.
    """
    keys = join_keys(match)
    sides = ((steps, 1, 0), (motion, 0, 1))
    one, other = (
        side.select(*keys, "joins", F.lit(step).alias("steps"), F.lit(move).alias("motion"))
        for side, step, move in sides
    )
    by_key = one.unionByName(other).groupBy(*keys, "joins").agg(F.sum("steps").alias("s"), F.sum("motion").alias("m"))
    matched = F.col("joins") & (F.col("s") > 0) & (F.col("m") > 0)
    counts = {
        "kept": F.when(matched, F.col("s") + F.col("m")),
        "unmatched_motion": F.when(~matched, F.col("m")),
        "unmatched_step": F.when(~matched, F.col("s")),
        "pairs": F.when(matched, F.col("s") * F.col("m")),
    }
    total = by_key.agg(*(F.coalesce(F.sum(count), F.lit(0)).alias(name) for name, count in counts.items())).first()
    unmatched = {name: total[name] for name in ("unmatched_motion", "unmatched_step") if total[name]}
    return Accounting(read=read, kept=total["kept"], excluded=unmatched).check(), total["pairs"]


def strip_identity(pairs: DataFrame, participants: DataFrame) -> DataFrame:
    """The rows of machine_learning_curated: pairs under a participant id, nothing of the customer left.

    Grain: one row a matched pair. The columns of the table.
    """
    return pairs.join(participants, on="user", how="inner").select(*COLUMNS)
