"""How an answer is written: its format, its partitions, its place, and the table that it becomes."""

import time
from dataclasses import dataclass
from typing import Any

from local_aws.athena.ddl.create_table import PARQUET_FORMATS, TEXT_FORMATS
from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.reading.tables import LAZY, PARQUET
from local_aws.athena.reading.text_files import one_byte
from local_aws.athena.writes import formats
from local_aws.athena.writes.parse import Write

STORAGE = {"PARQUET": (PARQUET, PARQUET_FORMATS), "TEXTFILE": (LAZY, TEXT_FORMATS)}
"""SerDe, input and output format of the tables that are written."""


@dataclass(frozen=True)
class Plan:
    """How an answer is written: in which format, with which types, and where."""

    format: str
    codec: str
    delimiter: str
    keys: list[str]
    location: str


def plan_write(write: Write, location: str) -> Plan:
    """Read how a statement says that its answer is written."""
    given = write.properties
    name = str(given.get("format", "PARQUET")).upper()
    name = "JSON" if name == "JSONFILE" else name
    codecs = [given[key] for key in ("write_compression", "compression", f"{name.lower()}_compression") if key in given]
    codec = str(codecs[0]).upper() if codecs else "GZIP"
    codec = "NONE" if codec == "UNCOMPRESSED" else codec
    formats.check_format(name, codec)
    delimiter = str(given.get("field_delimiter", "\x01"))
    if "field_delimiter" in given and name != "TEXTFILE":
        raise QueryFailed("INVALID_TABLE_PROPERTY", "field_delimiter is a property of the format TEXTFILE alone")
    delimiter = delimiter.encode().decode("unicode_escape") if delimiter.startswith("\\") else delimiter
    if len(delimiter) != 1:
        raise QueryFailed("INVALID_TABLE_PROPERTY", "field_delimiter must be a single character")
    return Plan(name, codec, delimiter, list(given.get("partitioned_by", [])), location)


def plan_of(entry: dict[str, Any]) -> Plan:
    """Read how a table's files are written; raises `QueryFailed` for what is not written."""
    storage = entry["StorageDescriptor"]
    serde = storage.get("SerdeInfo", {})
    library, parameters = serde.get("SerializationLibrary", ""), serde.get("Parameters", {})
    found = [name for name, (known, _) in STORAGE.items() if known == library]
    if entry.get("TableType") == "VIRTUAL_VIEW":
        raise QueryFailed("NOT_SUPPORTED", "Inserting into views is not supported")
    if not found:
        raise QueryFailed(
            "HIVE_UNSUPPORTED_FORMAT",
            f"Output format {storage.get('OutputFormat')} with SerDe {library} is not supported.",
        )
    if int(entry.get("Parameters", {}).get("skip.header.line.count", 0)):
        raise unsupported(f"INSERT INTO {entry['Name']}, whose files begin with a header")
    codec = entry.get("Parameters", {}).get(f"{found[0].lower()}.compression", "GZIP").upper()
    formats.check_format(found[0], codec)
    keys = [key["Name"].lower() for key in entry.get("PartitionKeys", [])]
    if "escape.delim" in parameters:
        raise unsupported(f"INSERT INTO {entry['Name']}, whose text has escapes")
    delimiter = one_byte(parameters.get("field.delim", parameters.get("serialization.format", "")), "\x01")
    return Plan(found[0], codec, delimiter, keys, storage["Location"])


def table_input(name: str, plan: Plan, columns: dict[str, str]) -> dict[str, Any]:
    """Write the TableInput of a new table."""
    serde, (source, target) = STORAGE[plan.format]
    parameters = {"EXTERNAL": "TRUE", "has_encrypted_data": "false", "transient_lastDdlTime": str(int(time.time()))}
    if plan.format == "PARQUET":
        parameters["parquet.compression"] = plan.codec
    delimiter = {"field.delim": plan.delimiter} if plan.format == "TEXTFILE" else {}
    listed = [{"Name": column, "Type": kind} for column, kind in columns.items()]
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": [column for column in listed if column["Name"] in plan.keys],
        "StorageDescriptor": {
            "Columns": [column for column in listed if column["Name"] not in plan.keys],
            "Location": plan.location,
            "InputFormat": source,
            "OutputFormat": target,
            "Compressed": False,
            "NumberOfBuckets": -1,
            "SerdeInfo": {
                "Name": name,
                "SerializationLibrary": serde,
                "Parameters": {"serialization.format": plan.delimiter if delimiter else "1", **delimiter},
            },
            "StoredAsSubDirectories": False,
        },
    }
