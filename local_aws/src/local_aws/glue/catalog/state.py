"""The catalog's databases, tables and partitions: moto's models in memory, their documents in the lake."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from moto.glue.models import FakeDatabase, FakePartition, FakeTable, GlueBackend

from local_aws.lake import Lake
from local_aws.profile import ACCOUNT, REGION
from local_aws.store import Store


class CatalogState:
    """moto's Glue backend, kept in the lake.

    A handler changes `backend` and names what it has changed with `changed`; when its `change` block ends, that is on
    the disk. Where the block fails, memory goes back to what the disk holds.
    """

    def __init__(self, lake: Lake):
        self._store = Store(lake, "catalog.sqlite")
        self.backend = self._load()

    @contextmanager
    def change(self) -> Iterator[None]:
        """One call of the API: kept whole, or undone whole."""
        try:
            with self._store.transaction():
                yield
        except BaseException:
            self.backend = self._load()
            raise

    def changed(self, database: str, table: str | None = None) -> None:
        """Write down a database (without its tables) or one table as it is in memory now, gone or not."""
        key = (database,) if table is None else (database, table)
        held = self.backend.databases.get(database)
        entry = held.tables.get(table) if held is not None and table is not None else held
        if entry is None:
            self._store.delete(key)
        else:
            self._store.put(key, _table_document(entry) if isinstance(entry, FakeTable) else _database_document(entry))

    def _load(self) -> GlueBackend:
        backend = GlueBackend(REGION, ACCOUNT)
        for key, document in self._store.items():
            if len(key) == 1:
                backend.databases[key[0]] = _database(key[0], document)
            else:
                backend.databases[key[0]].tables[key[1]] = _table(*key, document)
        return backend


def epoch(moment: datetime) -> float:
    """Epoch seconds of one of moto's times, which are UTC without saying so."""
    return moment.replace(tzinfo=timezone.utc).timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)


def _database_document(database: FakeDatabase) -> dict[str, Any]:
    return {"created": epoch(database.created_time), "input": database.input}


def _database(name: str, document: dict[str, Any]) -> FakeDatabase:
    database = FakeDatabase(name, document["input"], ACCOUNT)
    database.created_time = _moment(document["created"])
    return database


def _table_document(table: FakeTable) -> dict[str, Any]:
    return {
        "created": epoch(table.created_time),
        "version": table._current_version,
        "versions": table.versions,
        "partitions": [
            {"created": epoch(partition.creation_time), "input": partition.partition_input}
            for partition in table.partitions.values()
        ],
    }


def _table(database: str, name: str, document: dict[str, Any]) -> FakeTable:
    table = FakeTable(database, name, {}, ACCOUNT)
    table.created_time = _moment(document["created"])
    table._current_version = document["version"]
    table.versions = document["versions"]
    for saved in document["partitions"]:
        partition = FakePartition(database, name, saved["input"])
        partition.creation_time = _moment(saved["created"])
        table.partitions[str(partition.values)] = partition
    return table
