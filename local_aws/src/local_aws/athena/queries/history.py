"""The history of queries, kept in the lake for 45 days.

Source: "View recent queries" (Athena user guide).
"""

import json
import threading
import time
from typing import Any

from local_aws.errors import AwsError
from local_aws.lake import Lake
from local_aws.store import open_database

KEPT_SECONDS = 45 * 24 * 3600
INTERRUPTED = "GENERIC_INTERNAL_ERROR: The local AWS ended while the query ran."
_TABLE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS query (
    place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, workgroup TEXT, submitted REAL, final INTEGER,
    token TEXT, request TEXT, reusable TEXT, completed REAL, body TEXT
);
CREATE INDEX IF NOT EXISTS by_workgroup ON query (workgroup, place);
CREATE INDEX IF NOT EXISTS by_time ON query (submitted);
CREATE INDEX IF NOT EXISTS by_token ON query (token) WHERE token IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_result ON query (reusable, completed) WHERE reusable IS NOT NULL;
"""
"""With a write-ahead log a killed process loses nothing, and a query waits for no disk."""


class History:
    """Records of query executions, found by their id, by a client's token and by what was asked.

    Raises
    ------
    LakeError
        If the file cannot be used.
    """

    def __init__(self, lake: Lake):
        self._connection = open_database(lake, "athena_history.sqlite", _TABLE)
        self._lock = threading.Lock()
        self._fail_interrupted()

    def add(self, record: dict[str, Any], token: str | None, request: dict[str, Any]) -> None:
        """Keep a query that was accepted; those of more than 45 days ago are forgotten."""
        with self._lock:
            self._connection.execute("DELETE FROM query WHERE submitted < ?", (time.time() - KEPT_SECONDS,))
            self._connection.execute(
                "INSERT INTO query (id, workgroup, submitted, final, token, request, body) "
                "VALUES (?, ?, ?, 0, ?, ?, ?)",
                (record["identifier"], record["workgroup"], record["submitted"], token)
                + (json.dumps(request, sort_keys=True) if token else None, json.dumps(record)),
            )

    def end(self, record: dict[str, Any], reusable: str | None) -> None:
        """Keep a query's end; ``reusable`` names what was asked where its result may be given again."""
        with self._lock:
            self._connection.execute(
                "UPDATE query SET final = 1, body = ?, completed = ?, reusable = ? WHERE id = ?",
                (json.dumps(record), record["completed"], reusable, record["identifier"]),
            )

    def get(self, identifier: str) -> dict[str, Any] | None:
        """A query's record, None where there is none (any more)."""
        return self._one("SELECT body FROM query WHERE id = ? AND submitted >= ?", identifier, _oldest())

    def find_result(self, reusable: str, least: float) -> dict[str, Any] | None:
        """The last query that asked the same and ended not before ``least`` (epoch s)."""
        return self._one(
            "SELECT body FROM query WHERE reusable = ? AND completed >= ? ORDER BY completed DESC LIMIT 1",
            reusable,
            least,
        )

    def find_started(self, token: str | None, request: dict[str, Any]) -> str | None:
        """Give the id of the query that the same ClientRequestToken started before.

        Raises
        ------
        AwsError
            Where the token came with another request.
        """
        if token is None:
            return None
        with self._lock:
            row = self._connection.execute("SELECT id, request FROM query WHERE token = ?", (token,)).fetchone()
        if row is not None and row[1] != json.dumps(request, sort_keys=True):
            raise AwsError("InvalidRequestException", "Idempotent parameters do not match")
        return row and row[0]

    def page(self, workgroup: str, token: str | None, count: int) -> tuple[list[str], str | None]:
        """Give the ids of a workgroup's queries, the newest first, and the first id of the next page, if any.

        Raises
        ------
        AwsError
            For a token that is none.
        """
        with self._lock:
            first = self._connection.execute("SELECT place FROM query WHERE id = ?", (token,)).fetchone()
            if token and first is None:
                raise AwsError("InvalidRequestException", "Invalid NextToken")
            found = self._connection.execute(
                "SELECT id FROM query WHERE workgroup = ? AND submitted >= ? AND place <= ? "
                "ORDER BY place DESC LIMIT ?",
                (workgroup, _oldest(), first[0] if first else 2**62, count + 1),
            ).fetchall()
        names = [name for (name,) in found]
        return names[:count], names[count] if len(names) > count else None

    def _one(self, sql: str, *values: Any) -> dict[str, Any] | None:
        with self._lock:
            row = self._connection.execute(sql, values).fetchone()
        return json.loads(row[0]) if row else None

    def _fail_interrupted(self) -> None:
        """Fail what ran when the endpoint was killed."""
        for (body,) in self._connection.execute("SELECT body FROM query WHERE final = 0").fetchall():
            error = {"ErrorCategory": 1, "Retryable": True, "ErrorMessage": INTERRUPTED}
            end = {"state": "FAILED", "reason": INTERRUPTED, "error": error, "completed": time.time()}
            self.end(json.loads(body) | end, None)


def _oldest() -> float:
    return time.time() - KEPT_SECONDS
