"""The table that CREATE TABLE AS leaves in the catalog.

Source: "CREATE TABLE AS" (Athena user guide).
"""

import time
from typing import Any

from local_aws.athena.create_table import HCATALOG, PARQUET_FORMATS, TEXT_FORMATS
from local_aws.athena.data_files import FileFormat
from local_aws.athena.failure import QueryFailed
from local_aws.athena.tables import PARQUET

LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_HIVE = {
    **{"boolean": "boolean", "tinyint": "tinyint", "smallint": "smallint", "integer": "int", "bigint": "bigint"},
    **{"hugeint": "bigint", "float": "float", "double": "double", "varchar": "string", "date": "date"},
    **{"timestamp": "timestamp", "blob": "binary", "uinteger": "bigint", "ubigint": "bigint"},
}


def hive_type(duck_type: Any, place: int) -> str:
    """Write the catalog's type for one of DuckDB's.

    Raises
    ------
    QueryFailed
        For a type that Hive does not have, in the words of Trino's Hive connector.
    """
    kind = duck_type.id
    if kind in {"null", '"null"', "sqlnull"}:
        raise QueryFailed("COLUMN_TYPE_UNKNOWN", f"line 1:1: Column type is unknown at position {place}")
    if kind == "decimal":
        details = dict(duck_type.children)
        return f"decimal({details['precision']},{details['scale']})"
    if kind in {"list", "map", "struct"}:
        inner = [(label, hive_type(child, place)) for label, child in duck_type.children]
        if kind == "struct":
            return f"struct<{','.join(f'{label}:{child}' for label, child in inner)}>"
        return f"{ {'list': 'array'}.get(kind, kind) }<{','.join(child for _, child in inner)}>"
    if kind not in _HIVE:
        raise QueryFailed("NOT_SUPPORTED", f"Unsupported Hive type: {str(duck_type).lower()}")
    return _HIVE[kind]


def table_input(
    name: str, location: str, kinds: dict[str, str], keys: tuple[str, ...], wanted: FileFormat
) -> dict[str, Any]:
    """Write the TableInput as Athena gives it to Glue."""
    serde = {"PARQUET": PARQUET, "JSON": HCATALOG, "TEXTFILE": LAZY_SIMPLE}[wanted.name]
    formats = PARQUET_FORMATS if wanted.name == "PARQUET" else TEXT_FORMATS
    options = {"field.delim": wanted.delimiter} if wanted.name == "TEXTFILE" else {}
    columns = [{"Name": column, "Type": kind} for column, kind in kinds.items()]
    plain = columns[: len(columns) - len(keys)]
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "has_encrypted_data": "false",
            **({"parquet.compression": wanted.compression} if wanted.name == "PARQUET" else {}),
            "transient_lastDdlTime": str(int(time.time())),
        },
        "PartitionKeys": columns[len(plain) :],
        "StorageDescriptor": {
            "Columns": plain,
            "Location": location.rstrip("/"),
            "InputFormat": formats[0],
            "OutputFormat": formats[1],
            "Compressed": False,
            "NumberOfBuckets": -1,
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": {"serialization.format": "1", **options}},
            "StoredAsSubDirectories": False,
        },
    }
