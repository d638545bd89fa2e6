"""Documents that survive: what is committed is on the disk, whole, however the process ends."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local_aws.lake import Lake, LakeError

_DOCUMENTS = """
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS document (key TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


def open_database(lake: Lake, name: str, script: str) -> sqlite3.Connection:
    """Open an SQLite file of the lake's state directory, readable by its owner alone, and run a script on it.

    Requests are served by many threads: a lock of the caller's lets one in at a time. Raises `LakeError` if the file
    cannot be used.
    """
    path = lake.state / name
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.executescript(script)
    except sqlite3.DatabaseError as error:
        raise LakeError(f"{path} cannot be used ({error}): restore it, or name another --lake.") from error
    return connection


class Store:
    """JSON documents under keys of one or more names, in one SQLite file of the lake's state directory.

    SQLite and not one JSON file, because an update then writes the table that changed and not the whole catalog, and a
    call that changes several documents is one transaction. Callers hold a lock of their own around each use.
    """

    def __init__(self, lake: Lake, name: str):
        self._connection = open_database(lake, name, _DOCUMENTS)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes within are kept together, or none where an exception leaves the block."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def put(self, key: tuple[str, ...], document: dict[str, Any]) -> None:
        """Write a document, in place of the one that was there."""
        self._connection.execute("REPLACE INTO document VALUES (?, ?)", (json.dumps(key), json.dumps(document)))

    def delete(self, key: tuple[str, ...]) -> None:
        """Remove a document, where there is one."""
        self._connection.execute("DELETE FROM document WHERE key = ?", (json.dumps(key),))

    def get(self, key: tuple[str, ...]) -> dict[str, Any] | None:
        """A document, None where there is none."""
        row = self._connection.execute("SELECT body FROM document WHERE key = ?", (json.dumps(key),)).fetchone()
        return json.loads(row[0]) if row else None

    def items(self, length: int = 1, under: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
        """The documents whose keys have this many names and begin with those of another one."""
        begin = json.dumps(under)[:-1]
        condition = "json_array_length(key) = ? AND substr(key, 1, ?) = ?"
        found = self._connection.execute(
            f"SELECT key, body FROM document WHERE {condition} ORDER BY key",
            (length, len(begin) + 1, f"{begin}," if under else begin + '"'),
        )
        return [(tuple(json.loads(key)), json.loads(body)) for key, body in found]
