"""JSON lines as the openx SerDe of Athena engine version 3 reads them.

Sources: "OpenX JSON SerDe" (Athena user guide) and the behaviour of Trino's own reader of that format: keys match
without case, a line that is neither object nor array is a row of nulls, numbers may stand in strings, a value that
does not fit its column is null, and a nested value in a string column is its JSON text.
"""

import threading
from collections.abc import Iterable
from typing import Any

import duckdb

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.reading.files import DataFile
from local_aws.athena.reading.odd_lines import LONG_LINE, is_odd
from local_aws.athena.types.hive import HiveType, cut, literal, quoted

HARMLESS = {"serialization.format", "paths"}
SWITCHES = {"ignore.malformed.json": "false", "case.insensitive": "true", "dots.in.keys": "false"}
# No JSON text holds these control characters unescaped, so a line is one field.
SEPARATOR = "chr(1) || chr(2) || chr(3) || chr(4)"
MALFORMED = "HIVE_CURSOR_ERROR: Row is not a valid JSON Object"


class KeySpellings:
    """The spellings of the top-level keys of files, remembered as long as a file stays as it is."""

    def __init__(self, limit: int = 20_000):
        self._known: dict[tuple[str, int, int], frozenset[str] | None] = {}
        self._lock = threading.Lock()
        self._limit = limit

    def find(
        self, connection: duckdb.DuckDBPyConnection, sources: dict[DataFile, str]
    ) -> dict[DataFile, frozenset[str] | None]:
        """Give every spelling of every key of ``sources`` (each file with the path to read it by).

        ``None`` stands for a file with lines that DuckDB reads otherwise than Trino.
        """
        new = {file: path for file, path in sources.items() if _identity(file) not in self._known}
        found = _learn(connection, new) if new else {}
        with self._lock:
            known = {file: found[file] if file in found else self._known[_identity(file)] for file in sources}
            if len(self._known) + len(found) > self._limit:
                self._known.clear()
            self._known.update({_identity(file): keys for file, keys in found.items()})
        return known


def _learn(connection: duckdb.DuckDBPyConnection, new: dict[DataFile, str]) -> dict[DataFile, frozenset[str] | None]:
    plain = {path: file for file, path in new.items() if not is_odd(file, path)}
    found: dict[str, set[str] | None] = {path: set() for path in plain}
    # A key that stands twice in a line, in whatever case, is one whose last value counts for Trino.
    # DuckDB lets a comma stand before an end, where Trino fails or finds a null.
    valid = r"json_valid(line) AND NOT regexp_matches(line, ',[ \t]*[}\]]')"
    shapes = (
        f"SELECT DISTINCT filename, {valid} AS valid, CASE WHEN json_valid(line) THEN json_keys(line) END AS k "
        f"FROM ({lines(plain)}) WHERE starts_with(line, '{{') OR starts_with(line, '[')"
    )
    if plain:
        connection.execute(f"CREATE TEMP TABLE shapes AS {shapes}")
        for path, key in connection.execute("SELECT DISTINCT filename, unnest(k) FROM shapes").fetchall():
            found[path].add(key)
        twice = "len(k) > len(list_distinct(list_transform(k, lambda key: lower(key))))"
        for (path,) in connection.execute(f"SELECT filename FROM shapes WHERE NOT valid OR {twice}").fetchall():
            found[path] = None
        connection.execute("DROP TABLE shapes")
    keys = {path: None if names is None else frozenset(names) for path, names in found.items()}
    return {file: keys.get(path) for file, path in new.items()}


def _identity(file: DataFile) -> tuple[str, int, int]:
    return str(file.path), file.size, file.modified_ns


def lines(paths: Iterable[str], longest: int = LONG_LINE) -> str:
    """Select ``line`` (trimmed) and ``filename`` of plain or gzip text files, whose lines have ``longest`` bytes."""
    # DuckDB's own choice of a buffer is many times the longest line.
    buffer = f", buffer_size = {2 * longest}" if longest > LONG_LINE else ""
    listed = ", ".join(literal(path) for path in paths)
    return (
        "SELECT CASE WHEN starts_with(line, '{') THEN line "
        "ELSE coalesce(trim(line, chr(9) || chr(11) || chr(12) || ' '), '') END AS line, filename FROM read_csv("
        f"[{listed}], columns = {{'line': 'VARCHAR'}}, delim = {SEPARATOR}, quote = '', escape = '', header = false, "
        "auto_detect = false, strict_mode = false, filename = true, hive_partitioning = false, "
        f"max_line_size = {longest}{buffer})"
    )


def json_relation(
    paths: list[str],
    columns: dict[str, HiveType],
    properties: dict[str, str],
    spellings: set[str],
    ordinals: dict[str, int],
    longest: int,
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
    pointers = ", ".join(literal("/" + key.replace("~", "~0").replace("/", "~1")) for key in wanted)
    positions = ", ".join("NULL" if element is None else f"line->>'$[{element}]'" for element in elements)
    extract = f"json_extract_string(line, [{pointers}]::VARCHAR[])"
    pick = f"[{positions}]::VARCHAR[]"
    if switches["ignore.malformed.json"] == "true":
        extract, pick = (f"CASE WHEN json_valid(line) THEN {parts} END" for parts in (extract, pick))
    # The filter keeps DuckDB from skipping the parse, and so a malformed line, where no column is needed.
    return (
        f"SELECT {', '.join([*decoded, 'filename'])} FROM (SELECT CASE WHEN starts_with(line, '{{') THEN {extract} "
        f"WHEN starts_with(line, '[') THEN {pick} END AS parts, "
        f"filename FROM ({lines(paths, longest)})) WHERE coalesce(len(parts), 0) >= 0"
    )


def wanted_keys(columns: Iterable[str], properties: dict[str, str]) -> set[str]:
    """The lower-cased keys under which columns stand."""
    return {properties.get(f"mapping.{name}", name).lower() for name in columns}


def ignores_case(properties: dict[str, str]) -> bool:
    """Whether the table's keys match without case."""
    return _switches(properties)["case.insensitive"] == "true"


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
    return sorted(key for key in spellings if key.lower() == wanted.lower())


def _value(places: list[int]) -> str:
    """Give the text at one of several places; a line has a key in one spelling."""
    texts = [f"parts[{place}]" for place in places]
    return texts[0] if len(texts) == 1 else f"coalesce({', '.join(texts)})"


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
        return cut(text, kind)
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
    read = f"last_of_keys(json_keys({text}), {values})" if keyed_by_text else values
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
    # A key that stands twice has its last value, and that one's place.
    """last_of_keys(k, v) AS CASE WHEN len(list_distinct(k)) = len(k) THEN MAP(k, v) ELSE map_from_entries(list_filter(
        list_zip(k, v), lambda e, i: NOT list_contains(list_slice(k, i + 1, len(k)), e[1]))) END""",
    "openx_boolean(t) AS lower(t) = 'true'",
    rf"""openx_date(t) AS CASE
        WHEN regexp_full_match(t, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN coalesce(TRY_CAST(t AS DATE),
            CAST({_ODD_DATE}::VARCHAR AS DATE))
        WHEN regexp_full_match(t, '[+-]?[0-9]+') THEN TRY(DATE '1970-01-01' + TRY_CAST(t AS INTEGER))
        WHEN regexp_matches(t, '^[\[{{]') THEN CAST({_NESTED}::VARCHAR AS DATE)
        WHEN regexp_matches(t, '^ *[0-9]+-') THEN CAST({_ODD_DATE}::VARCHAR AS DATE) END""",
    rf"""openx_timestamp(t) AS CASE
        WHEN regexp_full_match(t, '[0-9]{{4}}(-[0-9]{{2}}){{2}}[ T][0-9]{{2}}(:[0-9]{{2}}){{2}}(\.[0-9]{{1,3}})?')
            THEN coalesce(TRY_CAST(t AS TIMESTAMP), CAST({_ODD_DATE}::VARCHAR AS TIMESTAMP))
        WHEN regexp_full_match(t, '[+-]?[0-9]+')
            THEN TRY(make_timestamp(TRY_CAST(t AS BIGINT) * CASE WHEN length(t) < 13 THEN 1000000 ELSE 1000 END))
        WHEN regexp_matches(t, '^[\[{{]') THEN CAST({_NESTED}::VARCHAR AS TIMESTAMP)
        WHEN regexp_matches(t, '[0-9][:.-][0-9]') THEN CAST({_ODD_DATE}::VARCHAR AS TIMESTAMP) END""",
)
"""The SerDe's conversions, for ``CREATE MACRO``."""


def explain_json_error(error: Any) -> QueryFailed | None:
    """Turn DuckDB's complaint about a line into Hive's; the line itself stays out, since it holds personal data."""
    text = str(error)
    if "Malformed JSON" in text:
        return QueryFailed(*MALFORMED.split(": ", 1))
    return None
