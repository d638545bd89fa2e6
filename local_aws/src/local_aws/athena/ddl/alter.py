"""ALTER TABLE on columns, properties and location, and SHOW TBLPROPERTIES.

Source: "ALTER TABLE ADD COLUMNS", "… CHANGE COLUMN", "… REPLACE COLUMNS", "… SET LOCATION",
"… SET TBLPROPERTIES" (Athena user guide).
"""

import re
from typing import Any

from local_aws.athena.ddl import text
from local_aws.athena.ddl.utility import CatalogStatements, Listing
from local_aws.athena.failure import QueryFailed
from local_aws.athena.types.hive import text_column

_INPUT = (
    *("Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys"),
    *("ViewOriginalText", "ViewExpandedText", "TableType", "Parameters"),
)
"""The parts of a table that UpdateTable takes (Glue API, ``TableInput``)."""


def add_columns(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER TABLE table ADD COLUMNS (…): they follow the others, before the partition columns."""
    entry = on.table(database, match["table"].lower())
    storage, new = entry["StorageDescriptor"], text.columns(match["columns"])
    known = {column["Name"].lower() for column in [*storage["Columns"], *entry.get("PartitionKeys", [])]}
    for column in new:
        if column["Name"] in known:
            raise _duplicate(column["Name"])
        known.add(column["Name"])
    return _update(on, database, entry, {"StorageDescriptor": {**storage, "Columns": [*storage["Columns"], *new]}})


def replace_columns(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER TABLE table REPLACE COLUMNS (…)."""
    entry = on.table(database, match["table"].lower())
    new = text.columns(match["columns"])
    names = [column["Name"] for column in [*new, *entry.get("PartitionKeys", [])]]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise _duplicate(name)
    return _update(on, database, entry, {"StorageDescriptor": {**entry["StorageDescriptor"], "Columns": new}})


def change_column(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER TABLE table CHANGE [COLUMN] old new type [COMMENT '…'] [FIRST | AFTER column]."""
    entry = on.table(database, match["table"].lower())
    storage, (new,) = entry["StorageDescriptor"], text.columns(match["column"])
    present = {column["Name"].lower(): column for column in storage["Columns"]}
    old, after = match["old"].lower(), (match["after"] or "").lower()
    for name in filter(None, (old, after)):
        if name not in present:
            raise QueryFailed("FAILED", f"SemanticException [Error 10002]: Invalid column reference {name}")
    if new["Name"] != old and new["Name"] in {*present, *(key["Name"] for key in entry.get("PartitionKeys", []))}:
        raise _duplicate(new["Name"])
    names = list(present)
    place = names.index(old)
    if match["first"] or after:
        names.remove(old)
        place = names.index(after) + 1 if after else 0
        names.insert(place, old)
    changed = [new if name == old else present[name] for name in names]
    return _update(on, database, entry, {"StorageDescriptor": {**storage, "Columns": changed}})


def set_properties(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER TABLE table SET TBLPROPERTIES ('key' = 'value', …)."""
    entry = on.table(database, match["table"].lower())
    return _update(on, database, entry, {"Parameters": {**entry["Parameters"], **text.properties(match["pairs"])}})


def set_location(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER TABLE table SET LOCATION '…'."""
    entry = on.table(database, match["table"].lower())
    return _update(
        on, database, entry, {"StorageDescriptor": {**entry["StorageDescriptor"], "Location": match["location"]}}
    )


def show_properties(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """SHOW TBLPROPERTIES table [('key')]."""
    entry = on.table(database, match["table"].lower())
    found, key = entry.get("Parameters", {}), match["key"]
    if key is None:
        rows = [f"{name}\t{value}" for name, value in sorted(found.items())]
    else:
        rows = [found.get(key, f"Table {database}.{entry['Name']} does not have property: {key}")]
    return Listing([text_column("prpt_name"), text_column("prpt_value")], rows)


def _update(on: CatalogStatements, database: str, entry: dict[str, Any], changes: dict[str, Any]) -> Listing:
    details = {key: entry[key] for key in _INPUT if key in entry} | changes
    return on.change("UpdateTable", {"DatabaseName": database, "TableInput": details}, None)


def _duplicate(name: str) -> QueryFailed:
    return QueryFailed("FAILED", f"SemanticException [Error 10036]: Duplicate column name: {name}")
