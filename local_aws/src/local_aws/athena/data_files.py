"""The files that CREATE TABLE AS, INSERT INTO and UNLOAD write: Parquet, lines of JSON, and delimited text.

Sources: "CREATE TABLE AS", "UNLOAD" and "Use compression in Athena" (Athena user guide).
"""

import base64
import datetime as dt
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.render import renderer
from local_aws.athena.types import literal

BATCH_ROWS = 10_000
PARQUET_COMPRESSIONS = {"GZIP", "SNAPPY", "ZSTD", "NONE"}
TEXT_COMPRESSIONS = {"GZIP", "NONE"}


@dataclass(frozen=True)
class FileFormat:
    """How a statement's data is written."""

    name: str
    compression: str
    delimiter: str = "\x01"

    @property
    def ending(self) -> str:
        """What the files' names end with."""
        return ".gz" if self.name != "PARQUET" and self.compression == "GZIP" else ""


def parse_format(properties: dict[str, Any], default: str) -> FileFormat:
    """Read ``format``, the compression and ``field_delimiter`` of a WITH clause; what is not here is refused."""
    name = str(properties.get("format", default)).upper()
    if name not in {"PARQUET", "JSON", "TEXTFILE"}:
        raise unsupported(f"writing the format {name}")
    keys = ("write_compression", "compression", f"{name.lower()}_compression")
    compression = next((str(properties[key]).upper() for key in keys if key in properties), "GZIP")
    if compression not in (PARQUET_COMPRESSIONS if name == "PARQUET" else TEXT_COMPRESSIONS):
        raise unsupported(f"the compression {compression} of {name}")
    delimiter = str(properties.get("field_delimiter", "\x01"))
    if len(delimiter) != 1:
        raise QueryFailed("INVALID_TABLE_PROPERTY", "Field delimiter must be a single character")
    return FileFormat(name, compression, delimiter)


def write_file(connection: duckdb.DuckDBPyConnection, query: str, target: Path, wanted: FileFormat) -> int:
    """Write the rows of a query as one file; give how many they are. No rows leave no file."""
    if wanted.name == "PARQUET":
        packed = {"NONE": "UNCOMPRESSED"}.get(wanted.compression, wanted.compression)
        copy = f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION {packed})"
        (count,) = connection.execute(copy).fetchone()
    else:
        cursor = connection.execute(query)
        encode = _encoder(cursor.description, wanted)
        with gzip.open(target, "wt", encoding="utf-8", newline="") if wanted.ending else target.open("w") as stream:
            count = 0
            for row in _rows(cursor):
                stream.write(encode(row) + "\n")
                count += 1
    if not count:
        target.unlink()
    return count


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(BATCH_ROWS):
        yield from batch


def _encoder(description: list[Any], wanted: FileFormat) -> Callable[[tuple[Any, ...]], str]:
    if wanted.name == "JSON":
        names = [column[0] for column in description]
        return lambda row: json.dumps(
            dict(zip(names, map(_json_value, row), strict=True)), ensure_ascii=False, separators=(",", ":")
        )
    kinds = [column[1] for column in description]
    nested = next((str(kind) for kind in kinds if kind.id in {"list", "map", "struct", "blob"}), None)
    if nested:
        raise unsupported(f"writing {nested} as TEXTFILE")
    writers = [renderer(kind) for kind in kinds]
    # Hive's LazySimpleSerDe writes a null as \N and quotes nothing ("LazySimpleSerDe for CSV, TSV, and custom files").
    return lambda row: wanted.delimiter.join(
        r"\N" if value is None else write(value) for write, value in zip(writers, row, strict=True)
    )


def _json_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "milliseconds")
    return value.isoformat() if isinstance(value, dt.date) else value
