"""Athena through PyAthena: the SQL files of the project, the checks, and results as they may be shown."""

from collections.abc import Iterable
from string import Template
from weakref import WeakKeyDictionary

import boto3
import pandas as pd
from matplotlib.figure import Figure
from pyathena import connect as athena_connect
from pyathena.connection import Connection
from pyathena.error import OperationalError
from pyathena.pandas.cursor import PandasCursor

from helpers.athena_values import AnyDate
from helpers.errors import CheckFailed
from helpers.findings import write_finding
from helpers.masking import mask_value
from helpers.plots import plot_rows
from helpers.settings import Settings

UNREADABLE = ("HIVE_", "NOT_SUPPORTED", "GENERIC_INTERNAL_ERROR")
"""How Athena's reasons begin where it cannot read what has landed. What follows may quote a line, and is not shown."""
LARGEST_BATCH = 50
"""Athena, "BatchGetQueryExecution": at most 50 queries a request."""
_begun: WeakKeyDictionary[Connection, list[str]] = WeakKeyDictionary()
"""The ids of the queries that each connection has begun."""


def connect(settings: Settings) -> Connection:
    """Open Athena on the project's database; results go to ``athena/`` in the bucket."""
    connection = athena_connect(
        s3_staging_dir=f"s3://{settings.bucket}/athena/",
        schema_name=settings.database,
        region_name=boto3.session.Session().region_name,
        poll_interval=0.1,
    )
    _begun[connection] = begun = []
    # botocore tells of every answer: so each query is known, whatever kind of cursor asked it.
    connection.client.meta.events.register(
        "after-call.athena.StartQueryExecution",
        lambda parsed, **_: begun.append(parsed["QueryExecutionId"]) if "QueryExecutionId" in parsed else None,
    )
    return connection


def scanned_bytes(connection: Connection) -> list[int]:
    """The bytes that each query of a connection has scanned so far; DDL scans none and is left out, as it is free."""
    begun, found = _begun[connection], []
    for start in range(0, len(begun), LARGEST_BATCH):
        answer = connection.client.batch_get_query_execution(QueryExecutionIds=begun[start : start + LARGEST_BATCH])
        found += answer["QueryExecutions"]
    return [
        query["Statistics"]["DataScannedInBytes"]
        for query in found
        if query.get("StatementType") == "DML" and "DataScannedInBytes" in query.get("Statistics", {})
    ]


def list_sql(settings: Settings, folder: str = "") -> list[str]:
    """The SQL files under ``scripts/sql/`` of the bucket, by name, such as ``customer_landing_table.sql``."""
    prefix = f"scripts/sql/{folder}"
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=settings.bucket, Prefix=prefix)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    return sorted(key.removeprefix("scripts/sql/") for key in keys if key.endswith(".sql"))


def read_sql(settings: Settings, name: str) -> str:
    """The text of one SQL file, with the settings (``${bucket}``, ``${consent}`` ...) filled in."""
    body = boto3.client("s3").get_object(Bucket=settings.bucket, Key=f"scripts/sql/{name}")["Body"].read()
    return Template(body.decode("utf-8")).substitute(vars(settings))


def run_checks(connection: Connection, settings: Settings) -> int:
    """Run every check under ``sql/checks/``: a check is a query that must return no row.

    Returns
    -------
    int
        How many checks passed.

    Raises
    ------
    CheckFailed
        Naming the checks that found something, and how many rows.
    """
    found, broken = [], []
    names = list_sql(settings, "checks/")
    if not names:
        raise CheckFailed(f"s3://{settings.bucket}/scripts/sql/checks/ is empty: upload the project's sql/ first.")
    for name in names:
        rows = len(connection.cursor(converter=AnyDate()).execute(read_sql(settings, name)).fetchall())
        check = name.removeprefix("checks/").removesuffix(".sql")
        found.append({"check": check, "rows": rows})
        print(f"{'ok  ' if not rows else 'FAIL'}  {check}")
        if rows:
            broken.append(f"{name} returned {rows} row(s)")
    write_finding(settings, "checks", found)
    if broken:
        raise CheckFailed("; ".join(broken))
    return len(names)


def show(connection: Connection, query: str) -> None:
    """Print a query's result as a table, identity masked."""
    cursor = connection.cursor(converter=AnyDate()).execute(query)
    names = [column[0] for column in cursor.description]
    rows = [[_text(mask_value(name, value)) for name, value in zip(names, row, strict=True)] for row in cursor]
    print_table(names, rows)


def picture(connection: Connection, query: str, title: str) -> Figure:
    """Draw a query's result as a picture for a report, identity masked, as `show` prints it.

    A broken line among those asked for is drawn as Athena's reason, as in `show_landing`.
    """
    try:
        cursor = connection.cursor(converter=AnyDate()).execute(query)
        names = [column[0] for column in cursor.description]
        rows = [[_text(mask_value(name, value)) for name, value in zip(names, row, strict=True)] for row in cursor]
    except OperationalError as error:
        names, rows = ["Athena cannot read every landed line"], [[_unreadable(error)]]
    return plot_rows(names, rows, title, " ".join(query.split()))


def show_landing(connection: Connection, query: str) -> None:
    """Print a query's result as `show` does, or Athena's reason where a landed value does not fit its column.

    A broken line is no reason to stop: the transforms read every line as text and quarantine what does not fit.
    """
    try:
        show(connection, query)
    except OperationalError as error:
        print(f"Athena cannot read every landed line as the table declares it: {_unreadable(error)}")


def count_rows(connection: Connection, table: str) -> int:
    """How many rows Athena finds in a table."""
    return connection.cursor().execute(f'select count(*) from "{table}"').fetchone()[0]


def count_landed(connection: Connection, tables: Iterable[str]) -> dict[str, int]:
    """How many rows Athena finds in each landing table; one that it cannot read is told and left out."""
    counted = {}
    for table in tables:
        try:
            counted[table] = count_rows(connection, table)
        except OperationalError as error:
            print(f"Athena cannot count {table}: {_unreadable(error)}")
    return counted


def _unreadable(error: OperationalError) -> str:
    """The name of Athena's reason, where it is one of unreadable data; any other error is raised again."""
    if not str(error).startswith(UNREADABLE):
        raise error
    return str(error).partition(":")[0]


def query(connection: Connection, sql: str) -> pd.DataFrame:
    """A query's result as a pandas DataFrame. It is not masked: ask for no identity."""
    return connection.cursor(PandasCursor).execute(sql).as_pandas()


def print_table(names: list[str], rows: list[list[str]]) -> None:
    """Print rows in the form of Spark's ``show``."""
    widths = [max(len(cell) for cell in column) for column in zip(names, *rows, strict=True)]
    rule = "+" + "+".join("-" * width for width in widths) + "+"
    lines = [
        "|" + "|".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) + "|"
        for row in [names, *rows]
    ]
    print("\n".join([rule, lines[0], rule, *lines[1:], rule]))


def _text(value: object) -> str:
    return "NULL" if value is None else str(value)
