"""A connection to Athena by boto3 alone, which every Glue session has: as much of PEP 249 as the project uses."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore.config import Config

from helpers.clients import share_clients
from helpers.errors import QueryFailed

READS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), int),
    **dict.fromkeys(("float", "real", "double"), float),
    "boolean": "true".__eq__,
}
"""Athena's name of a type -> what makes its text a value. Of any other type a value stays Athena's text: Python has no
date outside the years 1 to 9999, which milliseconds that are taken for seconds make."""
QUOTES_DATA = ("HIVE_", "GENERIC_INTERNAL_ERROR", "INVALID_CAST_ARGUMENT", "INVALID_FUNCTION_ARGUMENT")
"""How Athena's reasons begin that may quote a value of a table. What follows is not passed on, to a page or a log."""
SLOWEST = 1.0
"""Seconds between two questions whether a query has ended: an account's calls are counted."""
CALLS = Config(retries={"mode": "standard", "total_max_attempts": 5})
"""``TooManyRequestsException`` is tried again (AWS SDKs, "Retry behavior": throttling errors)."""


class Connection:
    """Athena, on one database.

    Parameters
    ----------
    database, workgroup : str
        Where a query looks for tables, and which workgroup answers.
    results : str
        The ``s3://`` prefix for results.
    """

    def __init__(self, database: str, workgroup: str, results: str):
        share_clients()
        self.client = boto3.client("athena", config=CALLS)
        self.begun: list[str] = []
        """The ids of the queries that were begun."""
        self._where = {
            "QueryExecutionContext": {"Database": database},
            "ResultConfiguration": {"OutputLocation": results},
            "WorkGroup": workgroup,
        }

    def cursor(self) -> "Cursor":
        """What executes one query after another."""
        return Cursor(self)

    def run(self, sql: str) -> dict:
        """Run a query to its end; gives it as GetQueryExecution describes it.

        Raises
        ------
        QueryFailed
            With Athena's own reason; only its name where the text may quote a value of a table.
        """
        query = self.client.start_query_execution(QueryString=sql, **self._where)["QueryExecutionId"]
        self.begun.append(query)
        try:
            execution = self._ended(query)
        except BaseException:
            self.client.stop_query_execution(QueryExecutionId=query)  # nobody waits for it any more
            raise
        status = execution["Status"]
        if status["State"] != "SUCCEEDED":
            raise QueryFailed(_showable(status.get("StateChangeReason") or status["State"]))
        return execution

    def _ended(self, query: str) -> dict:
        began = time.monotonic()
        while True:
            execution = self.client.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return execution
            time.sleep(min(SLOWEST, 0.05 + (time.monotonic() - began) / 4))


class Cursor:
    """Executes queries, and gives the rows of the last one in turn."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._rows: Iterator[tuple] = iter(())
        self.description: list[tuple[str, str]] = []
        """Name and Athena's type of each column."""
        self.location = ""
        """Where the result lies, as ``s3://…``."""

    def execute(self, sql: str) -> "Cursor":
        """Run a query to its end (`Connection.run`)."""
        execution = self._connection.run(sql)
        self.location = execution["ResultConfiguration"]["OutputLocation"]
        paginator = self._connection.client.get_paginator("get_query_results")
        pages = iter(paginator.paginate(QueryExecutionId=execution["QueryExecutionId"]))
        first = next(pages)["ResultSet"]
        columns = first["ResultSetMetadata"]["ColumnInfo"]
        self.description = [(column["Name"], column["Type"]) for column in columns]
        self._rows = self._read(first["Rows"], pages, has_header=execution["StatementType"] == "DML")
        return self

    def fetchone(self) -> tuple | None:
        """The next row; None where there is none."""
        return next(self._rows, None)

    def fetchall(self) -> list[tuple]:
        """The rows that are left."""
        return list(self._rows)

    def _read(self, rows: list[dict], pages: Iterator[dict], has_header: bool) -> Iterator[tuple]:
        """The rows; of a query that reads tables the first one is the columns' names."""
        reads = [READS.get(kind, str) for _, kind in self.description]
        for row in rows[1:] if has_header else rows:
            yield _values(row, reads)
        for page in pages:
            for row in page["ResultSet"]["Rows"]:
                yield _values(row, reads)


def _showable(reason: str) -> str:
    if not reason.startswith(QUOTES_DATA):
        return reason
    return f"{reason.partition(':')[0]} (the text may quote somebody's data: `stedi query` shows it)"


def _values(row: dict, reads: list[Callable[[str], Any]]) -> tuple:
    texts = (field.get("VarCharValue") for field in row["Data"])
    return tuple(None if text is None else read(text) for read, text in zip(reads, texts, strict=True))
