"""ALTER TABLE … PARTITION, MSCK REPAIR TABLE and SHOW PARTITIONS.

Source: "ALTER TABLE ADD PARTITION", "… DROP PARTITION", "… RENAME PARTITION", "… SET LOCATION", "MSCK REPAIR TABLE",
"SHOW PARTITIONS" (Athena user guide).
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from local_aws.athena.ddl.text import pairs, partition_specs
from local_aws.athena.ddl.utility import DONE, CatalogStatements, Listing
from local_aws.athena.failure import QueryFailed
from local_aws.athena.reading.files import split_uri
from local_aws.athena.reading.partitions import folder, list_partitions
from local_aws.athena.types.hive import text_column
from local_aws.errors import AwsError


def show_partitions(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """SHOW PARTITIONS table."""
    entry = on.table(database, match["table"].lower())
    keys = _keys(entry)
    found = sorted(partition.values for partition in list_partitions(on.catalog, database, entry["Name"]))
    return Listing([text_column("partition")], [folder(keys, values) for values in found])


def add_partitions(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER TABLE table ADD [IF NOT EXISTS] PARTITION (…) [LOCATION '…'] …"""
    entry = on.table(database, match["table"].lower())
    for spec, location in partition_specs(match["specs"]):
        _add(on, database, entry, _values(entry, spec), location, bool(match["keep"]))
    return DONE


def drop_partitions(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER TABLE table DROP [IF EXISTS] PARTITION (…), …: the data stays where it is."""
    entry = on.table(database, match["table"].lower())
    tolerated = "EntityNotFoundException" if match["exists"] else None
    for spec, _ in partition_specs(match["specs"]):
        request = {"DatabaseName": database, "TableName": entry["Name"], "PartitionValues": _values(entry, spec)}
        on.change("DeletePartition", request, tolerated)
    return DONE


def set_location(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER TABLE table PARTITION (…) SET LOCATION '…'."""
    return _update(on, database, match, location=match["location"])


def rename(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER TABLE table PARTITION (…) RENAME TO PARTITION (…): the data stays where it is."""
    return _update(on, database, match, new=pairs(match["new"]))


def _update(
    on: CatalogStatements,
    database: str,
    match: "re.Match[str]",
    location: str | None = None,
    new: dict[str, str] | None = None,
) -> Listing:
    entry = on.table(database, match["table"].lower())
    values = _values(entry, pairs(match["spec"]))
    place = {"DatabaseName": database, "TableName": entry["Name"]}
    try:
        held = on.catalog.call("GetPartition", {**place, "PartitionValues": values})["Partition"]
    except AwsError as error:
        if error.code != "EntityNotFoundException":
            raise
        raise QueryFailed("FAILED", f"SemanticException [Error 10006]: Partition not found {values}") from error
    storage = held["StorageDescriptor"]
    details = {
        "Values": _values(entry, new) if new else values,
        "StorageDescriptor": {**storage, "Location": location or storage["Location"]},
        "Parameters": held.get("Parameters", {}),
    }
    return on.change("UpdatePartition", {**place, "PartitionValueList": values, "PartitionInput": details}, None)


def repair(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """MSCK REPAIR TABLE table: add the partitions that stand in folders named as Hive names them."""
    entry = on.table(database, match["table"].lower())
    keys, name = _keys(entry), entry["Name"]
    known = {partition.values for partition in list_partitions(on.catalog, database, name)}
    location = entry["StorageDescriptor"]["Location"].rstrip("/")
    bucket, prefix = split_uri(location)
    places = {values: place for values, place in _folders(on.lake.bucket(bucket) / prefix, keys) if values not in known}
    found = sorted(places)
    for values in found:
        _add(on, database, entry, list(values), location + places[values], True)
    if not found:
        return Listing([text_column("result")], [])
    missing = "\t".join(f"{name}:{folder(keys, values)}" for values in found)
    added = [f"Repair: Added partition to metastore {name}:{folder(keys, values)}" for values in found]
    return Listing([text_column("result")], [f"Partitions not in metastore:\t{missing}", *added])


def _folders(root: Path, keys: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give the values of each folder ``key=value/…`` below a table's, and its path from there."""
    if not keys:
        yield (), ""
        return
    if not root.is_dir():
        return
    with os.scandir(root) as entries:
        inner = [(entry, *entry.name.partition("=")[::2]) for entry in entries if entry.is_dir()]
    for entry, key, value in inner:
        if key.lower() == keys[0] and value:
            for rest, place in _folders(Path(entry.path), keys[1:]):
                yield (unquote(value), *rest), f"/{entry.name}{place}"


def _add(
    on: CatalogStatements, database: str, entry: dict[str, Any], values: list[str], location: str | None, keep: bool
) -> None:
    storage = entry["StorageDescriptor"]
    place = location or f"{storage['Location'].rstrip('/')}/{folder(_keys(entry), tuple(values))}"
    details = {"Values": values, "StorageDescriptor": {**storage, "Location": place}, "Parameters": {}}
    request = {"DatabaseName": database, "TableName": entry["Name"], "PartitionInput": details}
    on.change("CreatePartition", request, "AlreadyExistsException" if keep else None)


def _keys(entry: dict[str, Any]) -> list[str]:
    keys = [key["Name"].lower() for key in entry.get("PartitionKeys", [])]
    if not keys:
        raise QueryFailed("FAILED", f"SemanticException Table {entry['Name']} is not a partitioned table")
    return keys


def _values(entry: dict[str, Any], spec: dict[str, str]) -> list[str]:
    """Order a spec's values as the table's keys are."""
    keys = _keys(entry)
    if set(spec) != set(keys):
        raise QueryFailed("FAILED", f"SemanticException [Error 10006]: Partition not found {spec}: the keys are {keys}")
    return [spec[key] for key in keys]
