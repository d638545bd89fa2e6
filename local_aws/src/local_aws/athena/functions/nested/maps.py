"""Map functions (Trino, "Map functions and operators")."""

from typing import Any

from sqlglot import exp

from local_aws.athena.functions import lambdas
from local_aws.athena.functions.calls import Translator, Typer, call, counted, expect, macro, mismatch, number
from local_aws.athena.functions.nested.array_macros import refuse
from local_aws.athena.functions.vectors import declare_macros, sql_name, vector
from local_aws.athena.reading.json_lines import fail
from local_aws.athena.translation.inference import trino_types
from local_aws.athena.types import comparable as kinds
from local_aws.athena.types.trino import BIGINT

_MISSING = refuse("'Key not present in map: ' || CAST(k AS VARCHAR)")
_LENGTHS = fail("INVALID_FUNCTION_ARGUMENT: Key and value arrays must be the same length")


@vector("VARCHAR[]", "BIGINT[][]")
def group_places(texts: list[str | None]) -> list[list[int]]:
    """Give the places, from 1, of each different text, in the order in which the texts first come."""
    groups: dict[str | None, list[int]] = {}
    for place, text in enumerate(texts, start=1):
        groups.setdefault(text, []).append(place)
    return list(groups.values())


MACROS = (
    "map_subscript(m, k) AS list_extract(map_values(m), CASE WHEN m IS NOT NULL AND k IS NOT NULL "
    f"AND NOT list_contains(map_keys(m), k) THEN {_MISSING}::BIGINT ELSE list_position(map_keys(m), k) END)",
    f"trino_map(k, v) AS map(CASE WHEN len(k) <> len(v) THEN array_slice(k, 1, {_LENGTHS}::BIGINT) ELSE k END, v)",
    "entry_of(k, v) AS {'key': k, 'value': v}",
    "trino_map_entries(m) AS CASE WHEN m IS NOT NULL THEN list_zip(map_keys(m), map_values(m)) END",
)
declare_macros(
    f"python_groups(e) AS {sql_name(group_places)}(list_transform(e, lambda e__: CAST(to_json(e__.key) AS VARCHAR)))",
    # Entries are structs of key and value; whatever comes first stays.
    "python_map_of(e) AS map_from_entries(list_transform(python_groups(e), lambda g__: list_extract(e, g__[1])))",
    "python_multimap_of(e) AS map_from_entries(list_transform(python_groups(e), lambda g__: "
    "{'key': list_extract(e, g__[1]).key, 'value': list_transform(g__, lambda i__: list_extract(e, i__).value)}))",
    "python_counts_of(e) AS map_from_entries(list_transform(python_groups(e), lambda g__: "
    "{'key': list_extract(e, g__[1]).key, 'value': len(g__)}))",
)


def entry(key: exp.Expression, value: exp.Expression) -> exp.Expression:
    """Write a struct of a key and a value."""
    return call("entry_of", key, value)


def _part(name: str, pair: exp.Expression) -> exp.Expression:
    return call("struct_extract", pair.copy(), exp.Literal.string(name))


def _over_entries(mapping: exp.Expression, function: Any) -> exp.Expression:
    return call("list_transform", call("map_entries", mapping), lambdas.over("entry", function))


def _map(args: list[exp.Expression], _: Typer) -> exp.Expression:
    return call("trino_map", *args) if args else call("map", exp.Array(), exp.Array())


def _map_filter(args: list[exp.Expression], _: Typer) -> exp.Expression:
    mapping, function = args
    kept = lambdas.over("entry", lambda pair: lambdas.apply(function, _part("key", pair), _part("value", pair)))
    return call("map_from_entries", call("list_filter", call("map_entries", mapping), kept))


def _transform_keys(args: list[exp.Expression], _: Typer) -> exp.Expression:
    mapping, function = args
    keys = _over_entries(mapping.copy(), lambda pair: lambdas.apply(function, _part("key", pair), _part("value", pair)))
    return call("map", keys, call("map_values", mapping))


def _transform_values(args: list[exp.Expression], _: Typer) -> exp.Expression:
    mapping, function = args
    values = _over_entries(
        mapping.copy(), lambda pair: lambdas.apply(function, _part("key", pair), _part("value", pair))
    )
    return call("map", call("map_keys", mapping), values)


def _map_zip_with(args: list[exp.Expression], _: Typer) -> exp.Expression:
    left, right, function = args
    keys = call("trino_array_union", call("map_keys", left.copy()), call("map_keys", right.copy()))

    def body(key: exp.Expression) -> exp.Expression:
        values = (call("map_extract_value", mapping.copy(), key.copy()) for mapping in (left, right))
        return lambdas.apply(function, key, *values)

    return call("map", keys.copy(), call("list_transform", keys, lambdas.over("key", body)))


def _map_concat(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    for kind in types_of(*args):
        expect("map_concat", kind, "map")
    first, *others = args
    order = [*reversed(others), first]
    nulls = exp.or_(*(exp.Is(this=arg.copy(), expression=exp.Null()) for arg in args))
    entries = call("list_concat", *(call("map_entries", mapping) for mapping in order))
    return exp.Case(ifs=[exp.If(this=nulls, true=exp.Null())], default=call("python_map_of", entries))


def _pairs(args: list[exp.Expression]) -> exp.Expression:
    """Write rows of two fields as entries; a row without a key, or no row at all, fails."""

    def body(pair: exp.Expression) -> exp.Expression:
        return entry(
            call("struct_extract_at", pair.copy(), number(1)), call("struct_extract_at", pair.copy(), number(2))
        )

    return call("list_transform", args[0], lambdas.over("pair", body))


def _map_from_entries(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    expect("map_from_entries", types_of(args[0])[0], "list")
    return call("map_from_entries", _pairs(args))


def _multimap_from_entries(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    expect("multimap_from_entries", types_of(args[0])[0], "list")
    return call("python_multimap_of", _pairs(args))


def _array_histogram(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    expect("array_histogram", types_of(args[0])[0], "list")
    present = call(
        "list_filter",
        args[0],
        lambdas.over("item", lambda item: exp.Not(this=exp.Is(this=item, expression=exp.Null()))),
    )
    entries = call("list_transform", present, lambdas.over("item", lambda item: entry(item, exp.Null())))
    return call("python_counts_of", entries)


def _element_at(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    kind = expect("element_at", types_of(args[0])[0], "map", "list")
    whole, key = trino_types(types_of, *args)
    kinds.check("element_at", whole.parts[0] if kind.id == "map" else BIGINT, key)
    return call("map_extract_value" if kind.id == "map" else "trino_element_at", *args)


def _cardinality(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    kind = expect("cardinality", types_of(args[0])[0], "map", "list")
    return exp.cast(call("cardinality" if kind.id == "map" else "len", args[0]), "bigint")


def subscript(node: exp.Bracket, types_of: Typer) -> exp.Expression:
    """Write ``value[index]``: an element of an array, the value of a map's key, or a field of a row by its place."""
    (index,) = node.expressions
    kind = types_of(node.this)[0]
    if kind.id == "struct":
        return _field_at(node, index, len(kind.children))
    if kind.id not in {"list", "map"}:
        raise mismatch("subscript")
    if kind.id == "map":
        whole, key = trino_types(types_of, node.this, index)
        kinds.check("subscript", whole.parts[0], key)
    return call("map_subscript" if kind.id == "map" else "array_subscript", node.this, index)


def _field_at(node: exp.Bracket, index: exp.Expression, width: int) -> exp.Expression:
    if not isinstance(index, exp.Literal) or index.is_string:
        raise mismatch("subscript")
    if not 1 <= int(index.this) <= width:
        raise mismatch("subscript")
    return call("struct_extract_at", node.this, index)


TRANSLATORS: dict[str, Translator] = {
    "array_histogram": counted("array_histogram", 1, 1, _array_histogram),
    "cardinality": counted("cardinality", 1, 1, _cardinality),
    "element_at": counted("element_at", 2, 2, _element_at),
    "map": counted("map", 0, 2, _map),
    "map_concat": counted("map_concat", 2, 127, _map_concat),
    "map_entries": macro("map_entries", 1),
    "map_filter": counted("map_filter", 2, 2, _map_filter),
    "map_from_entries": counted("map_from_entries", 1, 1, _map_from_entries),
    "map_zip_with": counted("map_zip_with", 3, 3, _map_zip_with),
    "multimap_from_entries": counted("multimap_from_entries", 1, 1, _multimap_from_entries),
    "transform_keys": counted("transform_keys", 2, 2, _transform_keys),
    "transform_values": counted("transform_values", 2, 2, _transform_values),
}
