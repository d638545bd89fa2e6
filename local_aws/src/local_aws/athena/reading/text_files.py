"""Tables of delimited text (LazySimpleSerDe).

Source: "Lazy Simple SerDe for CSV, TSV, and custom-delimited files" (Athena user guide).
"""

import io
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_aws.athena.failure import unsupported
from local_aws.athena.reading.packed import open_text
from local_aws.athena.types.hive import HiveType, cut, literal, quoted

KNOWN = {
    *("field.delim", "serialization.format", "line.delim", "serialization.null.format", "escape.delim"),
    # These take nested values apart, which are not read here.
    *("collection.delim", "colelction.delim", "mapkey.delim"),
}
ROWS_AT_ONCE = 50_000

NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_FORMS = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT"), r"[+-]?\d+"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), rf"{NUMBER}|NaN|-?Infinity"),
    "DECIMAL": NUMBER,
    "BOOLEAN": "(?i)true|false",
    "DATE": r"\d{4}-\d{2}-\d{2}",
    "TIMESTAMP": r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,9})?",
}
"""What Hive reads as a value of each type; DuckDB would take more, such as ``1.5`` for an integer."""


def copy_rows(source: Path, target: Path, headers: int, kind: pa.DataType, read: Callable[[str], Any]) -> None:
    """Copy what ``read`` makes of a file's lines to a Parquet file, for DuckDB to read: one column ``row``.

    Lines end as they do for Hadoop: with a line feed, a carriage return, or both; a byte order mark is
    no part of the first.

    Raises
    ------
    QueryFailed
        ``NOT_SUPPORTED`` for a compression other than gzip.
    """
    if source.suffix in {".bz2", ".zst", ".snappy", ".lz4", ".deflate", ".lzo"}:
        raise unsupported(f"text files packed as {source.suffix}")
    schema = pa.schema({"row": kind})
    with (
        open_text(source) as packed,
        io.TextIOWrapper(packed, "utf-8-sig", "replace") as lines,
        pq.ParquetWriter(target, schema) as writer,
    ):
        rows = (read(line.rstrip("\n")) for line in itertools.islice(lines, headers, None))
        for chunk in iter(lambda: list(itertools.islice(rows, ROWS_AT_ONCE)), []):
            writer.write_batch(pa.record_batch([pa.array(chunk, kind)], schema=schema))


def copy_text(source: Path, target: Path, headers: int, properties: dict[str, str]) -> None:
    """Copy a file of delimited text: its lines, or its fields where some may be escaped."""
    delimiter, escape = _characters(properties)
    if escape is None:
        copy_rows(source, target, headers, pa.string(), str)
    else:
        copy_rows(source, target, headers, pa.list_(pa.string()), lambda line: split_escaped(line, delimiter, escape))


def split_escaped(line: str, delimiter: str, escape: str) -> list[str]:
    """Take a line apart where a delimiter is not escaped; the fields keep their escapes."""
    fields, start, place = [], 0, 0
    while place < len(line):
        if line[place] == delimiter:
            fields.append(line[start:place])
            start = place + 1
        elif line[place] == escape:
            place += 1
        place += 1
    return [*fields, line[start:]]


def _characters(properties: dict[str, str]) -> tuple[str, str | None]:
    """Give the field's delimiter and the character that escapes, if there is one."""
    escape = properties.get("escape.delim")
    delimiter = properties.get("field.delim", properties.get("serialization.format", ""))
    return one_byte(delimiter, "\x01"), None if escape is None else one_byte(escape, "\\")


def one_byte(text: str, usual: str) -> str:
    """Read a SerDe's character as Hive does: the number of a byte, or the first of the characters."""
    if re.fullmatch(r"[+-]?\d+", text) and -128 <= int(text) <= 127:
        found = chr(int(text) % 256)
    else:
        found = text[:1] or usual
    if not found.isascii():
        raise unsupported(f"delimited text with the character {found!r}")
    return found


def text_relation(
    paths: list[str], declared: list[str], columns: dict[str, HiveType], properties: dict[str, str]
) -> str:
    """Select ``columns`` and ``filename`` of files of `copy_text`; a field that is no value of its type is null.

    Raises
    ------
    QueryFailed
        ``NOT_SUPPORTED`` for a property or a column type that is not read faithfully here.
    """
    unknown = sorted(set(properties) - KNOWN)
    if unknown or properties.get("line.delim", "\n") not in {"\n", "\\n"}:
        raise unsupported(f"the LazySimpleSerDe property {(unknown or ['line.delim'])[0]}")
    delimiter, escape = _characters(properties)
    null = literal(properties.get("serialization.null.format", "\\N"))
    selected = [
        f"{_field(declared.index(name) + 1, kind, null, escape)} AS {quoted(name)}" for name, kind in columns.items()
    ]
    fields = "row" if escape else f"string_split(row, {literal(delimiter)})"
    listed = ", ".join(literal(path) for path in paths)
    source = f"SELECT {fields} AS fields, filename FROM read_parquet([{listed}], filename = true)"
    return f"SELECT {', '.join([*selected, 'filename'])} FROM ({source})"


def _field(place: int, kind: HiveType, null: str, escape: str | None) -> str:
    wanted = kind.duckdb()
    text = f"nullif(fields[{place}], {null})"
    if kind.nested or kind.name == "binary":
        raise unsupported(f"the column type {kind.name} in text files")
    if wanted == "VARCHAR":
        if escape is not None:
            text = f"regexp_replace({text}, {literal(f'(?s){re.escape(escape)}(.)')}, '\\1', 'g')"
        return cut(text, kind)
    form = next((form for start, form in _FORMS.items() if wanted.startswith(start)), None)
    if form is None:
        raise unsupported(f"the column type {kind.name} in text files")
    return f"CASE WHEN regexp_full_match({text}, {literal(form)}) THEN TRY_CAST({text} AS {wanted}) END"
