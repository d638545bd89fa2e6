"""Registration events of customers: typing, the latest event of each, and who consented to research."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from helpers import rules
from helpers.landing import ExtraField, count_copies, extra_of

SHARING_DATES = ["shareWithResearchAsOfDate", "shareWithPublicAsOfDate", "shareWithFriendsAsOfDate"]
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


def email_key(value: Column) -> Column:
    """A customer's identity: the e-mail address trimmed and in lower case; null where it is blank."""
    return F.lower(rules.text(value))


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
    field = F.col("fields")
    consent = field["shareWithResearchAsOfDate"]
    times = {name: rules.epoch_ms(field[name]) for name in ("registrationDate", "lastUpdateDate", *SHARING_DATES)}
    email, serial = email_key(field["email"]), rules.text(field["serialNumber"])
    reason = rules.first_reason(
        (field.isNull(), "malformed_json"),
        (email.isNull() | serial.isNull(), "missing_key"),
        (_unreadable(field, times, "registrationDate") | _unreadable(field, times, "lastUpdateDate"), "bad_timestamp"),
        (times["shareWithResearchAsOfDate"].isNull() & ~rules.no_consent(consent), "bad_consent"),
    )
    return records.select(
        field["customerName"].alias("customerName"),
        email.alias("email"),
        field["phone"].alias("phone"),
        rules.calendar_date(field["birthDay"]).alias("birthDay"),
        serial.alias("serialNumber"),
        *(time.alias(name) for name, time in times.items()),
        extra_of(COLUMNS).alias("extra"),
        reason.alias("reason"),
        F.when(reason.isNotNull(), F.col("file")).alias("file"),
        F.when(reason.isNotNull(), F.col("line")).alias("line"),
    )


def _unreadable(field: Column, times: dict[str, Column], name: str) -> Column:
    """True where a time is given and is none; an absent or blank one is merely unknown."""
    return times[name].isNull() & rules.text(field[name]).isNotNull()


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
