"""DESCRIBE in its forms.

Source: "DESCRIBE" (Athena user guide); the layout is that of Hive's ``MetaDataFormatUtils``.
"""

import re
import time
from typing import Any

from local_aws.athena.ddl.text import pairs
from local_aws.athena.ddl.utility import WIDTH, CatalogStatements, Listing, columns_of
from local_aws.athena.failure import QueryFailed
from local_aws.athena.types.hive import HiveType, parse_hive_type, text_column
from local_aws.errors import AwsError

_EMPTY = "\t \t "
_ELEMENTS = {("array", "$elem$"): 0, ("map", "$key$"): 0, ("map", "$value$"): 1}


def describe(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """DESCRIBE [EXTENDED | FORMATTED] table [PARTITION (…)] [column[.field …]]."""
    entry = on.table(database, match["table"].lower())
    how = (match["how"] or "").upper()
    partition = _partition(on, database, entry, match["spec"]) if match["spec"] else None
    columns, keys = columns_of(entry)
    if match["column"]:
        rows = [_row(_find(columns + keys, match["column"]))]
        rows = [_heading(), _EMPTY, *rows] if how == "FORMATTED" else rows
    else:
        rows = [_row(column) for column in columns + keys]
        if how == "FORMATTED":
            rows = [_heading(), _EMPTY, *map(_row, columns)]
        if keys:
            rows += [_EMPTY, "# Partition Information\t \t ", _heading(), _EMPTY, *map(_row, keys)]
        rows += {"FORMATTED": _formatted, "EXTENDED": _extended}[how](database, entry, partition) if how else []
    return Listing([text_column(name) for name in ("col_name", "data_type", "comment")], rows)


def _partition(on: CatalogStatements, database: str, entry: dict[str, Any], spec: str) -> dict[str, Any]:
    values, (_, keys) = pairs(spec), columns_of(entry)
    request = {"DatabaseName": database, "TableName": entry["Name"]}
    try:
        ordered = [values[key["Name"].lower()] for key in keys]
        return on.catalog.call("GetPartition", {**request, "PartitionValues": ordered})["Partition"]
    except (KeyError, AwsError) as error:
        if isinstance(error, AwsError) and error.code != "EntityNotFoundException":
            raise
        raise QueryFailed("FAILED", f"SemanticException [Error 10006]: Partition not found {values}") from error


def _find(columns: list[dict[str, str]], path: str) -> dict[str, str]:
    """Find a column, or what is within it, by ``column.field.'$elem$'``."""
    name, *inner = [part.strip("`\"'") for part in path.split(".")]
    column = next((column for column in columns if column["Name"].lower() == name.lower()), None)
    if column is None:
        raise QueryFailed("FAILED", f"SemanticException [Error 10002]: Invalid column reference {name}")
    if not inner:
        return column
    kind = parse_hive_type(column["Type"])
    for part in inner:
        kind = _within(kind, part.lower())
    return {"Name": inner[-1], "Type": _written(kind), "Comment": "from deserializer"}


def _within(kind: HiveType, part: str) -> HiveType:
    place = _ELEMENTS.get((kind.name, part))
    found = [child for place_, (label, child) in enumerate(kind.children) if (label or None) == part or place_ == place]
    if not found:
        raise QueryFailed("FAILED", f"SemanticException [Error 10002]: Invalid column reference {part}")
    return found[0]


def _written(kind: HiveType) -> str:
    """Write a type as the catalog does."""
    inner = ",".join(f"{label}:{_written(child)}" if label else _written(child) for label, child in kind.children)
    if inner:
        return f"{kind.name}<{inner}>"
    return f"{kind.name}({','.join(map(str, kind.parameters))})" if kind.parameters else kind.name


def _heading() -> str:
    return _padded("# col_name", "data_type", "comment")


def _row(column: dict[str, str]) -> str:
    return _padded(column["Name"], column.get("Type", ""), column.get("Comment", ""))


def _padded(*texts: str) -> str:
    return "\t".join(text.ljust(WIDTH) for text in texts)


def _formatted(database: str, entry: dict[str, Any], partition: dict[str, Any] | None) -> list[str]:
    shown = partition or entry
    storage = shown.get("StorageDescriptor", {})
    facts = {"Database:": database}
    if partition is None:
        facts |= {"Owner:": entry.get("Owner", "")}
    else:
        facts = {"Partition Value:": f"[{', '.join(partition['Values'])}]"} | facts | {"Table:": entry["Name"]}
    facts |= {"CreateTime:": _date(shown), "LastAccessTime:": "UNKNOWN", "Protect Mode:": "None"}
    if partition is None:
        facts |= {"Retention:": str(entry.get("Retention", 0))}
    facts |= {"Location:": storage.get("Location", "")}
    if partition is None:
        facts |= {"Table Type:": entry.get("TableType", "")}
    subject = "Partition" if partition else "Table"
    serde = storage.get("SerdeInfo", {})
    stored = {
        "SerDe Library:": serde.get("SerializationLibrary", ""),
        "InputFormat:": storage.get("InputFormat", ""),
        "OutputFormat:": storage.get("OutputFormat", ""),
        "Compressed:": "Yes" if storage.get("Compressed") else "No",
        "Num Buckets:": str(storage.get("NumberOfBuckets", 0)),
        "Bucket Columns:": f"[{', '.join(storage.get('BucketColumns', []))}]",
        "Sort Columns:": f"[{', '.join(column['Column'] for column in storage.get('SortColumns', []))}]",
    }
    return [
        _EMPTY,
        f"# Detailed {subject} Information\t \t ",
        *_facts(facts),
        f"{subject} Parameters:\t \t ",
        *_parameters(shown.get("Parameters", {})),
        _EMPTY,
        "# Storage Information\t \t ",
        *_facts(stored),
        "Storage Desc Params:\t \t ",
        *_parameters(serde.get("Parameters", {})),
    ]


def _facts(found: dict[str, str]) -> list[str]:
    return [f"{name.ljust(WIDTH)}\t{value.ljust(WIDTH)}\t " for name, value in found.items()]


def _parameters(found: dict[str, str]) -> list[str]:
    return [f"\t{name.ljust(WIDTH)}\t{value.ljust(WIDTH)}" for name, value in sorted(found.items())]


def _date(entry: dict[str, Any]) -> str:
    created = entry.get("CreateTime") or entry.get("CreationTime")
    return time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(created)) if created else "UNKNOWN"


def _extended(database: str, entry: dict[str, Any], partition: dict[str, Any] | None) -> list[str]:
    """One line with all that the catalog has, in the manner of Thrift's ``toString``."""
    if partition is not None:
        facts = {"values": partition["Values"], "dbName": database, "tableName": entry["Name"]}
        shown, subject = partition, "Partition"
    else:
        facts = {"tableName": entry["Name"], "dbName": database, "owner": entry.get("Owner", "")}
        shown, subject = entry, "Table"
    storage = shown.get("StorageDescriptor", {})
    facts |= {"createTime": int(shown.get("CreateTime") or shown.get("CreationTime") or 0)}
    facts |= {"sd": f"StorageDescriptor({_thrift(_lower(storage))})", "parameters": shown.get("Parameters", {})}
    if partition is None:
        facts |= {"partitionKeys": entry.get("PartitionKeys", []), "tableType": entry.get("TableType", "")}
    return [_EMPTY, f"Detailed {subject} Information\t{subject}({_thrift(facts)})\t"]


def _lower(fields: dict[str, Any]) -> dict[str, Any]:
    return {name[:1].lower() + name[1:]: value for name, value in fields.items()}


def _thrift(value: Any, inner: bool = False) -> str:
    if isinstance(value, dict):
        text = ", ".join(f"{name}:{_thrift(one, True)}" for name, one in value.items())
        return f"{{{text}}}" if inner else text
    if isinstance(value, list):
        return f"[{', '.join(_thrift(one, True) for one in value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
