"""Registration events of customers: typing, the latest event of each, and who consented to research."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from helpers import rules
from helpers.landing import ExtraField, count_copies, given, reject, select_given

CONSENT = "shareWithResearchAsOfDate"
SHARING_DATES = [CONSENT, "shareWithPublicAsOfDate", "shareWithFriendsAsOfDate"]
COLUMNS = [
    "customerName",
    "email",
    "phone",
    "birthDay",
    "serialNumber",
    "registrationDate",
    "lastUpdateDate",
    *SHARING_DATES,
]
"""The columns of customer_trusted, in the order of the table."""

QUARANTINE = ("malformed_json", "missing_key", "bad_timestamp", "bad_consent")


def type_customers(records: DataFrame) -> DataFrame:
    """Read each line as a registration event, or say why it cannot be one.

    Parameters
    ----------
    records : DataFrame
        ``file``, ``line``, ``fields`` of `helpers.landing.read_records`.

    Returns
    -------
    DataFrame
        Grain: one row a line. ``COLUMNS`` (dates in epoch ms, birthDay as date), ``extra``, ``reason`` (null, or the
        first broken rule of ``QUARANTINE``), and ``file`` and ``line`` of a line in quarantine.
    """
    times = ("registrationDate", "lastUpdateDate", *SHARING_DATES)
    rows = select_given(records, COLUMNS).withColumns(
        {
            "customerName": F.col("fields")["customerName"],
            "email": F.lower(given("email")),
            "phone": F.col("fields")["phone"],
            "birthDay": rules.calendar_date(given("birthDay")),
            "serialNumber": given("serialNumber"),
            **{name: rules.epoch_ms(given(name)) for name in times},
        }
    )
    return reject(
        rows,
        COLUMNS,
        (F.col("email").isNull() | F.col("serialNumber").isNull(), "missing_key"),
        (_unreadable("registrationDate") | _unreadable("lastUpdateDate"), "bad_timestamp"),
        (_unreadable(CONSENT) & ~rules.no_consent(given(CONSENT)), "bad_consent"),
    )


def _unreadable(name: str) -> Column:
    """True where a time is given and is none; an absent or blank one is merely unknown."""
    return F.col(name).isNull() & given(name).isNotNull()


def classify_events(typed: DataFrame) -> DataFrame:
    """Say of each registration event what becomes of it: the latest event of a customer decides.

    A withdrawal is a latest event without consent. At equal times the event without consent wins. An event whose
    consent cannot be read (``bad_consent``) decides like one without consent, though its line goes to quarantine.

    Parameters
    ----------
    typed : DataFrame
        The result of `type_customers`.

    Returns
    -------
    DataFrame
        Grain: one row a different event. The columns of ``typed``, ``copies``, ``latest`` boolean and ``outcome``: a
        reason of ``QUARANTINE``, ``superseded``, ``no_consent`` or ``kept``.
    """
    decides = F.col("reason").isNull() | (F.col("reason") == "bad_consent")
    newest_first = Window.partitionBy("email", decides).orderBy(
        F.desc_nulls_last("lastUpdateDate"),
        F.desc_nulls_last("registrationDate"),
        F.col("shareWithResearchAsOfDate").isNotNull(),
        F.desc("shareWithResearchAsOfDate"),
        F.asc("serialNumber"),
        *(
            F.asc_nulls_last(name)
            for name in ("customerName", "phone", "birthDay", *SHARING_DATES[1:], "extra", "line")
        ),
    )
    return (
        count_copies(typed)
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


def latest_customers(events: DataFrame) -> DataFrame:
    """Every known customer by the latest event: whose device, and since when research may use the readings.

    Returns
    -------
    DataFrame
        Grain: one row a customer (``email``). ``email``, ``serialNumber`` string, ``shareWithResearchAsOfDate`` epoch
        ms (null without consent).
    """
    return events.where("latest").select("email", "serialNumber", "shareWithResearchAsOfDate")


def device_owners(customers: DataFrame) -> DataFrame:
    """Who holds each device by the latest events.

    A device of two customers belongs to nobody: its readings might be those of the one who did not consent.

    Returns
    -------
    DataFrame
        Grain: one row a device (``serialNumber``). ``serialNumber``, ``email``, ``shareWithResearchAsOfDate`` epoch ms
        (both of one owner), ``ambiguous`` boolean.
    """
    return customers.groupBy("serialNumber").agg(
        F.min("email").alias("email"),
        F.min("shareWithResearchAsOfDate").alias("shareWithResearchAsOfDate"),
        (F.count(F.lit(1)) > 1).alias("ambiguous"),
    )


def keep_trusted_customers(events: DataFrame, extras: list[ExtraField]) -> DataFrame:
    """The rows of customer_trusted: the latest event of each consenting customer.

    Grain: one row a customer (``email``). ``COLUMNS`` and the source's new fields.
    """
    return events.where("outcome = 'kept'").select(*COLUMNS, *(field.value().alias(field.column) for field in extras))


def classify_customers_by_motion(customers: DataFrame, motion: DataFrame) -> DataFrame:
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
        Grain: one row a customer. The columns of ``customers``, ``copies`` (1) and ``outcome``: ``no_motion_data`` or
        ``kept``.
    """
    moving = motion.select(F.col("user").alias("email")).distinct().withColumn("moving", F.lit(True))
    return (
        customers.join(moving, on="email", how="left")
        .withColumn("copies", F.lit(1))
        .withColumn("outcome", F.when(F.col("moving"), F.lit("kept")).otherwise(F.lit("no_motion_data")))
        .select(*customers.columns, "copies", "outcome")
    )
