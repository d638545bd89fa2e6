"""Athena: the SQL files of the project, the checks, and results as they may be shown."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from string import Template

import boto3
import pandas as pd
from matplotlib.figure import Figure

from helpers.accounting import Accounting
from helpers.connection import Connection
from helpers.errors import CheckFailed, QueryFailed
from helpers.masking import mask_rows, show_table
from helpers.plots import plot_rows
from helpers.publishing.objects import list_keys, split_uri
from helpers.records import write_finding
from helpers.settings import Settings

UNREADABLE = ("HIVE_", "NOT_SUPPORTED", "GENERIC_INTERNAL_ERROR")
"""How Athena's reasons begin where it cannot read what has landed."""
LARGEST_BATCH = 50
"""Athena, "BatchGetQueryExecution": at most 50 queries a request."""
PANDAS_TYPES = dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), "Int64") | {"varchar": str}
"""Athena's name of a type -> pandas' type, where pandas would make another one of the texts."""
MOMENTS = ("date", "timestamp")


def connect(settings: Settings, results: str = "athena/") -> Connection:
    """Open Athena on the project's database; results go under a prefix of the bucket.

    Results of the pipeline may hold identity. Whoever may only read the tables for research has ``athena-science/``.
    """
    return Connection(settings.database, settings.workgroup, f"s3://{settings.bucket}/{results}")


def scanned_bytes(connection: Connection) -> list[int]:
    """The bytes that each query of a connection has scanned so far; DDL scans none and is left out, as it is free."""
    begun, found = connection.begun, []
    for start in range(0, len(begun), LARGEST_BATCH):
        answer = connection.client.batch_get_query_execution(QueryExecutionIds=begun[start : start + LARGEST_BATCH])
        found += answer["QueryExecutions"]
    return [
        query["Statistics"]["DataScannedInBytes"]
        for query in found
        if query.get("StatementType") == "DML" and "DataScannedInBytes" in query.get("Statistics", {})
    ]


def read_sql(settings: Settings, name: str) -> str:
    """The text of one file under ``scripts/sql/``, with the settings (``${bucket}``, ``${consent}`` ...) filled in.

    Lines of comment are left out: Athena takes the line ends out of DDL, so that ``--`` would swallow the statement
    (aws/aws-cdk#21416, "QueryExecutionContext: query string can't handle comments").
    """
    body = boto3.client("s3").get_object(Bucket=settings.bucket, Key=f"scripts/sql/{name}")["Body"].read()
    lines = body.decode("utf-8").splitlines()
    statement = "\n".join(line for line in lines if not line.lstrip().startswith("--"))
    return Template(statement).substitute(vars(settings))


def run_checks(connection: Connection, settings: Settings) -> int:
    """Run every check under ``sql/checks/`` (a query that must return no row); gives how many there are.

    Raises
    ------
    CheckFailed
        Naming the checks that found something, and how many rows.
    """
    found, broken = [], []
    place = f"s3://{settings.bucket}/scripts/sql/checks/"
    checks = [PurePosixPath(key).stem for key in sorted(list_keys(place)) if key.endswith(".sql")]
    if not checks:
        raise CheckFailed(f"{place} is empty: upload the project's sql/ first.")
    for check in checks:
        name = f"checks/{check}.sql"
        rows = len(connection.cursor().execute(read_sql(settings, name)).fetchall())
        found.append({"check": check, "rows": rows})
        print(f"{'ok  ' if not rows else 'FAIL'}  {check}")
        if rows:
            broken.append(f"{name} returned {rows} row(s)")
    write_finding(settings, "checks", found)
    if broken:
        raise CheckFailed("; ".join(broken))
    return len(checks)


@dataclass(frozen=True)
class Look:
    """What a query found, as it may be shown: identity masked."""

    query: str
    columns: list[str]
    rows: list[list[str]]
    reason: str = ""  # why Athena could not answer, where a landed value does not fit its column


def look(connection: Connection, query: str) -> Look:
    """Ask Athena, once for all that is shown of the answer.

    A broken line is no reason to stop, since the transforms read every line as text and quarantine what does not fit.
    """
    try:
        cursor = connection.cursor().execute(query)
        columns = [column[0] for column in cursor.description]
        return Look(query, columns, mask_rows(columns, cursor.fetchall()))
    except QueryFailed as error:
        return Look(query, [], [], _unreadable(error))


def show(settings: Settings, name: str, found: Look) -> None:
    """Show what a query found as a table (`helpers.masking.show_table`), or why there is none."""
    if found.reason:
        print(f"Athena cannot read every landed line as the table declares it: {found.reason}")
    else:
        show_table(settings, name, found.columns, found.rows)


def picture(found: Look, title: str) -> Figure:
    """Draw what a query found for a report, or why there is nothing."""
    columns, rows = found.columns, found.rows
    if found.reason:
        columns, rows = ["Athena cannot read every landed line"], [[found.reason]]
    return plot_rows(columns, rows, title, " ".join(found.query.split()))


def count_rows(connection: Connection, table: str) -> int:
    """How many rows Athena finds in a table."""
    return connection.cursor().execute(f'select count(*) from "{table}"').fetchone()[0]


def last_accounting(connection: Connection, settings: Settings, step: str) -> Accounting | None:
    """What became of the rows that a step read when it last ran under this policy; None where no record tells.

    Of the reasons why rows are in quarantine only the sum is known.
    """
    found = connection.cursor().execute(
        "select \"read\", kept, quarantined, duplicates, array_join(map_keys(excluded), ' '), "
        f"array_join(map_values(excluded), ' ') from runs where step = '{step}' and consent = '{settings.consent}' "
        "order by ended desc limit 1"
    )
    row = found.fetchone()
    if row is None:
        return None
    read, kept, quarantined, duplicates, reasons, rows = row
    excluded = dict(zip((reasons or "").split(), map(int, (rows or "").split()), strict=True))
    return Accounting(read, kept, excluded, {"in all": quarantined} if quarantined else {}, duplicates)


def _unreadable(error: QueryFailed) -> str:
    """The name of Athena's reason, where it is one of unreadable data; any other error is raised again."""
    if not str(error).startswith(UNREADABLE):
        raise error
    return str(error).partition(":")[0].partition(" (")[0]


def query(connection: Connection, sql: str) -> pd.DataFrame:
    """A query's result as a pandas DataFrame. It is not masked: ask for no identity.

    Athena's CSV tells a null from a blank text by quotes, which pandas does not see: both are missing.
    """
    cursor = connection.cursor().execute(sql)
    bucket, key = split_uri(cursor.location)
    return pd.read_csv(
        boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"],
        dtype={name: PANDAS_TYPES[kind] for name, kind in cursor.description if kind in PANDAS_TYPES},
        parse_dates=[name for name, kind in cursor.description if kind in MOMENTS],
        keep_default_na=False,
        na_values=[""],
    )
