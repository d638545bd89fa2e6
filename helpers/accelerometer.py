"""Accelerometer readings of the phone app: typing, and which of them research may use."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from helpers import rules
from helpers.landing import ExtraField, count_copies, given, read_regular, reject, select_given
from helpers.layout import NUMBER, TEXT, TIME, Layout

AXES = ["x", "y", "z"]
LAYOUT = Layout({"user": TEXT, "timestamp": TIME, "x": NUMBER, "y": NUMBER, "z": NUMBER})
FIELDS = ["user", "timestamp", *AXES]
COLUMNS = [*FIELDS, "serialNumber", "shareWithResearchAsOfDate"]
"""The columns of accelerometer_trusted, in the order of the table."""

QUARANTINE = ("malformed_json", "missing_key", "bad_timestamp", "bad_measurement")


def type_readings(records: DataFrame) -> DataFrame:
    """Read each line as an accelerometer reading, or say why it cannot be one.

    Parameters
    ----------
    records : DataFrame
        The result of `helpers.landing.read_records`, with or without ``LAYOUT``.

    Returns
    -------
    DataFrame
        Grain: one row a line. ``user`` (e-mail, trimmed, lower case), ``timestamp`` epoch ms, ``x``, ``y``, ``z``
        double, ``extra``, ``reason`` (null, or the first broken rule of ``QUARANTINE``), ``file`` and ``line`` where
        in quarantine.
    """
    values = {
        "user": given("user"),
        "timestamp": rules.epoch_ms(given("timestamp")),
        **{axis: rules.finite(given(axis)) for axis in AXES},
    }
    rows = select_given(records, FIELDS).withColumns(read_regular(LAYOUT, values))
    rows = rows.withColumn("user", F.lower("user"))
    return reject(
        rows,
        FIELDS,
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


def keep_consented_readings(readings: DataFrame, extras: list[ExtraField]) -> DataFrame:
    """The rows of accelerometer_trusted.

    Grain: one row a reading. ``COLUMNS`` and the source's new fields.
    """
    return readings.where("outcome = 'kept'").select(*COLUMNS, *(field.value().alias(field.column) for field in extras))
