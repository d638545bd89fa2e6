"""Partitions of a table: their values in paths, and the catalog's entries of them.

Source: "Partition your data" (Athena user guide).
"""

import re
from typing import Any
from urllib.parse import unquote

from local_aws.endpoint.service import Service
from local_aws.errors import AwsError

NULL = "__HIVE_DEFAULT_PARTITION__"
_ESCAPED = re.compile(r"""[\x00-\x1f\x7f"#%'*/:=?\\{\[\]^]""")
"""What Hive does not leave in a path (``FileUtils.escapePathName``)."""


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
