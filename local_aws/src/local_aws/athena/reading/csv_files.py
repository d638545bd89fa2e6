"""Tables of quoted CSV (OpenCSVSerde).

Source: "Open CSV SerDe for processing CSV" (Athena user guide); a line is taken apart as opencsv 2.3 does, which the
SerDe reads by.
"""

from pathlib import Path

import pyarrow as pa

from local_aws.athena.failure import unsupported
from local_aws.athena.reading.text_files import NUMBER, copy_rows
from local_aws.athena.types.hive import HiveType, cut, literal, quoted

CHARACTERS = {"separatorChar": ",", "quoteChar": '"', "escapeChar": "\\"}
"""Property of the SerDe -> the character where it is not given."""
_FORMS = {
    "int": (r"[+-]?\d+", "TRY_CAST({} AS INTEGER)"),
    "bigint": (r"[+-]?\d+", "TRY_CAST({} AS BIGINT)"),
    "double": (rf"{NUMBER}|NaN|[+-]?Infinity", "TRY_CAST({} AS DOUBLE)"),
    "boolean": ("(?i)true|false", "lower({}) = 'true'"),
    "date": (r"[+-]?\d+", "TRY(DATE '1970-01-01' + TRY_CAST({} AS INTEGER))"),
    "timestamp": (r"[+-]?\d+", "TRY(make_timestamp(1000 * TRY_CAST({} AS BIGINT)))"),
}
"""Column type -> how its texts look, and what they are: days and milliseconds since 1970 where it is a time."""


def split_line(line: str, separator: str, quote: str, escape: str) -> list[str]:
    """Take a line apart; of one that ends within quotes the last field is lost, since no line goes on in the next."""
    if quote not in line and escape not in line:
        return line.split(separator)
    fields: list[str] = []
    held = ""
    is_quoted, in_field, place = False, False, 0
    while place < len(line):
        letter, following = line[place], line[place + 1 : place + 2]
        inside = is_quoted or in_field
        if letter == escape:
            if inside and following in (quote, escape):
                held, place = held + following, place + 1
        elif letter == quote:
            if inside and following == quote:
                held, place = held + following, place + 1
            else:
                if place > 2 and line[place - 1] != separator and following not in ("", separator):
                    held = "" if held.isspace() else held + letter  # within a field it is a letter
                is_quoted = not is_quoted
            in_field = not in_field
        elif letter == separator and not is_quoted:
            fields.append(held)
            held, in_field = "", False
        else:
            held, in_field = held + letter, True
        place += 1
    return fields if is_quoted else [*fields, held]


def copy_csv(source: Path, target: Path, headers: int, properties: dict[str, str]) -> None:
    """Copy the fields of a file's lines for DuckDB to read; an empty line has none."""
    # Of several characters the SerDe takes the first.
    given = [(properties.get(name) or usual)[0] for name, usual in CHARACTERS.items()]
    copy_rows(source, target, headers, pa.list_(pa.string()), lambda line: split_line(line, *given) if line else None)


def csv_relation(paths: list[str], declared: list[str], columns: dict[str, HiveType], is_lenient: bool) -> str:
    """Select ``columns`` and ``filename`` of files of `copy_csv`.

    Parameters
    ----------
    is_lenient : bool
        Whether a field that is no value of its type is null (``use.null.for.invalid.data``); else it fails the query.

    Raises
    ------
    QueryFailed
        ``NOT_SUPPORTED`` for a column type that the SerDe is not documented to read.
    """
    selected = [f"{_field(declared.index(name), kind, is_lenient)} AS {quoted(name)}" for name, kind in columns.items()]
    listed = ", ".join(literal(path) for path in paths)
    return f"SELECT {', '.join([*selected, 'filename'])} FROM read_parquet([{listed}], filename = true)"


def _field(place: int, kind: HiveType, is_lenient: bool) -> str:
    text = f"row[{place + 1}]"
    if kind.name in {"string", "varchar"}:
        return cut(text, kind)
    if kind.name not in _FORMS:
        raise unsupported(f"the column type {kind.name} in tables of OpenCSVSerde")
    form, value = _FORMS[kind.name]
    read = f"CASE WHEN regexp_full_match({text}, {literal(form)}) THEN {value.format(text)} END"
    if is_lenient:
        return read
    told = f"""'HIVE_BAD_DATA: Error parsing field value ''' || {text} || ''' for field {place}: For input string: "'"""
    refusal = f"""CAST(CAST({told} || {text} || '"' AS TINYINT)::VARCHAR AS {kind.duckdb()})"""
    return f"CASE WHEN {text} IS NOT NULL THEN coalesce({read}, {refusal}) END"
