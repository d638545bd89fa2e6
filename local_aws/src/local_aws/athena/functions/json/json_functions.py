"""JSON functions (Trino, "JSON functions and operators").

A value of Trino's JSON type is DuckDB's JSON: text that is checked and has no blanks.
"""

from typing import Any

from sqlglot import exp

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.calls import Translator, Typer, call, counted, mismatch
from local_aws.athena.functions.json.json_text import MISSING, follow, read, read_first, scalar_text, write
from local_aws.athena.functions.vectors import sql_name, vector
from local_aws.athena.translation.inference import trino_types
from local_aws.athena.types.trino import DUCK_INTEGERS


def is_json(kind: Any) -> bool:
    """Whether a DuckDB type stands for Trino's JSON type."""
    return str(kind) == "JSON"


@vector("VARCHAR", "VARCHAR")
def json_parse(text: str) -> str:
    """Check a JSON text and write it with sorted keys."""
    try:
        return write(read(text), sort_keys=True)
    except (ValueError, RecursionError) as error:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"Cannot convert value to JSON: '{text}'") from error


@vector("VARCHAR VARCHAR", "VARCHAR")
def json_extract(text: str, path: str) -> str | None:
    """Give the JSON at a path."""
    found = follow(read_first(text), path)
    return None if found is MISSING else write(found)


@vector("VARCHAR VARCHAR", "VARCHAR")
def json_extract_scalar(text: str, path: str) -> str | None:
    """Give the scalar at a path as text."""
    found = follow(read_first(text), path)
    return None if found is MISSING or found is None or isinstance(found, dict | list) else scalar_text(found)


@vector("VARCHAR VARCHAR", "BIGINT")
def json_size(text: str, path: str) -> int | None:
    """Count the members of the object, or the elements of the array, at a path; a scalar has none."""
    found = follow(read_first(text), path)
    if found is MISSING:
        return None
    return len(found) if isinstance(found, dict | list) else 0


@vector("VARCHAR", "BIGINT")
def json_array_length(text: str) -> int | None:
    """Count the elements of an array."""
    found = read_first(text)
    return len(found) if isinstance(found, list) else None


@vector("VARCHAR BIGINT", "VARCHAR")
def json_array_get(text: str, index: int) -> str | None:
    """Give an element of an array; a string has no quotes, as in Trino, whose manual calls that broken."""
    found = read_first(text)
    if not isinstance(found, list) or not -len(found) <= index < len(found) or found[index] is None:
        return None
    return found[index] if isinstance(found[index], str) else write(found[index])


@vector("VARCHAR", "BOOLEAN")
def is_json_scalar(text: str) -> bool:
    """Whether a JSON text is no object and no array."""
    try:
        return not isinstance(read(text), dict | list)
    except (ValueError, RecursionError) as error:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"Invalid JSON value: {text}") from error


@vector("VARCHAR VARCHAR", "BOOLEAN")
def json_array_contains(text: str, wanted: str) -> bool | None:
    """Whether an array has a scalar, which is given as JSON: numbers with a point are other than whole ones."""
    found, value = read_first(text), read(wanted)
    if not isinstance(found, list):
        return None
    return any(type(item) is type(value) and item == value for item in found)


def literal(node: exp.ParseJSON, _: Typer) -> exp.Expression:
    """Write ``JSON '…'``."""
    try:
        text = json_parse(node.this.this)
    except QueryFailed as error:
        raise QueryFailed("INVALID_LITERAL", f"'{node.this.this}' is not a valid JSON literal") from error
    return exp.cast(exp.Literal.string(text), "json", dialect="duckdb")


def _json_array_get(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    if not all(kind.id in DUCK_INTEGERS for kind in types_of(args[1])):
        raise mismatch("json_array_get")
    return _plain(json_array_get, 2)(args, types_of)


def _plain(python: Any, least: int, as_json: bool = False) -> Translator:
    def translate(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
        (kind,) = trino_types(types_of, args[0])
        if kind.name not in {"varchar", "char", "json", "unknown"}:
            raise mismatch(python.__name__)
        made = call(sql_name(python), exp.cast(args[0], "varchar"), *args[1:])
        return exp.cast(made, "json", dialect="duckdb") if as_json else made

    return counted(python.__name__, least, least, translate)


def _json_format(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    (kind,) = types_of(args[0])
    if not is_json(kind):
        raise mismatch("json_format")
    return exp.cast(args[0], "varchar")


def _json_array_contains(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    kind = types_of(args[1])[0].id
    wanted = exp.cast(call("to_json", args[1]), "varchar")
    if kind == "decimal":
        wanted = exp.cast(call("to_json", exp.cast(args[1], "double")), "varchar")
    return call(sql_name(json_array_contains), exp.cast(args[0], "varchar"), wanted)


TRANSLATORS: dict[str, Translator] = {
    "is_json_scalar": _plain(is_json_scalar, 1),
    "json_array_contains": counted("json_array_contains", 2, 2, _json_array_contains),
    "json_array_get": counted("json_array_get", 2, 2, _json_array_get),
    "json_array_length": _plain(json_array_length, 1),
    "json_extract": _plain(json_extract, 2, as_json=True),
    "json_extract_scalar": _plain(json_extract_scalar, 2),
    "json_format": counted("json_format", 1, 1, _json_format),
    "json_parse": _plain(json_parse, 1, as_json=True),
    "json_size": _plain(json_size, 2),
}
