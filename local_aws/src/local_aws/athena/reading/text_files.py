"""Tables of delimited text (LazySimpleSerDe).

Source: "Lazy Simple SerDe for CSV, TSV, and custom-delimited files" (Athena user guide).
"""

import gzip
import itertools
from pathlib import Path
from typing import IO

from local_aws.athena.failure import unsupported
from local_aws.athena.types.hive import HiveType, literal, quoted

KNOWN = {"field.delim", "serialization.format", "line.delim", "serialization.null.format"}

SPARE = 1_024
"""Bytes by which a line may be longer than the longest: what `copy_lines` adds, and DuckDB's own reckoning."""
BUFFER = 8 << 20

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


def open_text(source: Path) -> IO[bytes]:
    """Open a text file, unpacked.

    Raises
    ------
    QueryFailed
        ``NOT_SUPPORTED`` for a compression other than gzip.
    """
    if source.suffix in {".bz2", ".zst", ".snappy", ".lz4", ".deflate", ".lzo"}:
        raise unsupported(f"text files packed as {source.suffix}")
    return gzip.open(source, "rb") if source.suffix == ".gz" else source.open("rb")


def copy_lines(source: Path, target: Path, headers: int) -> int:
    """Copy a text file, a sign before each line: DuckDB's CSV reader leaves empty lines out, which are rows to Hive.

    Returns
    -------
    int
        The bytes of the longest line.
    """
    longest = 0
    with open_text(source) as lines, target.open("wb") as copy:
        for line in itertools.islice(lines, headers, None):
            longest = max(longest, len(line))
            copy.write(b"|" + line.rstrip(b"\r\n") + b"\n")
    return longest


def text_relation(
    paths: list[str], longest: int, declared: list[str], columns: dict[str, HiveType], properties: dict[str, str]
) -> str:
    """Select ``columns`` and ``filename`` of files of `copy_lines`; a field that is no value of its type is null.

    Parameters
    ----------
    longest : int
        The bytes of the longest line (`copy_lines`).

    Raises
    ------
    QueryFailed
        ``NOT_SUPPORTED`` for a property or a column type that is not read faithfully here.
    """
    unknown = sorted(set(properties) - KNOWN)
    if unknown or properties.get("line.delim", "\n") not in {"\n", "\\n"}:
        raise unsupported(f"the LazySimpleSerDe property {(unknown or ['line.delim'])[0]}")
    delimiter = properties.get("field.delim") or properties.get("serialization.format", "1")
    delimiter = "\x01" if delimiter == "1" else delimiter.encode().decode("unicode_escape")
    listed = ", ".join(literal(path) for path in paths)
    # One column of whole lines: DuckDB's own CSV reader refuses lines of too few or too many fields.
    null = literal(properties.get("serialization.null.format", "\\N"))
    source = (
        f"read_csv([{listed}], columns = {{'line': 'VARCHAR'}}, delim = '\x02\x03', quote = '', escape = '', "
        f"header = false, skip = 0, auto_detect = false, filename = true, nullstr = '\x02\x04', "
        # DuckDB's own buffer is sixteen lines of the largest size, for each file that it opens.
        f"max_line_size = {longest + SPARE}, buffer_size = {max(BUFFER, 2 * (longest + SPARE))})"
    )
    fields = f"SELECT string_split(substr(line, 2), {literal(delimiter)}) AS fields, filename FROM {source}"
    selected = [f"{_field(declared.index(name) + 1, kind, null)} AS {quoted(name)}" for name, kind in columns.items()]
    return f"SELECT {', '.join([*selected, 'filename'])} FROM ({fields})"


def _field(place: int, kind: HiveType, null: str) -> str:
    wanted = kind.duckdb()
    text = f"nullif(fields[{place}], {null})"
    if kind.nested or kind.name == "binary":
        raise unsupported(f"the column type {kind.name} in text files")
    if wanted == "VARCHAR":
        return text
    form = next((form for start, form in _FORMS.items() if wanted.startswith(start)), None)
    if form is None:
        raise unsupported(f"the column type {kind.name} in text files")
    return f"CASE WHEN regexp_full_match({text}, {literal(form)}) THEN TRY_CAST({text} AS {wanted}) END"
