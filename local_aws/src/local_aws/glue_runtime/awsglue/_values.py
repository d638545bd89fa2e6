"""JSON values as values of a DynamicFrame: which type one has, and how Spark is given it."""

import json
from collections.abc import Callable
from typing import Any

from awsglue import gluetypes as glue

DEEPEST = 64
"""Levels of structs and arrays that a schema has; what lies below is the text of its JSON."""

_WORDS = {bool: "boolean", float: "double", str: "string", dict: "struct", list: "array"}
_INT, _LONG = 2**31, 2**63


def clean(text: str) -> str:
    """A text without lone surrogates, which neither Spark nor UTF-8 has; Java writes question marks for them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return (
            text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass").encode("utf-8", "replace").decode()
        )
    return text


def word_of(value: Any, depth: int = 0) -> str:
    """The name of a value's type; an integer of more than 64 bits is a double."""
    if type(value) is int:
        if -_INT <= value < _INT:
            return "int"
        return "long" if -_LONG <= value < _LONG else "double"
    word = _WORDS[type(value)]
    return "string" if depth >= DEEPEST and word in ("struct", "array") else word


def holds_choice(kind: glue.DataType) -> bool:
    """Whether a type is a choice, or has one inside."""
    if isinstance(kind, glue.StructType):
        return any(holds_choice(field.dataType) for field in kind)
    if isinstance(kind, glue.ArrayType):
        return holds_choice(kind.elementType)
    return isinstance(kind, glue.ChoiceType)


def reader_of(kind: glue.DataType) -> Callable[[Any], Any]:
    """How a value of a type, or null, becomes one that Spark takes for `gluetypes.to_spark` of that type."""
    read = _reader_of(kind)
    return lambda value: None if value is None else read(value)


def _reader_of(kind: glue.DataType) -> Callable[[Any], Any]:
    if isinstance(kind, glue.StructType):
        readers = [(field.name, reader_of(field.dataType)) for field in kind]
        return lambda value: _struct(value, readers)
    if isinstance(kind, glue.ArrayType):
        element = reader_of(kind.elementType)
        return lambda value: [element(inner) for inner in value]
    if isinstance(kind, glue.ChoiceType):
        members = [(one.name, reader_of(one)) for one in kind.choices]
        return lambda value: _choice(value, members)
    return _PLAIN.get(kind.name, lambda value: None)


def _struct(value: dict[str, Any], readers: list[tuple[str, Callable[[Any], Any]]]) -> tuple:
    value = {clean(name): inner for name, inner in value.items()}
    return tuple(read(value.get(name)) for name, read in readers)


def _choice(value: Any, members: list[tuple[str, Callable[[Any], Any]]]) -> tuple:
    """Put a value into the member of its type, or of the narrowest that can hold it."""
    names = {name for name, _ in members}
    word = next(word for word in _WIDER.get(word_of(value), [word_of(value), "string"]) if word in names)
    return tuple(read(value) if name == word else None for name, read in members)


def _text(value: Any) -> str:
    return clean(value if type(value) is str else json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


_WIDER = {"int": ["int", "long", "double", "string"], "long": ["long", "double", "string"]}
_PLAIN: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("int", "long", "boolean"), lambda value: value),
    "double": _double,
    "string": _text,
}
