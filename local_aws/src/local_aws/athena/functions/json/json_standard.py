"""The functions of SQL/JSON: JSON_OBJECT, JSON_ARRAY, JSON_VALUE, JSON_QUERY, JSON_EXISTS."""

from typing import Any

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.calls import Typer, call, number
from local_aws.athena.functions.json.json_casts import read_scalar, to_json
from local_aws.athena.functions.json.json_path_items import PathFailed
from local_aws.athena.functions.json.json_paths import check, evaluate
from local_aws.athena.functions.json.json_syntax import Clauses, clauses
from local_aws.athena.functions.json.json_text import read, write
from local_aws.athena.functions.vectors import sql_name, vector
from local_aws.athena.translation.named_types import hive_type


def translate(node: exp.Anonymous, types_of: Typer) -> exp.Expression:
    """Write a call of one of these functions."""
    found = clauses(node)
    name = node.name.lower()
    if found.returning is not None and name != "json_value" and found.returning.this != exp.DType.VARCHAR:
        raise unsupported(f"RETURNING of {name} with another type than varchar")
    return _TRANSLATORS[name](node.expressions, found, types_of)


def _text(found: Clauses, place: int, value: exp.Expression, types_of: Typer) -> exp.Expression:
    if place in found.formatted:
        return call(sql_name(json_written), exp.cast(value, "varchar"))
    return to_json(value, types_of(value)[0])


@vector("VARCHAR", "VARCHAR")
def json_written(text: str) -> str:
    """Check a text that is said to be JSON and write it without blanks."""
    try:
        return write(read(text))
    except (ValueError, RecursionError) as error:
        raise QueryFailed("JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: ") from error


def _object(args: list[exp.Expression], found: Clauses, types_of: Typer) -> exp.Expression:
    if found.unique:
        raise unsupported("JSON_OBJECT WITH UNIQUE KEYS")
    members = []
    for place in range(0, len(args), 2):
        name = exp.cast(call("to_json", args[place]), "varchar")
        text = _text(found, place + 1, args[place + 1], types_of)
        if found.on["NULL"] == "NULL":
            text = call("coalesce", text, exp.Literal.string("null"))
        members.append(exp.DPipe(this=exp.DPipe(this=name, expression=exp.Literal.string(":")), expression=text))
    return _bracketed(members, "{", "}")


def _array(args: list[exp.Expression], found: Clauses, types_of: Typer) -> exp.Expression:
    texts = [_text(found, place, value, types_of) for place, value in enumerate(args)]
    if found.on["NULL"] == "NULL":
        texts = [call("coalesce", text, exp.Literal.string("null")) for text in texts]
    return _bracketed(texts, "[", "]")


def _bracketed(texts: list[exp.Expression], opened: str, closed: str) -> exp.Expression:
    """Join what is not null between brackets."""
    if not texts:
        return exp.Literal.string(opened + closed)
    joined = call("concat_ws", exp.Literal.string(","), *texts)
    return call("concat", exp.Literal.string(opened), joined, exp.Literal.string(closed))


def _variables(args: list[exp.Expression], found: Clauses, types_of: Typer) -> exp.Expression:
    texts = []
    for place, name in enumerate(found.variables, start=2):
        text = call("coalesce", _text(found, place, args[place], types_of), exp.Literal.string("null"))
        texts.append(exp.DPipe(this=exp.Literal.string(f"{write(name)}:"), expression=text))
    return _bracketed(texts, "{", "}")


def _inputs(args: list[exp.Expression], found: Clauses, types_of: Typer) -> list[exp.Expression]:
    if not isinstance(args[1], exp.Literal) or not args[1].is_string:
        raise QueryFailed("SYNTAX_ERROR", "mismatched input: a JSON path must be a string literal")
    check(args[1].this, found.variables)
    return [exp.cast(args[0], "varchar"), args[1], _variables(args, found, types_of)]


def _json_value(args: list[exp.Expression], found: Clauses, types_of: Typer) -> exp.Expression:
    kind = hive_type(found.returning) if found.returning is not None else None
    target = "varchar" if kind is None else kind.name
    if kind is not None and (kind.nested or found.returning.this == exp.DType.TIMESTAMPTZ):
        raise unsupported("this RETURNING type of JSON_VALUE")
    behaviour = "error" if found.on.get("ERROR") == "ERROR" else "null"
    on_empty = "error" if found.on.get("EMPTY") == "ERROR" else "null"
    options = exp.Literal.string(f"{target} {on_empty} {behaviour}")
    outcome = call(sql_name(json_value), *_inputs(args, found, types_of), options)
    state, text = (call("list_extract", outcome.copy(), number(place)) for place in (1, 2))
    value = text if target in {"varchar", "string"} else exp.cast(text, kind.duckdb(), dialect="duckdb")
    branches = [
        exp.If(this=exp.EQ(this=state.copy(), expression=exp.Literal.string(event.lower())), true=args[place])
        for event, place in found.defaults.items()
    ]
    return exp.Case(ifs=branches, default=value) if branches else value


def _json_query(args: list[exp.Expression], found: Clauses, types_of: Typer) -> exp.Expression:
    words = (
        found.wrapper,
        found.quotes,
        *(found.on.get(event, "NULL").replace(" ", "_") for event in ("EMPTY", "ERROR")),
    )
    return call(sql_name(json_query), *_inputs(args, found, types_of), exp.Literal.string(" ".join(words)))


def _json_exists(args: list[exp.Expression], found: Clauses, types_of: Typer) -> exp.Expression:
    options = exp.Literal.string(found.on.get("ERROR", "FALSE"))
    return call(sql_name(json_exists), *_inputs(args, found, types_of), options)


_TRANSLATORS = {
    "json_array": _array,
    "json_exists": _json_exists,
    "json_object": _object,
    "json_query": _json_query,
    "json_value": _json_value,
}
_EXTRACT = "cannot extract SQL scalar from JSON:"
NAMES = frozenset(_TRANSLATORS)


def _items(text: str, path: str, variables: str) -> list[Any]:
    """Give the items of a path, or raise QueryFailed with Trino's name of the fault."""
    try:
        root = read(text)
    except (ValueError, RecursionError) as error:
        raise QueryFailed("JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: ") from error
    try:
        return evaluate(path, root, read(variables))
    except PathFailed as error:
        raise QueryFailed("PATH_EVALUATION_ERROR", f"path evaluation failed: structural error: {error}") from error


@vector("VARCHAR VARCHAR VARCHAR VARCHAR", "VARCHAR[]")
def json_value(text: str, path: str, variables: str, options: str) -> list[str | None]:
    """Give what became of the path (``value``, ``empty`` or ``error``), and the scalar as text."""
    target, on_empty, on_error = options.split()
    empty = QueryFailed("JSON_VALUE_RESULT_ERROR", f"{_EXTRACT} JSON path found no items")
    try:
        items = _items(text, path, variables)
        if not items and on_empty == "null":
            return ["empty", None]
        if not items:
            raise empty
        if len(items) > 1:
            raise QueryFailed("JSON_VALUE_RESULT_ERROR", f"{_EXTRACT} JSON path found multiple items")
        if isinstance(items[0], dict | list):
            message = f"{_EXTRACT} JSON path found an item that cannot be converted to an SQL value"
            raise QueryFailed("JSON_VALUE_RESULT_ERROR", message)
        return ["value", read_scalar(items[0], target)]
    except QueryFailed as error:
        if on_error == "error" or error is empty:
            raise
        return ["error", None]


@vector("VARCHAR VARCHAR VARCHAR VARCHAR", "VARCHAR")
def json_query(text: str, path: str, variables: str, options: str) -> str | None:
    """Give the JSON text of the one item of a path, or of all in an array."""
    wrapper, quotes, on_empty, on_error = options.split()
    empty = QueryFailed("JSON_VALUE_RESULT_ERROR", "cannot extract JSON: JSON path found no items")
    try:
        items = _items(text, path, variables)
        if not items:
            return _instead(on_empty, empty)
        single = len(items) == 1 and isinstance(items[0], dict | list)
        if wrapper == "with" or (wrapper == "conditional" and not single):
            return write(items)
        if len(items) > 1:
            raise QueryFailed("JSON_VALUE_RESULT_ERROR", "multiple items found")
        return items[0] if quotes == "omit" and isinstance(items[0], str) else write(items[0])
    except QueryFailed as error:
        if error is empty:
            raise
        return _instead(on_error, error)


def _instead(behaviour: str, error: QueryFailed) -> str | None:
    if behaviour == "ERROR":
        raise error
    return {"NULL": None, "EMPTY_ARRAY": "[]", "EMPTY_OBJECT": "{}"}[behaviour]


@vector("VARCHAR VARCHAR VARCHAR VARCHAR", "BOOLEAN")
def json_exists(text: str, path: str, variables: str, on_error: str) -> bool | None:
    """Whether a path leads anywhere."""
    try:
        return bool(_items(text, path, variables))
    except QueryFailed:
        if on_error == "ERROR":
            raise
        return {"TRUE": True, "FALSE": False, "UNKNOWN": None}[on_error]
