"""JSON lines as the openx SerDe of Athena engine version 3 reads them.

Sources: "OpenX JSON SerDe" (Athena user guide) and the behaviour of Trino's own reader of that format: keys match
without case, a line that is neither object nor array is a row of nulls, numbers may stand in strings, a value that
does not fit its column is null, and a nested value in a string column is its JSON text.
"""

import json
import threading
from collections.abc import Iterable
from typing import Any

import duckdb

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.files import DataFile
from local_aws.athena.types import HiveType, literal, quoted

HARMLESS = {"serialization.format", "paths"}
SWITCHES = {"ignore.malformed.json": "false", "case.insensitive": "true", "dots.in.keys": "false"}
LONGEST_LINE = 4 * 1024 * 1024
# No JSON text holds these control characters unescaped, so a line is one field.
SEPARATOR = "chr(1) || chr(2) || chr(3) || chr(4)"
MALFORMED = "HIVE_CURSOR_ERROR: Row is not a valid JSON Object"


class KeySpellings:
    """The spellings of the top-level keys of files, remembered as long as a file stays as it is."""

    def __init__(self, limit: int = 20_000):
        self._known: dict[tuple[str, int, int], frozenset[str]] = {}
        self._lock = threading.Lock()
        self._limit = limit

    def find(self, connection: duckdb.DuckDBPyConnection, sources: dict[DataFile, str]) -> set[str]:
        """Give every spelling of every key in ``sources`` (each file with the path of its plain text)."""
        new = {path: file for file, path in sources.items() if _identity(file) not in self._known}
        if new:
            self._learn(connection, new)
        with self._lock:
            return set().union(*(self._known.get(_identity(file), frozenset()) for file in sources))

    def _learn(self, connection: duckdb.DuckDBPyConnection, new: dict[str, DataFile]) -> None:
        found: dict[str, set[str]] = {path: set() for path in new}
        keys = (
            f"SELECT DISTINCT filename, unnest(json_keys(line)) FROM ({lines(new)}) "
            "WHERE starts_with(line, '{') AND json_valid(line)"
        )
        for path, key in connection.execute(keys).fetchall():
            found[path].add(key)
        with self._lock:
            if len(self._known) + len(new) > self._limit:
                self._known.clear()
            self._known.update({_identity(file): frozenset(found[path]) for path, file in new.items()})


def _identity(file: DataFile) -> tuple[str, int, int]:
    return str(file.path), file.size, file.modified_ns


def lines(paths: Iterable[str]) -> str:
    """Select ``line`` (trimmed) and ``filename`` of plain or gzip text files."""
    listed = ", ".join(literal(path) for path in paths)
    return (
        "SELECT CASE WHEN starts_with(line, '{') THEN line "
        "ELSE coalesce(trim(line, chr(9) || chr(11) || chr(12) || ' '), '') END AS line, filename FROM read_csv("
        f"[{listed}], columns = {{'line': 'VARCHAR'}}, delim = {SEPARATOR}, quote = '', escape = '', header = false, "
        "auto_detect = false, strict_mode = false, filename = true, hive_partitioning = false, "
        f"max_line_size = {LONGEST_LINE})"
    )


def json_relation(
    paths: list[str],
    columns: dict[str, HiveType],
    properties: dict[str, str],
    spellings: set[str],
    ordinals: dict[str, int],
) -> str:
    """Select ``columns`` (lower-cased names) and ``filename`` of JSON-lines files.

    A line that is a JSON object is read by its keys; one that is an array, by the columns' positions in the table
    (``ordinals``, from 0), as Trino's reader does.
    """
    switches = _switches(properties)
    keys = {name: _keys_of(name, spellings, properties, switches) or [name] for name in columns}
    wanted = [key for found in keys.values() for key in found]
    # An element has one place: that of the first spelling.
    elements = [ordinals[name] if place == 0 else None for name, found in keys.items() for place in range(len(found))]
    places = {key: position for position, key in enumerate(wanted, 1)}
    decoded = [
        f"{decode(_value([places[key] for key in keys[name]]), kind, name)} AS {quoted(name)}"
        for name, kind in columns.items()
    ]
    pointers = ", ".join(literal(f"$.{json.dumps(key, ensure_ascii=False)}") for key in wanted)
    positions = ", ".join("NULL" if element is None else f"line->>'$[{element}]'" for element in elements)
    extract = f"json_extract_string(line, [{pointers}]::VARCHAR[])"
    pick = f"[{positions}]::VARCHAR[]"
    if switches["ignore.malformed.json"] == "true":
        extract, pick = (f"CASE WHEN json_valid(line) THEN {parts} END" for parts in (extract, pick))
    # The filter keeps DuckDB from skipping the parse, and so a malformed line, where no column is needed.
    return (
        f"SELECT {', '.join([*decoded, 'filename'])} FROM (SELECT CASE WHEN starts_with(line, '{{') THEN {extract} "
        f"WHEN starts_with(line, '[') THEN {pick} END AS parts, "
        f"filename FROM ({lines(paths)})) WHERE coalesce(len(parts), 0) >= 0"
    )


def _switches(properties: dict[str, str]) -> dict[str, str]:
    unknown = [
        name for name in properties if name not in HARMLESS and name not in SWITCHES and not name.startswith("mapping.")
    ]
    if unknown:
        raise unsupported(f"the SerDe property {unknown[0]}")
    switches = {name: properties.get(name, default).lower() for name, default in SWITCHES.items()}
    if switches["dots.in.keys"] == "true":
        raise unsupported("the SerDe property dots.in.keys")
    return switches


def _keys_of(name: str, spellings: set[str], properties: dict[str, str], switches: dict[str, str]) -> list[str]:
    """Give the spellings under which the column ``name`` stands in the files."""
    wanted = properties.get(f"mapping.{name}", name)
    if switches["case.insensitive"] == "false":
        return [key for key in spellings if key == wanted]
    found = sorted(key for key in spellings if key.lower() == wanted.lower())
    if any('"' in key or "\\" in key for key in found):
        raise unsupported(f"a JSON key with a quote or a backslash ({name})")
    return found


def _value(places: list[int]) -> str:
    """Give the text at one of several places; two spellings of a key in one line are refused, not chosen from."""
    if not places:
        return "NULL::VARCHAR"
    if len(places) == 1:
        return f"parts[{places[0]}]"
    texts = [f"parts[{place}]" for place in places]
    present = " + ".join(f"({text} IS NOT NULL)::INT" for text in texts)
    refusal = fail("NOT_SUPPORTED: a line that has one key in two spellings")
    return f"CASE WHEN {present} > 1 THEN {refusal}::VARCHAR ELSE coalesce({', '.join(texts)}) END"


def fail(message: str) -> str:
    """Write an expression that fails with ``NAME: message`` when it is reached.

    DuckDB's own ``error()`` counts as volatile and cannot stand within ``TRY``; a cast that must fail can.
    """
    return f"CAST({literal(message)} AS TINYINT)"


def decode(text: str, kind: HiveType, name: str) -> str:
    """Write the conversion of a JSON value's text to a column type, by the SerDe's rules."""
    if kind.nested:
        return _decode_nested(text, kind, name)
    if kind.name == "binary":
        raise unsupported(f"binary columns of JSON tables ({name})")
    if kind.name in {"string", "varchar"}:
        return f"substr({text}, 1, {kind.parameters[0]})" if kind.parameters else text
    # A number that its narrower column cannot hold is null, not an error.
    caster = "TRY_CAST" if kind.name in _NARROW else "CAST"
    return f"{caster}(openx_{_FAMILY.get(kind.name, kind.name)}({text}) AS {kind.duckdb()})"


def _decode_nested(text: str, kind: HiveType, name: str) -> str:
    """Write the conversion of a JSON object to a map from text, or of a JSON array to an array, of plain values."""
    (_, child) = kind.children[-1]
    keyed_by_text = kind.name == "map" and kind.children[0][1] == HiveType("string")
    if child.nested or not (kind.name == "array" or keyed_by_text):
        raise unsupported(f"columns of this type in JSON tables ({name})")
    wanted, misfit = ("OBJECT", "object") if keyed_by_text else ("ARRAY", "array")
    elements = "$.*" if keyed_by_text else "$[*]"
    values = f"list_transform(json_extract_string({text}, '{elements}'), lambda e: {decode('e', child, name)})"
    read = f"MAP(json_keys({text}), {values})" if keyed_by_text else values
    refusal = f"CAST({fail(f'HIVE_BAD_DATA: Invalid JSON: expected an {misfit}')}::VARCHAR AS {kind.duckdb()})"
    # A string that is no JSON has no type to compare with, so it is looked at before it is parsed.
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN NOT json_valid({text}) THEN {refusal} "
        f"WHEN json_type({text}) = '{wanted}' THEN {read} ELSE {refusal} END"
    )


_FAMILY = {"int": "bigint", "integer": "bigint", "smallint": "bigint", "tinyint": "bigint", "float": "double"}
_NARROW = {"int", "integer", "smallint", "tinyint", "float", "decimal"}
_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_NESTED = fail("HIVE_BAD_DATA: Invalid JSON: a nested value can not be coerced to a column of a primitive type")
_ODD_DATE = fail("NOT_SUPPORTED: a date or timestamp in this spelling")

MACROS = (
    # Long.parseLong, then hexadecimal and octal, then a decimal cut off at its point; else null.
    rf"""openx_bigint(t) AS CASE
        WHEN regexp_full_match(t, '[+-]?([1-9][0-9]*|0)') THEN TRY_CAST(t AS BIGINT)
        WHEN regexp_full_match(t, '0[xX][0-9a-fA-F]+') THEN TRY_CAST(t AS BIGINT)
        WHEN regexp_full_match(t, '0[0-7]+') THEN list_reduce(
            [0::HUGEINT] || list_transform(string_split(t, ''), lambda d: CAST(d AS HUGEINT)), lambda a, b: a * 8 + b)
        WHEN regexp_full_match(t, '{_NUMBER}') THEN TRY_CAST(trunc(TRY_CAST(t AS DECIMAL(38, 18))) AS BIGINT)
        WHEN regexp_matches(t, '^[\[{{]') THEN {_NESTED} END""",
    rf"""openx_double(t) AS CASE
        WHEN NOT regexp_matches(t, '[^0-9.eE+-]') THEN TRY_CAST(t AS DOUBLE)
        WHEN regexp_full_match(trim(t), '{_NUMBER}[dDfF]?') THEN TRY_CAST(rtrim(trim(t), 'dDfF') AS DOUBLE)
        WHEN regexp_full_match(trim(t), '[+-]?(NaN|Infinity)') THEN TRY_CAST(trim(t) AS DOUBLE)
        WHEN regexp_matches(t, '^[\[{{]') THEN {_NESTED} END""",
    rf"""openx_decimal(t) AS CASE
        WHEN regexp_full_match(t, '{_NUMBER}') THEN t
        WHEN regexp_matches(t, '^[\[{{]') THEN {_NESTED}::VARCHAR END""",
    "openx_boolean(t) AS lower(t) = 'true'",
    rf"""openx_date(t) AS CASE
        WHEN regexp_full_match(t, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN coalesce(TRY_CAST(t AS DATE),
            CAST({_ODD_DATE}::VARCHAR AS DATE))
        WHEN regexp_full_match(t, '-?[0-9]{{1,7}}') THEN DATE '1970-01-01' + CAST(t AS INTEGER)
        WHEN regexp_matches(t, '^[\[{{]') THEN CAST({_NESTED}::VARCHAR AS DATE)
        WHEN regexp_matches(t, '^ *[0-9]+-') THEN CAST({_ODD_DATE}::VARCHAR AS DATE) END""",
    rf"""openx_timestamp(t) AS CASE
        WHEN regexp_full_match(t, '[0-9]{{4}}(-[0-9]{{2}}){{2}}[ T][0-9]{{2}}(:[0-9]{{2}}){{2}}(\.[0-9]{{1,3}})?')
            THEN coalesce(TRY_CAST(t AS TIMESTAMP), CAST({_ODD_DATE}::VARCHAR AS TIMESTAMP))
        WHEN regexp_full_match(t, '[0-9]{{13,18}}') THEN make_timestamp(CAST(t AS BIGINT) * 1000)
        WHEN regexp_full_match(t, '[0-9]{{1,12}}') THEN make_timestamp(CAST(t AS BIGINT) * 1000000)
        WHEN regexp_matches(t, '^[\[{{]') THEN CAST({_NESTED}::VARCHAR AS TIMESTAMP)
        WHEN regexp_matches(t, '[0-9][:.-][0-9]') THEN CAST({_ODD_DATE}::VARCHAR AS TIMESTAMP) END""",
)
"""The SerDe's conversions, for ``CREATE MACRO``."""


def explain_json_error(error: Any) -> QueryFailed | None:
    """Turn DuckDB's complaint about a line into Hive's; the line itself stays out, since it holds personal data."""
    text = str(error)
    if "Malformed JSON" in text:
        return QueryFailed(*MALFORMED.split(": ", 1))
    if "utf-8" in text.lower() or "unicode" in text.lower():
        return QueryFailed("HIVE_BAD_DATA", "A JSON file of the table is not UTF-8 text.")
    if "Maximum line size" in text:
        return QueryFailed("HIVE_CURSOR_ERROR", f"A line of the table is longer than {LONGEST_LINE} bytes.")
    return None
