"""Accelerometer readings of the phone app: typing, and which of them research may use."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from helpers.accounting import count_copies
from helpers.identity import normal_address, trim
from helpers.landing import values
from helpers.landing.contract import DUPLICATE_KEY, MALFORMED, Contract
from helpers.landing.layout import NUMBER, TEXT, TIME, Layout
from helpers.landing.lines import given, read_regular, reject
from helpers.landing.new_fields import NewFields

AXES = ["x", "y", "z"]
CONTRACT = Contract({"user": normal_address, "timestamp": trim, **dict.fromkeys(AXES, trim)})
LAYOUT = Layout({"user": TEXT, "timestamp": TIME, "x": NUMBER, "y": NUMBER, "z": NUMBER})
COLUMNS = [*CONTRACT.fields, "serialNumber", "shareWithResearchAsOfDate"]
"""The columns of accelerometer_trusted, in the order of the table."""

QUARANTINE = (MALFORMED, DUPLICATE_KEY, "missing_key", "bad_timestamp", "bad_measurement")


def type_readings(records: DataFrame) -> DataFrame:
    """Read each record as an accelerometer reading, or say why it cannot be one.

    Parameters
    ----------
    records : DataFrame
        The result of `helpers.landing.lines.read_landing`, with or without ``LAYOUT``.

    Returns
    -------
    DataFrame
        Grain: one row a record. ``user`` (`helpers.identity.normal_address`), ``timestamp`` epoch ms, ``x``, ``y``,
        ``z`` double, ``extra``, ``reason`` (null, or the first broken rule of ``QUARANTINE``), ``file`` and ``line``
        where in quarantine.
    """
    typed = {
        "user": given("user"),
        "timestamp": values.epoch_ms(given("timestamp")),
        **{axis: values.finite(given(axis)) for axis in AXES},
    }
    rows = records.withColumns(read_regular(LAYOUT, typed))
    return reject(
        # A regular address is plain ASCII, and only its case can vary.
        rows.withColumn("user", F.when(F.col("regular"), F.lower("user")).otherwise(F.col("user"))),
        CONTRACT.fields,
        (F.col("user").isNull(), "missing_key"),
        (F.col("timestamp").isNull(), "bad_timestamp"),
        *((F.col(axis).isNull(), "bad_measurement") for axis in AXES),
    )


def classify_readings(typed: DataFrame, customers: DataFrame, consent: str) -> DataFrame:
    """Say of each reading whether its customer's consent covers it.

    Parameters
    ----------
    typed : DataFrame
        The result of `type_readings`.
    customers : DataFrame
        The result of `helpers.customers.latest_customers`, one row a customer.
    consent : {"at_collection", "any_time"}
        Whether only readings taken at or after the consent count.

    Returns
    -------
    DataFrame
        Grain: one row a different reading. The columns of ``typed``, ``serialNumber`` and
        ``shareWithResearchAsOfDate`` of the customer, ``copies`` and ``outcome``: a reason of ``QUARANTINE``,
        ``unknown_customer``, ``no_consent``, ``before_consent`` or ``kept``.
    """
    owners = customers.withColumnRenamed("email", "user").withColumn("known", F.lit(True))
    too_early = F.lit(consent == "at_collection") & (F.col("timestamp") < F.col("shareWithResearchAsOfDate"))
    return (
        count_copies(typed)
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


def keep_consented_readings(readings: DataFrame, extras: NewFields) -> DataFrame:
    """The rows of accelerometer_trusted.

    Grain: one row a reading. ``COLUMNS`` and the source's new fields.
    """
    return readings.where("outcome = 'kept'").select(*COLUMNS, *extras.columns())
