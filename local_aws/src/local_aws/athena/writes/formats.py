"""The files that a written table is made of: Parquet, delimited text and JSON lines.

Source: "CREATE TABLE AS" and "Use Hive data formats" (Athena user guide).
"""

import base64
import datetime as dt
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.render import writer

CODECS = {"PARQUET": {"GZIP", "SNAPPY", "NONE", "ZSTD"}, "TEXTFILE": {"GZIP", "NONE"}, "JSON": {"GZIP", "NONE"}}
"""Which compressions are written; GZIP is the default of each."""


class Writer(Protocol):
    """One open file that takes the batches of an answer."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""

    def close(self) -> None:
        """Finish the file."""


def check_format(name: str, codec: str) -> None:
    """Refuse a format or a compression that is not written here.

    Raises
    ------
    QueryFailed
        ``NOT_SUPPORTED``, by name.
    """
    if name not in CODECS:
        raise unsupported(f"writing the format {name}")
    if codec not in CODECS[name]:
        raise unsupported(f"writing {name} with the compression {codec}")


def ending(name: str, codec: str) -> str:
    """What a file's name ends in: Athena names the compression of text alone."""
    return ".gz" if name != "PARQUET" and codec == "GZIP" else ""


class ParquetWriter:
    """A Parquet file; its timestamps are INT96, as Athena's are."""

    def __init__(self, path: Path, schema: pa.Schema, codec: str):
        self._writer = pq.ParquetWriter(path, schema, compression=codec, use_deprecated_int96_timestamps=True)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        self._writer.write_batch(batch)

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


class LineWriter:
    """A text file of one row a line."""

    def __init__(self, path: Path, codec: str, line: Callable[[list[Any]], str]):
        self._stream = gzip.GzipFile(path, "wb") if codec == "GZIP" else path.open("wb")
        self._line = line

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        columns = [column.to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            self._stream.write(self._line(list(row)).encode() + b"\n")

    def close(self) -> None:
        """Finish the file."""
        self._stream.close()


def delimited(types: list[Any], delimiter: str) -> Callable[[list[Any]], str]:
    r"""Write rows as LazySimpleSerDe does: ``\N`` for null, nothing quoted, nothing escaped.

    Raises
    ------
    QueryFailed
        For values of values, by name; and, from the function, for text that would not be read back as it was.
    """
    if any(kind.id in {"list", "map", "struct", "blob"} for kind in types):
        raise unsupported("writing arrays, maps, rows or binary values as TEXTFILE")
    writers = [writer(kind) for kind in types]

    def line(row: list[Any]) -> str:
        values = [None if value is None else write(value) for write, value in zip(writers, row, strict=True)]
        for value in values:
            if value is not None and (re.search(rf"[\n\r{re.escape(delimiter)}]", value) or value == "\\N"):
                raise unsupported("writing text as TEXTFILE that holds the field delimiter, a line break or \\N")
        return delimiter.join("\\N" if value is None else value for value in values)

    return line


def json_line(names: list[str], types: list[Any]) -> Callable[[list[Any]], str]:
    """Write rows as JSON objects; decimals, which JSON's readers take for doubles, are refused by name."""
    if any("decimal" in str(kind).lower() for kind in types):
        raise unsupported("writing decimals as JSON")
    return lambda row: json.dumps(
        {name: _plain(value) for name, value in zip(names, row, strict=True)}, ensure_ascii=False
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03d}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return dict(map(_pair, value)) if value and isinstance(value[0], tuple) else [_plain(item) for item in value]
    return value


def _pair(item: tuple[Any, Any]) -> tuple[str, Any]:
    return str(item[0]), _plain(item[1])


def too_many_partitions() -> QueryFailed:
    """The failure of a statement that writes to more than 100 partitions."""
    return QueryFailed("HIVE_TOO_MANY_OPEN_PARTITIONS", "Exceeded limit of 100 open writers for partitions/buckets")
