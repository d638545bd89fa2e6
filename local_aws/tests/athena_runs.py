"""Statements through boto3, for tests: run one to its end, and read its rows."""

import time
from typing import Any


class Runner:
    """Runs statements in one database.

    Parameters
    ----------
    client : Any
        A boto3 client of Athena.
    database : str
        Where names without a database are looked up.
    output : str
        Where results go.
    """

    def __init__(self, client: Any, database: str, output: str):
        self.client = client
        self._request = {
            "ResultConfiguration": {"OutputLocation": output},
            "QueryExecutionContext": {"Database": database},
        }

    def run(self, sql: str, **more: Any) -> dict[str, Any]:
        """Run a statement to its end and give its execution."""
        started = self.client.start_query_execution(QueryString=sql, **{**self._request, **more})
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            execution = self.client.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]
            if execution["Status"]["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
                return execution
        raise AssertionError(f"{sql} did not end")

    def done(self, sql: str, **more: Any) -> dict[str, Any]:
        """Run a statement that must succeed."""
        execution = self.run(sql, **more)
        assert execution["Status"]["State"] == "SUCCEEDED", (sql, execution["Status"])
        return execution

    def results(self, sql: str, **more: Any) -> dict[str, Any]:
        """Give a statement's whole GetQueryResults."""
        return self.client.get_query_results(QueryExecutionId=self.done(sql, **more)["QueryExecutionId"])

    def rows(self, sql: str, **more: Any) -> list[str]:
        """Give the rows as GetQueryResults has them, their columns joined by ``|``, a null as nothing."""
        found = self.results(sql, **more)["ResultSet"]["Rows"]
        return ["|".join(datum.get("VarCharValue", "") for datum in row["Data"]) for row in found]

    def reason(self, sql: str, **more: Any) -> str:
        """Why a statement fails."""
        status = self.run(sql, **more)["Status"]
        assert status["State"] == "FAILED", (sql, status)
        return status["StateChangeReason"]
