"""Casts to and from Trino's JSON type (Trino, "JSON functions and operators", "Cast to JSON", "Cast from JSON")."""

import math
from typing import Any

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions import lambdas
from local_aws.athena.functions.calls import call, number
from local_aws.athena.functions.json.json_functions import is_json
from local_aws.athena.functions.json.json_text import read, scalar_text, write
from local_aws.athena.functions.vectors import sql_name, vector
from local_aws.athena.render import write_double, write_real
from local_aws.athena.translation.cast_macros import double_text
from local_aws.athena.translation.casts import cast as plain_cast
from local_aws.athena.translation.named_types import hive_type
from local_aws.athena.types.trino import from_duck

_VARCHAR = exp.DataType.build("varchar", dialect="trino")
_WHOLE = {"tinyint": 7, "smallint": 15, "int": 31, "integer": 31, "bigint": 63}


def concerns(source: Any, target: exp.DataType) -> bool:
    """Whether a cast is to JSON or from it."""
    return target.this == exp.DType.JSON or is_json(source) or bool(target.find(exp.DataType) and _has_json(target))


def _has_json(target: exp.DataType) -> bool:
    return any(kind.this == exp.DType.JSON for kind in target.find_all(exp.DataType))


def cast(node: exp.Cast, source: Any) -> exp.Expression:
    """Write a cast to JSON or from it."""
    if node.to.this != exp.DType.JSON:
        if not is_json(source):
            raise unsupported(f"CAST to {node.to.sql('trino').lower()} of another type than json")
        made = _from_json(exp.cast(node.this, "varchar"), node.to)
    elif is_json(source):
        return node.this
    else:
        made = exp.cast(to_json(node.this, source), "json", dialect="duckdb")
    return call("try", made) if isinstance(node, exp.TryCast) else made


def to_json(value: exp.Expression, kind: Any) -> exp.Expression:
    """Write the JSON text of a value."""
    if from_duck(kind).parts:
        return _NESTED[kind.id](value, kind)
    if kind.id == "decimal":
        return plain_cast(value, kind, _VARCHAR)
    if is_json(kind) or kind.id == "boolean" or kind.id.endswith("int") or kind.id == "integer":
        return exp.cast(value, "varchar")
    if "null" in kind.id:
        return exp.cast(value, "varchar")
    if kind.id in {"double", "float"}:
        return call(sql_name(json_real if kind.id == "float" else json_double), exp.cast(value, "double"))
    text = value if kind.id == "varchar" else plain_cast(value, kind, _VARCHAR)
    return exp.cast(call("to_json", text), "varchar")


def _or_null(text: exp.Expression) -> exp.Expression:
    return call("coalesce", text, exp.Literal.string("null"))


def _whole(value: exp.Expression, parts: exp.Expression, opened: str, closed: str) -> exp.Expression:
    """Write brackets around joined parts; a null value has no text."""
    joined = call("array_to_string", parts, exp.Literal.string(","))
    text = call("concat", exp.Literal.string(opened), joined, exp.Literal.string(closed))
    return exp.Case(ifs=[exp.If(this=exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null())), true=text)])


def _list_to_json(value: exp.Expression, kind: Any) -> exp.Expression:
    element = dict(kind.children)["child"]
    texts = call("list_transform", value.copy(), lambdas.over("item", lambda item: _or_null(to_json(item, element))))
    return _whole(value, texts, "[", "]")


def _map_to_json(value: exp.Expression, kind: Any) -> exp.Expression:
    """Write an object, whose members are in the order of their names' texts."""
    key_type, value_type = (part for _, part in kind.children)

    def member(entry: exp.Expression) -> exp.Expression:
        key, item = (call("struct_extract", entry.copy(), exp.Literal.string(name)) for name in ("key", "value"))
        name = _name(key, key_type)
        return call("row", name, _member(exp.cast(call("to_json", name.copy()), "varchar"), to_json(item, value_type)))

    def text(pair: exp.Expression) -> exp.Expression:
        return call("struct_extract_at", pair, number(2))

    members = call(
        "list_sort", call("list_transform", call("map_entries", value.copy()), lambdas.over("entry", member))
    )
    return _whole(value, call("list_transform", members, lambdas.over("pair", text)), "{", "}")


def _name(key: exp.Expression, kind: Any) -> exp.Expression:
    """Write the text of a map's key: of a number with a point as Java does."""
    if kind.id in {"double", "float"}:
        return call("trim", to_json(key, kind), exp.Literal.string('"'))
    return key if kind.id == "varchar" else plain_cast(key, kind, _VARCHAR)


def _member(name: exp.Expression, text: exp.Expression) -> exp.Expression:
    return call("concat", name, exp.Literal.string(":"), _or_null(text))


def _row_to_json(value: exp.Expression, kind: Any) -> exp.Expression:
    members = [
        _member(exp.Literal.string(write(label)), to_json(call("struct_extract_at", value.copy(), number(place)), part))
        for place, (label, part) in enumerate(kind.children, start=1)
    ]
    return _whole(value, call("list_value", *members), "{", "}")


_NESTED = {"list": _list_to_json, "map": _map_to_json, "struct": _row_to_json}


def _from_json(text: exp.Expression, target: exp.DataType) -> exp.Expression:
    """Write the value of a JSON text as a Trino type."""
    if target.this == exp.DType.JSON:
        return exp.cast(text, "json", dialect="duckdb")
    if target.this == exp.DType.ARRAY:
        return call(
            "list_transform",
            _parts(text, "elements"),
            lambdas.over("item", lambda item: _from_json(item, target.expressions[0])),
        )
    if target.this == exp.DType.MAP:
        key, value = target.expressions
        keys = call("list_transform", _parts(text, "keys"), lambdas.over("item", lambda item: _from_json(item, key)))
        return call(
            "map",
            keys,
            call("list_transform", _parts(text, "members"), lambdas.over("item", lambda item: _from_json(item, value))),
        )
    if target.this == exp.DType.STRUCT:
        return _row_from_json(text, target)
    kind = hive_type(target)
    scalar = call(sql_name(json_scalar), text, exp.Literal.string(kind.name))
    if target.this == exp.DType.TIMESTAMPTZ or kind.name in {"binary", "time"}:
        raise unsupported(f"CAST of json to {target.sql('trino').lower()}")
    if kind.name in {"varchar", "string"} and not kind.parameters:
        return scalar
    return exp.cast(scalar, kind.duckdb(), dialect="duckdb")


def _parts(text: exp.Expression, what: str) -> exp.Expression:
    return call(sql_name(json_parts), text, exp.Literal.string(what))


def _row_from_json(text: exp.Expression, target: exp.DataType) -> exp.Expression:
    """Fields of an object by their names, of an array by their places."""
    names, kinds = [], []
    for field in target.expressions:
        named = isinstance(field, exp.ColumnDef)
        names.append(field.name if named else "")
        kinds.append(field.args["kind"] if named else field)
    parts = call(sql_name(json_fields), text.copy(), call("list_value", *map(exp.Literal.string, names)))
    values = [
        _from_json(call("list_extract", parts.copy(), number(place)), kind) for place, kind in enumerate(kinds, start=1)
    ]
    if all(names):
        made = exp.Struct(
            expressions=[
                exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=value)
                for name, value in zip(names, values, strict=True)
            ]
        )
    else:
        made = call("row", *values)
    return exp.Case(ifs=[exp.If(this=exp.Not(this=exp.Is(this=parts, expression=exp.Null())), true=made)])


def _wrong(text: str, target: str) -> QueryFailed:
    return QueryFailed("INVALID_CAST_ARGUMENT", f"Cannot cast '{text}' to {target}")


@vector("DOUBLE", "VARCHAR")
def json_double(value: float) -> str:
    """Write a double as JSON; what is no number is text."""
    return write_double(value) if math.isfinite(value) else f'"{write_double(value)}"'


@vector("DOUBLE", "VARCHAR")
def json_real(value: float) -> str:
    """Write a real as JSON; what is no number is text."""
    return write_real(value) if math.isfinite(value) else f'"{write_real(value)}"'


@vector("VARCHAR VARCHAR", "VARCHAR")
def json_scalar(text: str, target: str) -> str | None:
    """Read a JSON scalar as the text that DuckDB casts to the target."""
    return read_scalar(read(text), target)


def read_scalar(value: Any, target: str) -> str | None:
    """Write a JSON scalar as the text that DuckDB casts to the target.

    Raises
    ------
    QueryFailed
        Where Trino does not cast it so.
    """
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise _wrong(write(value), target)
    if target in {"varchar", "string"}:
        # A number with a point is a double, and becomes text as one.
        return double_text(value) if isinstance(value, float) else scalar_text(value)
    try:
        return _READERS.get(target, _same)(value, target)
    except (ValueError, OverflowError) as error:
        raise _wrong(write(value), target) from error


def _integer(value: Any, target: str) -> str:
    if isinstance(value, float):
        whole = int(value + (0.5 if value >= 0 else -0.5))
    else:
        whole = int(value)
    if not -(2 ** _WHOLE[target]) <= whole < 2 ** _WHOLE[target]:
        raise OverflowError
    return str(whole)


def _double(value: Any, _: str) -> str:
    return repr(float(value))


def _boolean(value: Any, target: str) -> str:
    if isinstance(value, str):
        if value.lower() not in {"true", "false", "t", "f", "1", "0"}:
            raise ValueError(target)
        return str(value.lower() in {"true", "t", "1"}).lower()
    return str(bool(value)).lower()


def _same(value: Any, target: str) -> str:
    if target in {"date", "timestamp"} and not isinstance(value, str):
        raise ValueError(target)
    if target == "decimal" and isinstance(value, bool):
        return str(int(value))
    return scalar_text(value)


_READERS = {
    **dict.fromkeys(_WHOLE, _integer),
    "double": _double,
    "float": _double,
    "real": _double,
    "boolean": _boolean,
}


@vector("VARCHAR VARCHAR", "VARCHAR[]")
def json_parts(text: str, what: str) -> list[str | None] | None:
    """Take a JSON array or object apart into texts of JSON; a null within is null."""
    value = read(text)
    if value is None:
        return None
    if not isinstance(value, list if what == "elements" else dict):
        raise _wrong(text, "array" if what == "elements" else "map")
    if what == "keys":
        return [write(key) for key in value]
    return [_part(item) for item in (value if what == "elements" else value.values())]


@vector("VARCHAR VARCHAR[]", "VARCHAR[]")
def json_fields(text: str, names: list[str]) -> list[str | None] | None:
    """Take the fields of a row from a JSON object or array, as texts of JSON."""
    value = read(text)
    if value is None:
        return None
    if isinstance(value, dict):
        folded = {key.lower(): item for key, item in value.items()}
        return [_part(folded.get(name.lower())) for name in names]
    if not isinstance(value, list) or len(value) != len(names):
        raise _wrong(text, "row")
    return [_part(item) for item in value]


def _part(value: Any) -> str | None:
    return None if value is None else write(value)
