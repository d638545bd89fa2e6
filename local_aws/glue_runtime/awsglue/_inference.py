"""The schema of JSON lines as a DynamicFrame has it: every type that a field has anywhere, none widened.

Unlike Spark's own inference, which reads ``1`` beside ``"x"`` as two strings, Glue keeps both types as a choice.
DuckDB gives the structure of each line at a speed that Python code over the rows could not have.
"""

import bz2
import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from awsglue.gluetypes import ArrayType, DataType, StructType, choice_of, struct_of

MEMORY_LIMIT = "400MB"
MAX_LINE_BYTES = 64 << 20
INT_RANGE = "between -2147483648 and 2147483647"
_INTEGERS = {"UBIGINT", "BIGINT", "HUGEINT"}
_WORDS = {"DOUBLE": "double", "VARCHAR": "string", "BOOLEAN": "boolean"}


class _Shape:
    """What was seen in one place of the records: plain types, and the insides of structs and arrays."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.fields: dict[str, _Shape] | None = None
        self.element: _Shape | None = None

    def add(self, structure: Any) -> None:
        """Take in one value of DuckDB's ``json_structure``."""
        if isinstance(structure, dict):
            self.fields = {} if self.fields is None else self.fields
            for name, inner in structure.items():
                self.fields.setdefault(name, _Shape()).add(inner)
        elif isinstance(structure, list):
            self.element = self.element or _Shape()
            for inner in structure:
                self.element.add(inner)
        elif structure != "NULL":
            self.words.add(structure)

    def integer_places(self, place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """Where integers stand, but for those inside arrays."""
        if self.words & _INTEGERS:
            yield place
        for name, inner in (self.fields or {}).items():
            yield from inner.integer_places((*place, name))

    def to_type(self, widths: dict[tuple[str, ...], list[str]], place: tuple[str, ...] = ()) -> DataType:
        """The Glue type; integers are ``int`` or ``long`` as measured, inside arrays always ``long``."""
        kinds = [DataType(_WORDS[word]) for word in sorted(self.words - _INTEGERS)]
        if self.words & _INTEGERS:
            kinds += [DataType(word) for word in widths.get(place, ["long"])]
        if self.fields is not None:
            kinds.append(struct_of({name: one.to_type(widths, (*place, name)) for name, one in self.fields.items()}))
        if self.element is not None:
            kinds.append(ArrayType("array", self.element.to_type({}, place)))
        return choice_of(kinds)


def infer_schema(files: Sequence[str]) -> StructType:
    """Infer the schema of JSON-lines files, plain, ``.gz`` or ``.bz2``; lines that are no JSON object are left out."""
    shape = _Shape()
    shape.add({})
    if not files:
        return shape.to_type({})
    with tempfile.TemporaryDirectory() as scratch, contextlib.closing(duckdb.connect()) as database:
        # Memory and threads are shared with the session's Spark.
        database.execute(f"set memory_limit = '{MEMORY_LIMIT}'; set temp_directory = '{scratch}'")
        database.execute("set preserve_insertion_order = false")
        names = [_readable(name, scratch) for name in files]
        for structure in _structures(database, names):
            shape.add(structure)
        places = list(shape.integer_places())
        return shape.to_type(_integer_widths(database, names, places))


def _structures(database: duckdb.DuckDBPyConnection, names: list[str]) -> Iterator[dict[str, Any]]:
    """The distinct structures of the records, the most frequent first, which settles the order of the fields."""
    query = f"select json_structure(json)::varchar, count(*) from {_SOURCE} group by 1 order by 2 desc, 1"
    for text, _ in database.execute(query, [names]).fetchall():
        structure = json.loads(text) if text else None
        if isinstance(structure, dict):
            yield structure


def _integer_widths(
    database: duckdb.DuckDBPyConnection, names: list[str], places: list[tuple[str, ...]]
) -> dict[tuple[str, ...], list[str]]:
    """Which of ``int`` and ``long`` the integers in each place need; Glue keeps the two apart."""
    if not places:
        return {}
    columns = []
    for place in places:
        pointer = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in place).replace("'", "''")
        integer = f"json_type(json, '{pointer}') in ('UBIGINT', 'BIGINT')"
        value = f"try_cast(json_extract_string(json, '{pointer}') as hugeint)"
        columns.append(f"bool_or({value} {INT_RANGE}) filter ({integer})")
        columns.append(f"bool_or({value} not {INT_RANGE}) filter ({integer})")
    row = database.execute(f"select {', '.join(columns)} from {_SOURCE}", [names]).fetchone()
    return {
        place: [word for word, seen in (("int", row[2 * index]), ("long", row[2 * index + 1])) if seen]
        for index, place in enumerate(places)
    }


_SOURCE = (
    f"read_json_objects(?, format = 'newline_delimited', ignore_errors = true, maximum_object_size = {MAX_LINE_BYTES})"
)


def _readable(name: str, scratch: str) -> str:
    """The file itself, or an unpacked copy where DuckDB cannot unpack it."""
    if not name.endswith(".bz2"):
        return name
    handle, copy = tempfile.mkstemp(suffix=".json", dir=scratch)
    with bz2.open(name) as packed, os.fdopen(handle, "wb") as plain:
        shutil.copyfileobj(packed, plain)
    return copy
