"""The catalog's documents, each under its name, and how the answerers of its actions find what a request names."""

import time
from dataclasses import asdict, dataclass, field
from typing import Any

from local_aws.errors import AwsError
from local_aws.lake import Lake
from local_aws.store import Store


@dataclass
class Table:
    """A table; times are epoch seconds."""

    database: str
    name: str
    created: float
    version: int
    """The number of the current version."""
    versions: dict[str, dict[str, Any]]
    """Number -> the TableInput of that version, with its UpdateTime."""
    partitions: list[dict[str, Any]] = field(default_factory=list)
    """Each with its PartitionInput (``input``) and the time at which it was ``created``."""

    @property
    def current(self) -> dict[str, Any]:
        """The TableInput of the current version."""
        return self.versions[str(self.version)]


class CatalogState:
    """What the catalog holds, as it stands on the disk; what is got is a copy, and kept by a save."""

    def __init__(self, lake: Lake):
        self._store = Store(lake, "catalog.sqlite")
        self.transaction = self._store.transaction

    def database(self, name: str) -> dict[str, Any]:
        """The document of a database: its DatabaseInput (``input``) and when it was ``created``."""
        return self._store.get((name,)) or _refuse(f"Database {name} not found.")

    def databases(self) -> list[dict[str, Any]]:
        """Those of all databases."""
        return [document for _, document in self._store.items()]

    def save_database(self, details: dict[str, Any], created: float | None = None) -> None:
        """Keep a database, a new one or with the time of before."""
        self._store.put((details["Name"],), {"created": created or time.time(), "input": details})

    def delete_database(self, name: str) -> None:
        """Remove a database and its tables."""
        self.database(name)
        for table in self.tables(name):
            self.delete_table(table)
        self._store.delete((name,))

    def has(self, *names: str) -> bool:
        """Whether there is a database, or a table in it."""
        return self._store.get(names) is not None

    def table(self, database: str, name: str) -> Table:
        """A table."""
        self.database(database)
        return Table(database, name, **self._store.get((database, name)) or _refuse(f"Table {name} not found."))

    def tables(self, database: str) -> list[Table]:
        """The tables of a database."""
        self.database(database)
        return [Table(*key, **document) for key, document in self._store.items(2, (database,))]

    def save_table(self, table: Table) -> None:
        """Keep a table."""
        document = asdict(table)
        self._store.put((document.pop("database"), document.pop("name")), document)

    def delete_table(self, table: Table) -> None:
        """Remove a table."""
        self._store.delete((table.database, table.name))


def _refuse(message: str) -> Any:
    raise AwsError("EntityNotFoundException", message)


def fold(name: str) -> str:
    """A name as the catalog stores and seeks it.

    AWS Glue Developer Guide, "Tables API": "For Hive compatibility, this is folded to lowercase when it is stored."
    """
    return name.lower()


def table_of(state: CatalogState, payload: dict[str, Any], parameter: str = "TableName") -> Table:
    """The table that a request names."""
    return state.table(fold(payload["DatabaseName"]), fold(payload[parameter]))
