"""The schema of JSON lines as a DynamicFrame has it: every type that a field has anywhere, none widened.

Unlike Spark's own inference, which reads ``1`` beside ``"x"`` as two strings, Glue keeps both types as a choice.
"""

import bz2
import gzip
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from awsglue.gluetypes import ArrayType, DataType, StructType, choice_of, struct_of


class FatalException(RuntimeError):
    """What a session sees of the exception of this name that Glue's reader ends a job with."""


MAX_LINE_BYTES = 100 << 20
"""Longer lines have no say; they are not taken into memory."""

DEEPEST = 64
"""Levels of structs and arrays that a schema has; what lies below is the text of its JSON."""

_KNOWN = 100
_WORDS = {bool: "boolean", float: "double", str: "string", dict: "struct", list: "array"}
_INT, _LONG = 2**31, 2**63
_OPENERS = {"gz": gzip.open, "bz2": bz2.open}


class _Shape:
    """What was seen in one place of the records: plain types, and the insides of structs and arrays."""

    __slots__ = ("element", "fields", "words")

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.fields: dict[str, _Shape] | None = None
        self.element: _Shape | None = None

    def add(self, value: Any, depth: int = 0) -> None:
        """Take in one value."""
        kind = type(value)
        if kind is str:
            self.words.add("string")
        elif kind is dict and depth < DEEPEST:
            self.fields = {} if self.fields is None else self.fields
            for name, inner in value.items():
                shape = self.fields.get(name)
                if shape is None:
                    shape = self.fields[name] = _Shape()
                shape.add(inner, depth + 1)
        elif kind is list and depth < DEEPEST:
            self.element = self.element or _Shape()
            for inner in value:
                self.element.add(inner, depth + 1)
        elif value is not None:
            self.words.add(_word_of(value, depth))

    def to_type(self, in_array: bool = False) -> DataType:
        """The Glue type; the numbers of an array have one type, which holds them all."""
        words = self.words
        if in_array and words & {"int", "long"}:
            words = words - {"int", "long"} | ({"double"} if "double" in words else {"long"})
        kinds = [DataType(word) for word in words]
        if self.fields is not None:
            # Neither Spark nor UTF-8 has lone surrogates; Java writes question marks for them.
            names = {name.encode(errors="replace").decode(): shape for name, shape in self.fields.items()}
            kinds.append(struct_of({name: shape.to_type(in_array) for name, shape in names.items()}))
        if self.element is not None:
            kinds.append(ArrayType("array", self.element.to_type(in_array=True)))
        return choice_of(kinds)


def infer_schema(files: Sequence[str]) -> StructType:
    """Infer the schema of JSON-lines files, plain, ``.gz`` or ``.bz2``; its fields are in the order in which they come.

    A line that is no JSON object ends the reading by a `FatalException` naming its file, whatever the others are. AWS's
    pages do not say what becomes of one; Glue's users meet "Unable to parse file", and the unkind reading is taken.

    Time and memory follow the bytes of the files and the number of different fields.
    """
    shape = _Shape()
    shape.fields = {}
    # Records of plain values are most often like one before: then only the width of their numbers may be new.
    known: dict[tuple, list[str]] = {}
    for name in files:
        with _OPENERS.get(name.rpartition(".")[2], open)(name, "rb") as stream:
            for record in _records(stream, name):
                look = (*record, *map(type, record.values()))
                integers = known.get(look)
                if integers is None:
                    shape.add(record)
                    if dict not in look and list not in look and len(known) < _KNOWN:
                        known[look] = [field for field, value in record.items() if type(value) is int]
                else:
                    for field in integers:
                        shape.fields[field].words.add(_word_of(record[field]))
    return shape.to_type()


def _word_of(value: Any, depth: int = 0) -> str:
    """The name of a value's type; an integer of more than 64 bits is a double."""
    if type(value) is int:
        if -_INT <= value < _INT:
            return "int"
        return "long" if -_LONG <= value < _LONG else "double"
    word = _WORDS[type(value)]
    return "string" if depth >= DEEPEST and word in ("struct", "array") else word


def _records(stream: BinaryIO, name: str) -> Iterator[dict[str, Any]]:
    decode = json.JSONDecoder().decode
    for line in _lines(stream):
        try:
            record = decode(line.decode()) if line.strip() else {}
        except (ValueError, RecursionError):
            record = None
        if type(record) is not dict:
            file = name.rpartition("/")[2]
            raise FatalException(f"com.amazonaws.services.glue.util.FatalException: Unable to parse file: {file}")
        yield record


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Cut at each line end of any system's, as Spark does."""
    while piece := stream.readline(MAX_LINE_BYTES):
        if len(piece) == MAX_LINE_BYTES:
            while piece and not piece.endswith(b"\n"):
                piece = stream.readline(MAX_LINE_BYTES)
        elif b"\r" in piece:
            yield from piece.splitlines()
        else:
            yield piece.removeprefix(b"\xef\xbb\xbf")
