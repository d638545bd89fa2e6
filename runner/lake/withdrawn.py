"""Who stands in an earlier version of a table and agrees no longer: a reason not to go back to it, or to remove it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pyarrow.parquet as pq

from helpers.athena import connect
from helpers.errors import NotPublished
from helpers.participants import participant_id, read_participant_key
from helpers.publishing.catalog import delete_table, get_table, location_of, put_table, table_input
from helpers.publishing.objects import list_keys, split_uri
from helpers.publishing.versions import Version
from helpers.settings import Settings
from runner.lake.tables import PERSON

LOOK = "__look"
"""What a version is registered as while Athena looks at it: ``<table>__look``."""

KNOWN_AS = {"email": "email", "user": "email", "serialNumber": "serialNumber"}
"""The column that says whose row it is -> the column of ``customer_trusted`` that says the same."""
COUNT = """
select count(distinct v."{column}")
from "{name}" v
left join (select distinct "{known}" as known from customer_trusted) c on c.known = v."{column}"
where c.known is null
"""


def count_withdrawn(settings: Settings, table: str, version: Version) -> int:
    """How many people have rows in a version of a table and are not in ``customer_trusted`` now.

    They withdrew, were erased, or their latest registration event can no longer be read.

    Raises
    ------
    NotPublished
        If there is no ``customer_trusted``.
    MissingSecret
        If the table is known by participant ids and their key cannot be read.
    """
    if table not in PERSON or not version.files:
        return 0
    agreeing = get_table(settings.database, "customer_trusted")
    if not agreeing:
        raise NotPublished("customer_trusted is not published: nobody can say who agrees. Run step 02 first.")
    column, cursor = PERSON[table], connect(settings).cursor()
    with _registered(settings, table, version) as name:
        if column != "participantId":
            # Counted where the rows are: a result with people in it would stay in the bucket.
            return cursor.execute(COUNT.format(column=column, name=name, known=KNOWN_AS[column])).fetchone()[0]
        people = {identity for (identity,) in cursor.execute(f'select distinct "{column}" from "{name}"')}
    key = read_participant_key(settings.participant_key)
    return len(people - {participant_id(email, key) for email in _emails(agreeing)})


def _emails(table: dict) -> set[str]:
    """The e-mail addresses in a version of ``customer_trusted``, read from its files."""
    bucket, _ = split_uri(location_of(table))
    s3, emails = boto3.client("s3"), set()
    for key in list_keys(location_of(table)):
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        emails.update(pq.read_table(io.BytesIO(body), columns=["email"]).column("email").to_pylist())
    return emails


@contextmanager
def _registered(settings: Settings, table: str, version: Version) -> Iterator[str]:
    """Let Athena see an earlier version under a name of its own."""
    name = f"{table}{LOOK}"
    delete_table(settings.database, name)
    put_table(settings.database, table_input(version.table) | {"Name": name}, None)
    try:
        yield name
    finally:
        delete_table(settings.database, name)


def clear_looks(database: str) -> None:
    """Take out of the catalog what a look that was interrupted left there."""
    for table in PERSON:
        delete_table(database, f"{table}{LOOK}")
