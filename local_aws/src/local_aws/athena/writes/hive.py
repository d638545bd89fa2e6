"""The catalog's type of a query's column, and what may be written where."""

from typing import Any

from local_aws.athena.failure import QueryFailed
from local_aws.athena.types.hive import RESULT_NAMES, parse_hive_type, quoted
from local_aws.athena.types.trino import from_duck

_HIVES_OWN = {"integer": "int", "varchar": "string", "varbinary": "binary"}
"""Trino's types that Hive calls otherwise."""
_NOT_HIVES = {"time", "timestamp with time zone", "json", "uuid"}
_UNNAMED = {*_NOT_HIVES, "array", "row", "unknown"}
_NAMES = {duck: _HIVES_OWN.get(name, name) for duck, name in RESULT_NAMES.items() if name not in _UNNAMED}
"""Hive's name of each type of DuckDB's that has one; those of nested types are made of their parts."""
_RANKS = ("tinyint", "smallint", "int", "bigint", "decimal", "float", "double")
_INTEGERS = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 19}
"""How many digits a decimal needs for the values of each."""


def hive_type(name: str, duck_type: Any) -> str:
    """Give the type with which Athena makes the column of a new table.

    Raises
    ------
    QueryFailed
        For a type that Hive has not, such as a timestamp with a time zone ("Considerations and limitations for CTAS
        queries", Athena user guide).
    """
    own = from_duck(duck_type)
    if own.name in _NOT_HIVES or own.name.startswith("interval"):
        raise QueryFailed("NOT_SUPPORTED", f"Unsupported Hive type: {own}")
    kind = duck_type.id
    if kind in {"null", '"null"'}:
        raise QueryFailed("COLUMN_TYPE_UNKNOWN", f"line 1:1: Column type is unknown: {name}")
    if kind == "decimal":
        details = dict(duck_type.children)
        return f"decimal({details['precision']},{details['scale']})"
    if kind == "list":
        return f"array<{hive_type(name, duck_type.children[0][1])}>"
    if kind == "map":
        return f"map<{','.join(hive_type(name, child) for _, child in duck_type.children)}>"
    if kind == "struct":
        return f"struct<{','.join(f'{label}:{hive_type(name, child)}' for label, child in duck_type.children)}>"
    if kind not in _NAMES:
        raise QueryFailed("NOT_SUPPORTED", f"Unsupported Hive type: {kind}")
    return _NAMES[kind]


def is_coercible(found: Any, wanted: str) -> bool:
    """Whether Trino writes a value of a query's type into a table's column without a cast of the user's."""
    if found.id in {"null", '"null"'}:
        return True
    try:
        have = hive_type("", found)
    except QueryFailed:
        return False
    source, target = have.partition("(")[0], wanted.partition("(")[0]
    if have == wanted or (source, target) in {("date", "timestamp"), ("string", "varchar")}:
        return True
    if target == "decimal":
        precision, scale = parse_hive_type(wanted).parameters or (10, 0)
        if source in _INTEGERS:
            return precision - scale >= _INTEGERS[source]
        if source == "decimal":
            digits, places = parse_hive_type(have).parameters
            return places <= scale and digits - places <= precision - scale
        return False
    return source in _RANKS and target in _RANKS and _RANKS.index(source) < _RANKS.index(target)


def cast_to(name: str, kind: str) -> str:
    """Write a column of a query as a table's type."""
    return f"CAST({quoted(name)} AS {parse_hive_type(kind).duckdb()}) AS {quoted(name)}"
