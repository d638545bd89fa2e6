"""Partitions of a table: their values in paths, and the catalog's entries of them.

Source: "Partition your data" (Athena user guide).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from local_aws.athena.failure import unsupported
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError

NULL = "__HIVE_DEFAULT_PARTITION__"
_ESCAPED = re.compile(r"""[\x00-\x1f\x7f"#%'*/:=?\\{\[\]^]""")
"""What Hive does not leave in a path (``FileUtils.escapePathName``)."""


@dataclass(frozen=True)
class Partition:
    """One partition: the values of the table's keys, null for the default partition, and where its files are."""

    values: tuple[str | None, ...]
    location: str


def list_partitions(catalog: Service, database: str, table: str, serde: str) -> Iterator[Partition]:
    """Give the partitions of a table, whose files must all be read as the table says."""
    for entry in partition_entries(catalog, database, table):
        storage = entry.get("StorageDescriptor", {})
        found = storage.get("SerdeInfo", {}).get("SerializationLibrary", serde)
        if found != serde:
            raise unsupported(f"a partition with the SerDe {found} in a table with {serde} ({table})")
        values = tuple(None if value == NULL else value for value in entry["Values"])
        yield Partition(values, storage.get("Location", ""))


def partition_entries(catalog: Service, database: str, table: str) -> Iterator[dict[str, Any]]:
    """Give the catalog's own entries of a table's partitions."""
    request: dict[str, Any] = {"DatabaseName": database, "TableName": table, "ExcludeColumnSchema": True}
    while True:
        answer = catalog.call("GetPartitions", request)
        yield from answer["Partitions"]
        if not answer.get("NextToken"):
            return
        request["NextToken"] = answer["NextToken"]


def partition_path(keys: tuple[str, ...], values: tuple[Any, ...]) -> str:
    """Write ``key=value/…/`` as Hive does."""
    return "".join(
        f"{key}={NULL if value is None else escape(str(value))}/" for key, value in zip(keys, values, strict=True)
    )


def escape(value: str) -> str:
    """Write a value for a path."""
    return _ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", value)


def unescape(value: str) -> str | None:
    """Read a value of a path; the default partition's is null."""
    return None if value == NULL else unquote(value)


def add_partition(
    catalog: Service, name: dict[str, str], storage: dict[str, Any], values: list[str | None], location: str
) -> bool:
    """Add a partition to a table unless the table has it; give whether it is new."""
    entry = {
        "Values": [NULL if value is None else value for value in values],
        "StorageDescriptor": {**storage, "Location": location.rstrip("/")},
    }
    request = {"DatabaseName": name["DatabaseName"], "TableName": name["Name"], "PartitionInput": entry}
    try:
        catalog.call("CreatePartition", request)
    except AwsError as error:
        if error.code != "AlreadyExistsException":
            raise
        return False
    return True
