"""Customers of the website: the latest registration event decides who agrees to research."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from helpers.counting import count_copies
from helpers.landing.new_fields import NewFields
from helpers.tables import DUPLICATE_KEY, TABLES

COLUMNS = TABLES["customer_trusted"].names
DOUBTFUL = (DUPLICATE_KEY, "bad_consent")
"""Whose event is known, but not whether it consents: it decides like one without consent."""


def classify(records: DataFrame) -> DataFrame:
    """Say of each registration event what becomes of it: the latest event of a customer decides.

    A withdrawal is a latest event without consent. At equal times the event without consent wins. An event whose
    consent is in doubt (``DOUBTFUL``) decides like one without consent, though its line goes to quarantine.

    Parameters
    ----------
    records : DataFrame
        The lines of ``customer_landing`` (`helpers.landing.lines.read_landing`).

    Returns
    -------
    DataFrame
        Grain: one row a different event. The columns of ``records``, ``copies``, ``latest`` boolean and ``outcome``: a
        reason for quarantine, ``superseded``, ``no_consent`` or ``kept``.
    """
    is_doubtful = F.coalesce(F.col("reason").isin(*DOUBTFUL), F.lit(False))
    decides = (F.col("reason").isNull() | is_doubtful) & F.col("email").isNotNull()
    told_apart_by = [name for name in COLUMNS if name not in ("email", "serialNumber", "lastUpdateDate")]
    newest_first = Window.partitionBy("email", decides).orderBy(
        F.desc_nulls_last("lastUpdateDate"),
        F.desc_nulls_last("registrationDate"),
        F.col("shareWithResearchAsOfDate").isNotNull(),
        F.desc("shareWithResearchAsOfDate"),
        F.asc("serialNumber"),
        *(F.asc_nulls_last(name) for name in (*told_apart_by, "extra", "line")),
    )
    return (
        count_copies(records)
        .withColumn("shareWithResearchAsOfDate", F.when(~is_doubtful, F.col("shareWithResearchAsOfDate")))
        .withColumn("latest", decides & (F.row_number().over(newest_first) == 1))
        .withColumn(
            "outcome",
            F.coalesce(
                F.col("reason"),
                F.when(~F.col("latest"), F.lit("superseded")),
                F.when(F.col("shareWithResearchAsOfDate").isNull(), F.lit("no_consent")),
                F.lit("kept"),
            ),
        )
    )


def keep_latest(events: DataFrame) -> DataFrame:
    """The rows of customer_register: every known customer by the latest event, consenting or not.

    A device of two customers is ambiguous: its readings might be those of the one who did not consent.

    Grain: one row a customer (``email``). ``email``, ``serialNumber`` string, ``shareWithResearchAsOfDate`` epoch ms
    (null without consent), ``ambiguous`` boolean.
    """
    holders = F.count(F.lit(1)).over(Window.partitionBy("serialNumber"))
    return events.where("latest").select(
        "email", "serialNumber", "shareWithResearchAsOfDate", (holders > 1).alias("ambiguous")
    )


def device_owners(register: DataFrame) -> DataFrame:
    """Who holds each device by the latest events.

    Grain: one row a device (``serialNumber``). ``serialNumber``, ``email``, ``shareWithResearchAsOfDate`` (epoch ms;
    both of one owner), ``ambiguous`` boolean.
    """
    return register.groupBy("serialNumber").agg(
        F.min("email").alias("email"),
        F.min("shareWithResearchAsOfDate").alias("shareWithResearchAsOfDate"),
        F.max("ambiguous").alias("ambiguous"),
    )


def keep_consenting(events: DataFrame, fields: NewFields) -> DataFrame:
    """The rows of customer_trusted: the latest event of each consenting customer.

    Grain: one row a customer (``email``). Its columns (`helpers.tables`) and the source's new fields.
    """
    return events.where("outcome = 'kept'").select(*COLUMNS, *fields.columns())


def classify_by_motion(customers: DataFrame, motion: DataFrame) -> DataFrame:
    """Say of each trusted customer whether there is motion data that may be used.

    Parameters
    ----------
    customers : DataFrame
        customer_trusted, one row a customer.
    motion : DataFrame
        accelerometer_trusted, with ``user``.

    Returns
    -------
    DataFrame
        Grain: one row a customer. ``customer`` (a struct of the columns of ``customers``), ``copies`` (1) and
        ``outcome``: ``no_motion_data`` or ``kept``.
    """
    moving = motion.select(F.col("user").alias("email")).distinct().withColumn("moving", F.lit(True))
    # The customer as one value, since a new field of the source may be called what a working column is.
    rows = customers.select("email", F.struct("*").alias("customer"))
    return rows.join(moving, on="email", how="left").select(
        "customer",
        F.lit(1).alias("copies"),
        F.when(F.col("moving"), F.lit("kept")).otherwise(F.lit("no_motion_data")).alias("outcome"),
    )


def keep_moving(classified: DataFrame) -> DataFrame:
    """The rows of customers_curated.

    Grain: one row a customer (``email``). The columns of customer_trusted.
    """
    return classified.where("outcome = 'kept'").select("customer.*")
