"""Step trainer readings of the device: which of them research may use."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from helpers.counting import count_copies
from helpers.customers import device_owners
from helpers.landing.new_fields import NewFields
from helpers.tables import TABLES

COLUMNS = TABLES["step_trainer_trusted"].names


def classify(records: DataFrame, register: DataFrame, curated: DataFrame, consent: str) -> DataFrame:
    """Say of each reading whether the consent of the device's one owner covers it.

    Parameters
    ----------
    records : DataFrame
        The lines of ``step_trainer_landing`` (`helpers.landing.lines.read_landing`).
    register : DataFrame
        customer_register, one row a customer.
    curated : DataFrame
        customers_curated, one row a customer with motion data (``email``).
    consent : {"at_collection", "any_time"}
        Whether only readings taken at or after the consent count.

    Returns
    -------
    DataFrame
        Grain: one row a different reading. The columns of ``records``, ``copies`` and ``outcome``: a reason for
        quarantine, ``unknown_device``, ``ambiguous_device``, ``no_consent``, ``before_consent``, ``no_motion_data`` or
        ``kept``.
    """
    moving = curated.select("email").withColumn("moving", F.lit(True))
    too_early = F.lit(consent == "at_collection") & (F.col("sensorReadingTime") < F.col("shareWithResearchAsOfDate"))
    return (
        count_copies(records)
        # One after the other: the size of a join of both is unknown, and then all readings would be shuffled for it.
        .join(device_owners(register), on="serialNumber", how="left")
        .join(moving, on="email", how="left")
        .withColumn(
            "outcome",
            F.coalesce(
                F.col("reason"),
                F.when(F.col("ambiguous").isNull(), F.lit("unknown_device")),
                F.when(F.col("ambiguous"), F.lit("ambiguous_device")),
                F.when(F.col("shareWithResearchAsOfDate").isNull(), F.lit("no_consent")),
                F.when(too_early, F.lit("before_consent")),
                F.when(F.col("moving").isNull(), F.lit("no_motion_data")),
                F.lit("kept"),
            ),
        )
        .select(*records.columns, "copies", "outcome")
    )


def keep_covered(readings: DataFrame, fields: NewFields) -> DataFrame:
    """The rows of step_trainer_trusted.

    Grain: one row a reading. Its columns (`helpers.tables`) and the source's new fields.
    """
    return readings.where("outcome = 'kept'").select(*COLUMNS, *fields.columns())
