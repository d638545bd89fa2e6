"""Registration events of customers: typing, the latest event of each, and who consented to research."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from helpers.accounting import count_copies
from helpers.identity import normal_address, normal_serial, trim
from helpers.landing import values
from helpers.landing.contract import DUPLICATE_KEY, MALFORMED, Contract
from helpers.landing.lines import given, reject
from helpers.landing.new_fields import NewFields

CONSENT = "shareWithResearchAsOfDate"
SHARING_DATES = [CONSENT, "shareWithPublicAsOfDate", "shareWithFriendsAsOfDate"]
TIMES = ["registrationDate", "lastUpdateDate", *SHARING_DATES]
CONTRACT = Contract(
    {
        "customerName": str,
        "email": normal_address,
        "phone": str,
        "birthDay": trim,
        "serialNumber": normal_serial,
        **dict.fromkeys(TIMES, trim),
    }
)
COLUMNS = CONTRACT.fields
"""The columns of customer_trusted, in the order of the table."""

QUARANTINE = (MALFORMED, DUPLICATE_KEY, "missing_key", "bad_timestamp", "bad_consent")
DOUBTFUL = (DUPLICATE_KEY, "bad_consent")
"""Whose event is known, but not whether it consents: it decides like one without consent."""


def type_customers(records: DataFrame) -> DataFrame:
    """Read each record as a registration event, or say why it cannot be one.

    Parameters
    ----------
    records : DataFrame
        The result of `helpers.landing.lines.read_landing`.

    Returns
    -------
    DataFrame
        Grain: one row a record. ``COLUMNS`` (dates in epoch ms, birthDay as date), ``extra``, ``reason`` (null, or the
        first broken rule of ``QUARANTINE``), and ``file`` and ``line`` of a line in quarantine.
    """
    typed = {
        **{name: given(name) for name in ("customerName", "email", "phone", "serialNumber")},
        "birthDay": values.calendar_date(given("birthDay")),
        **{name: values.epoch_ms(given(name)) for name in TIMES},
        CONSENT: F.when(F.col("broken").isNull(), values.epoch_ms(given(CONSENT))),
    }
    return reject(
        records.withColumns(typed),
        COLUMNS,
        (F.col("email").isNull() | F.col("serialNumber").isNull(), "missing_key"),
        (_unreadable("registrationDate") | _unreadable("lastUpdateDate"), "bad_timestamp"),
        (_unreadable(CONSENT) & ~values.no_consent(given(CONSENT)), "bad_consent"),
    )


def _unreadable(name: str) -> Column:
    """True where a time is given and is none; an absent or blank one is merely unknown."""
    return F.col(name).isNull() & given(name).isNotNull()


def classify_events(typed: DataFrame) -> DataFrame:
    """Say of each registration event what becomes of it: the latest event of a customer decides.

    A withdrawal is a latest event without consent. At equal times the event without consent wins. An event whose
    consent is in doubt (``DOUBTFUL``) decides like one without consent, though its line goes to quarantine.

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
    decides = (F.col("reason").isNull() | F.col("reason").isin(*DOUBTFUL)) & F.col("email").isNotNull()
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


def keep_trusted_customers(events: DataFrame, extras: NewFields) -> DataFrame:
    """The rows of customer_trusted: the latest event of each consenting customer.

    Grain: one row a customer (``email``). ``COLUMNS`` and the source's new fields.
    """
    return events.where("outcome = 'kept'").select(*COLUMNS, *extras.columns())


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


def keep_customers_with_motion(classified: DataFrame) -> DataFrame:
    """The rows of customers_curated.

    Grain: one row a customer (``email``). The columns of customer_trusted.
    """
    return classified.where("outcome = 'kept'").select("customer.*")
