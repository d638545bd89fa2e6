"""Step trainer readings of the device: typing, and which of them research may use."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from helpers.accounting import count_copies
from helpers.identity import normal_serial, trim
from helpers.landing import values
from helpers.landing.contract import DUPLICATE_KEY, MALFORMED, Contract
from helpers.landing.layout import TEXT, TIME, WHOLE, Layout
from helpers.landing.lines import given, read_regular, reject
from helpers.landing.new_fields import NewFields

CONTRACT = Contract({"sensorReadingTime": trim, "serialNumber": normal_serial, "distanceFromObject": trim})
LAYOUT = Layout({"sensorReadingTime": TIME, "serialNumber": TEXT, "distanceFromObject": WHOLE})
COLUMNS = CONTRACT.fields
"""The columns of step_trainer_trusted, in the order of the table."""

QUARANTINE = (MALFORMED, DUPLICATE_KEY, "missing_key", "bad_timestamp", "bad_measurement")


def type_readings(records: DataFrame) -> DataFrame:
    """Read each record as a step trainer reading, or say why it cannot be one.

    Parameters
    ----------
    records : DataFrame
        The result of `helpers.landing.lines.read_landing`, with or without ``LAYOUT``.

    Returns
    -------
    DataFrame
        Grain: one row a record. ``sensorReadingTime`` epoch ms, ``serialNumber`` string, ``distanceFromObject`` cm,
        ``extra``, ``reason`` (null, or the first broken rule of ``QUARANTINE``), ``file`` and ``line`` where in
        quarantine.
    """
    typed = {
        "sensorReadingTime": values.epoch_ms(given("sensorReadingTime")),
        "serialNumber": given("serialNumber"),
        "distanceFromObject": values.centimetres(given("distanceFromObject")),
    }
    return reject(
        records.withColumns(read_regular(LAYOUT, typed)),
        COLUMNS,
        (F.col("serialNumber").isNull(), "missing_key"),
        (F.col("sensorReadingTime").isNull(), "bad_timestamp"),
        (F.col("distanceFromObject").isNull(), "bad_measurement"),
    )


def classify_readings(typed: DataFrame, devices: DataFrame, curated: DataFrame, consent: str) -> DataFrame:
    """Say of each reading whether the consent of the device's one owner covers it.

    Parameters
    ----------
    typed : DataFrame
        The result of `type_readings`.
    devices : DataFrame
        The result of `helpers.customers.device_owners`, one row a device.
    curated : DataFrame
        customers_curated, one row a customer with motion data (``email``).
    consent : {"at_collection", "any_time"}
        Whether only readings taken at or after the consent count.

    Returns
    -------
    DataFrame
        Grain: one row a different reading. The columns of ``typed``, ``copies`` and ``outcome``: a reason of
        ``QUARANTINE``, ``unknown_device``, ``ambiguous_device``, ``no_consent``, ``before_consent``,
        ``no_motion_data`` or ``kept``.
    """
    moving = curated.select("email").withColumn("moving", F.lit(True))
    owners = devices.join(moving, on="email", how="left")
    too_early = F.lit(consent == "at_collection") & (F.col("sensorReadingTime") < F.col("shareWithResearchAsOfDate"))
    return (
        count_copies(typed)
        .join(owners, on="serialNumber", how="left")
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
        .select(*typed.columns, "copies", "outcome")
    )


def keep_trusted_readings(readings: DataFrame, extras: NewFields) -> DataFrame:
    """The rows of step_trainer_trusted.

    Grain: one row a reading. ``COLUMNS`` and the source's new fields.
    """
    return readings.where("outcome = 'kept'").select(*COLUMNS, *extras.columns())
