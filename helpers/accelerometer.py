"""Accelerometer readings of the phone app: which of them research may use."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from helpers.counting import count_copies
from helpers.landing.new_fields import NewFields
from helpers.tables import TABLES

COLUMNS = TABLES["accelerometer_trusted"].names


def classify(records: DataFrame, register: DataFrame, consent: str) -> DataFrame:
    """Say of each reading whether its customer's consent covers it.

    Parameters
    ----------
    records : DataFrame
        The lines of ``accelerometer_landing`` (`helpers.landing.lines.read_landing`).
    register : DataFrame
        customer_register, one row a customer.
    consent : {"at_collection", "any_time"}
        Whether only readings taken at or after the consent count.

    Returns
    -------
    DataFrame
        Grain: one row a different reading. The columns of ``records``, ``serialNumber`` and
        ``shareWithResearchAsOfDate`` (epoch ms) of the customer, ``copies`` and ``outcome``: a reason for quarantine,
        ``unknown_customer``, ``no_consent``, ``before_consent`` or ``kept``.
    """
    owners = register.select(
        F.col("email").alias("user"), "serialNumber", "shareWithResearchAsOfDate", F.lit(True).alias("known")
    )
    too_early = F.lit(consent == "at_collection") & (F.col("timestamp") < F.col("shareWithResearchAsOfDate"))
    return (
        count_copies(records)
        .join(owners, on="user", how="left")
        .withColumn(
            "outcome",
            F.coalesce(
                F.col("reason"),
                F.when(F.col("known").isNull(), F.lit("unknown_customer")),
                F.when(F.col("shareWithResearchAsOfDate").isNull(), F.lit("no_consent")),
                F.when(too_early, F.lit("before_consent")),
                F.lit("kept"),
            ),
        )
        .drop("known")
    )


def keep_consented(readings: DataFrame, fields: NewFields) -> DataFrame:
    """The rows of accelerometer_trusted.

    Grain: one row a reading. Its columns (`helpers.tables`) and the source's new fields.
    """
    return readings.where("outcome = 'kept'").select(*COLUMNS, *fields.columns())
