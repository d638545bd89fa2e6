"""ALTER TABLE on columns, properties and location, and SHOW TBLPROPERTIES.

Source: "ALTER TABLE ADD COLUMNS", "… REPLACE COLUMNS", "… SET LOCATION", "… SET TBLPROPERTIES" (Athena user guide).
"""

import re
from typing import Any

from local_aws.athena.ddl import text
from local_aws.athena.failure import QueryFailed
from local_aws.athena.types import text_column
from local_aws.athena.utility import CatalogStatements, Listing

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
