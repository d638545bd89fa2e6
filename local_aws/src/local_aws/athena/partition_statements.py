"""SHOW PARTITIONS, ALTER TABLE ADD and DROP PARTITION, and MSCK REPAIR TABLE.

Source: the pages of these names (Athena user guide).
"""

import re
from typing import Any

from local_aws.athena.failure import QueryFailed
from local_aws.athena.files import list_data_files
from local_aws.athena.listing import DONE, Listing
from local_aws.athena.partitions import NULL, add_partition, partition_entries, partition_path, unescape
from local_aws.athena.types import text_column
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError
from local_aws.lake import Lake

_SPEC = re.compile(
    r"\s*,?\s*PARTITION\s*\((?P<pairs>(?:[^()']|'[^']*')*)\)(?:\s+LOCATION\s+'(?P<location>[^']*)')?", re.IGNORECASE
)
_PAIR = re.compile(
    r"\s*`?(?P<key>\w+)`?\s*=\s*(?:'(?P<text>[^']*)'|\"(?P<quoted>[^\"]*)\"|(?P<plain>-?[\w.]+))\s*(?:,|\Z)"
)


class PartitionStatements:
    """Runs the statements against the Glue Data Catalog."""

    def __init__(self, catalog: Service, lake: Lake):
        self._catalog = catalog
        self._lake = lake

    def show(self, database: str, table: str) -> Listing:
        """SHOW PARTITIONS table."""
        keys = _keys(self._table(database, table))
        if not keys:
            raise QueryFailed(
                "FAILED",
                "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                f"Table {database}.{table} is not a partitioned table",
            )
        entries = partition_entries(self._catalog, database, table)
        paths = [partition_path(keys, tuple(entry["Values"])).rstrip("/") for entry in entries]
        return Listing([text_column("partition")], sorted(paths))

    def add(self, database: str, table: str, specs: str, keep: bool) -> Listing:
        """ALTER TABLE table ADD [IF NOT EXISTS] PARTITION (key = value, …) [LOCATION '…'] ….."""
        entry = self._table(database, table)
        keys, storage = _keys(entry), entry["StorageDescriptor"]
        for given, location in _read_specs(specs):
            values = _complete(keys, given)
            place = location or f"{storage['Location'].rstrip('/')}/{partition_path(keys, tuple(values))}"
            name = {"DatabaseName": database, "Name": table}
            if not add_partition(self._catalog, name, storage, values, place) and not keep:
                raise _failed("AlreadyExistsException(message:Partition already exists.)")
        return DONE

    def drop(self, database: str, table: str, specs: str, if_exists: bool) -> Listing:
        """ALTER TABLE table DROP [IF EXISTS] PARTITION (key = value, …), …: the data stays where it is."""
        keys = _keys(self._table(database, table))
        for given, _ in _read_specs(specs):
            request = {"DatabaseName": database, "TableName": table, "PartitionValues": _complete(keys, given)}
            try:
                self._catalog.call("DeletePartition", request)
            except AwsError as error:
                if error.code != "EntityNotFoundException":
                    raise
                if not if_exists:
                    shown = ", ".join(f"{key}={value}" for key, value in given.items())
                    raise QueryFailed(
                        "FAILED", f"SemanticException [Error 10006]: Partition not found {shown}"
                    ) from error
        return DONE

    def repair(self, database: str, table: str) -> Listing:
        """MSCK REPAIR TABLE table: adds the partitions whose folders are named as Hive names them, and drops none."""
        entry = self._table(database, table)
        keys, storage = _keys(entry), entry["StorageDescriptor"]
        root, rows = storage["Location"].rstrip("/") + "/", []
        pattern = re.compile("".join(f"{re.escape(key)}=([^/]*)/" for key in keys), re.IGNORECASE)
        folders = {}
        for file in list_data_files(self._lake, root):
            found = pattern.match(file.uri[len(root) :]) if keys else None
            if found:
                folders[found[0]] = [unescape(value) for value in found.groups()]
        for folder, values in sorted(folders.items()):
            if add_partition(self._catalog, {"DatabaseName": database, "Name": table}, storage, values, root + folder):
                shown = folder.rstrip("/")
                rows.append((f"{table}:{shown}", f"Repair: Added partition to metastore {table}:{shown}"))
        missing = [f"Partitions not in metastore:\t{chr(9).join(name for name, _ in rows)}"] if rows else []
        return Listing([text_column("result")] if rows else [], missing + [line for _, line in rows])

    def _table(self, database: str, table: str) -> dict[str, Any]:
        try:
            return self._catalog.call("GetTable", {"DatabaseName": database, "Name": table})["Table"]
        except AwsError as error:
            if error.code != "EntityNotFoundException":
                raise
            reason = f"SemanticException [Error 10001]: Table not found {database}.{table}"
            raise QueryFailed("FAILED", reason) from error


def _failed(message: str) -> QueryFailed:
    return QueryFailed(
        "FAILED", f"Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. {message}"
    )


def _keys(entry: dict[str, Any]) -> tuple[str, ...]:
    return tuple(key["Name"] for key in entry.get("PartitionKeys", []))


def _read_specs(text: str) -> list[tuple[dict[str, str], str | None]]:
    found, place = [], 0
    while text[place:].strip():
        spec = _SPEC.match(text, place)
        pairs = _read_pairs(spec["pairs"]) if spec else None
        if not pairs:
            near = text[place:].split()[0]
            raise QueryFailed("FAILED", f"ParseException line 1:{place} cannot recognize input near '{near}'")
        found.append((pairs, spec["location"]))
        place = spec.end()
    return found


def _read_pairs(text: str) -> dict[str, str]:
    pairs, place = {}, 0
    while place < len(text):
        pair = _PAIR.match(text, place)
        if pair is None:
            return {}
        values = (pair[group] for group in ("text", "quoted", "plain"))
        pairs[pair["key"].lower()] = next(value for value in values if value is not None)
        place = pair.end()
    return pairs


def _complete(keys: tuple[str, ...], given: dict[str, str]) -> list[str | None]:
    """Put a specification's values in the order of the table's keys, all of which it must name."""
    if set(given) != set(keys):
        shown = "{" + ", ".join(f"{key}={value}" for key, value in given.items()) + "}"
        raise QueryFailed("FAILED", f"SemanticException partition spec {shown} doesn't contain all partition columns")
    return [None if given[key] == NULL else given[key] for key in keys]
