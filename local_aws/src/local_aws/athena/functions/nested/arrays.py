"""Array functions (Trino, "Array functions and operators")."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions import lambdas
from local_aws.athena.functions.calls import Translator, Typer, call, counted, expect, macro, mismatch, number
from local_aws.athena.functions.samples import null_of
from local_aws.athena.translation.casts import cast
from local_aws.athena.translation.inference import common, trino_types
from local_aws.athena.types import comparable as kinds
from local_aws.athena.types.trino import DUCK_FLOATS, TrinoType, common_type


def _element(name: str, kind: Any) -> Any:
    return dict(expect(name, kind, "list").children)["child"]


def _match(name: str, macro_name: str, negated: bool = False) -> Translator:
    def translate(args: list[exp.Expression], _: Typer) -> exp.Expression:
        tested = call(macro_name, call("list_transform", *args))
        return exp.Paren(this=exp.Not(this=tested)) if negated else tested

    return counted(name, 2, 2, translate)


def _extreme(name: str) -> Translator:
    """NaN is the answer where an array has one (Trino, ``array_min``); DuckDB's NaN is above all numbers."""

    def translate(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
        (kind,) = types_of(args[0])
        plain = call(f"trino_{name}", args[0])
        if name == "array_max" or _element(name, kind).id not in DUCK_FLOATS:
            return plain
        is_nan = call("isnan", call("trino_array_max", args[0].copy()))
        return exp.Case(ifs=[exp.If(this=is_nan, true=call("trino_array_max", args[0].copy()))], default=plain)

    return counted(name, 1, 1, translate)


def _with_element(name: str, most: int = 2) -> Translator:
    """A function of an array and a value like its elements."""

    def translate(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
        array, value = trino_types(types_of, *args[:2])
        if array.name != "array":
            raise mismatch(name)
        kinds.check(name, array.parts[0], value)
        return call(f"trino_{name}", *args)

    return counted(name, 2, most, translate)


def _of_two(name: str) -> Translator:
    """A function of two arrays of one type."""

    def translate(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
        left, right = trino_types(types_of, *args)
        if {left.name, right.name} - {"unknown"} != {"array"}:
            raise mismatch(name)
        kinds.check(name, left, right)
        return call(f"trino_{name}", *args)

    return counted(name, 2, 2, translate)


def _array_sort(args: list[exp.Expression], _: Typer) -> exp.Expression:
    """With a comparator: each element is put behind those that are not greater, which keeps equals in their order."""
    if len(args) == 1:
        return call("trino_array_sort", args[0])
    array, comparator = args
    start = call("array_slice", array.copy(), number(1), number(0))
    place, current = lambdas.fresh("sorted"), lambdas.fresh("next")
    done, new = lambdas.column(place), lambdas.column(current)

    def part(comparison: type[exp.Expression]) -> exp.Expression:
        body = lambdas.over(
            "element",
            lambda item: comparison(
                this=call("comparison_of", lambdas.apply(comparator, item, new.copy())), expression=number(0)
            ),
        )
        return call("list_filter", done.copy(), body)

    inserted = call("list_concat", part(exp.LTE), call("list_value", new.copy()), part(exp.GT))
    step = exp.Lambda(this=inserted, expressions=[exp.to_identifier(name, quoted=True) for name in (place, current)])
    return folded(array, start, step)


def folded(array: exp.Expression, start: exp.Expression, step: exp.Lambda) -> exp.Expression:
    """Write a fold of an array whose state has a type of its own.

    DuckDB's ``list_reduce`` has one type for states and elements; so both stand in a struct.
    """
    state_name, item_name = "state", "item"
    wrapped = call(
        "list_transform",
        array,
        lambdas.over("element", lambda item: _pair(null_of(start), item)),
    )
    left, right = lambdas.fresh("left"), lambdas.fresh("right")
    state = call("struct_extract", lambdas.column(left), exp.Literal.string(state_name))
    item = call("struct_extract", lambdas.column(right), exp.Literal.string(item_name))
    body = _pair(
        lambdas.apply(step, state, item), call("struct_extract", lambdas.column(right), exp.Literal.string(item_name))
    )
    names = [exp.to_identifier(name, quoted=True) for name in (left, right)]
    first = _pair(start, null_of(call("list_extract", array.copy(), number(1))))
    folded = call("list_reduce", wrapped, exp.Lambda(this=body, expressions=names), first)
    return call("struct_extract", folded, exp.Literal.string(state_name))


def _pair(state: exp.Expression, item: exp.Expression) -> exp.Expression:
    return call("named_pair", state, item)


def _reduce(args: list[exp.Expression], _: Typer) -> exp.Expression:
    array, start, step, finish = args
    return call(
        "list_extract", call("list_transform", call("list_value", folded(array, start, step)), finish), number(1)
    )


def _zip(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    for kind in types_of(*args):
        _element("zip", kind)
    return call("list_zip", *args)


def _zip_with(args: list[exp.Expression], _: Typer) -> exp.Expression:
    left, right, function = args

    def body(pair: exp.Expression) -> exp.Expression:
        return lambdas.apply(function, *(call("struct_extract_at", pair.copy(), number(place)) for place in (1, 2)))

    return call("list_transform", call("list_zip", left, right), lambdas.over("pair", body))


def _array_join(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    """Join the elements as their cast to text; a null is left out, or is the third argument."""
    array, delimiter, *other = args
    element = _element("array_join", types_of(array)[0])
    if element.id != "varchar":
        text = exp.DataType.build("varchar", dialect="trino")
        array = call("list_transform", array, lambdas.over("element", lambda item: cast(item, element, text)))
    if other:
        array = call(
            "list_transform", array, lambdas.over("text", lambda item: exp.Coalesce(this=item, expressions=other))
        )
    return call("trino_array_join", array, delimiter)


def _sequence(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    given = [kind.id for kind in types_of(*args)]
    moments = [kind for kind in given[:2] if kind == "date" or kind.startswith("timestamp")]
    if moments and len(args) == 2 and moments == ["date", "date"]:
        falls = exp.GT(this=args[0].copy(), expression=args[1].copy())
        step = exp.Case(ifs=[exp.If(this=falls, true=number(-1))], default=number(1))
        args = [*args, call("to_days", exp.cast(step, "integer"))]
    if moments:
        if moments[0] == "date":
            args[2] = call("days_only", args[2])
        made = call("time_sequence", *args)
        return exp.cast(made, "DATE[]", dialect="duckdb") if moments[0] == "date" else made
    start, stop, *step = args
    if not step:
        falls = exp.GT(this=start.copy(), expression=stop.copy())
        step = [exp.Case(ifs=[exp.If(this=falls, true=number(-1))], default=number(1))]
    return call("number_sequence", *(exp.cast(value, "bigint") for value in (start, stop, *step)))


def concatenated(operands: list[exp.Expression], given: list[Any]) -> exp.Expression:
    """Write the concatenation of arrays, of which one or more may be single elements; null with a null."""
    if all(kind.id == "list" for kind in given) and len({_depth(kind) for kind in given}) > 1:
        deepest = max(map(_depth, given))
        single = [_depth(kind) < deepest for kind in given]
    else:
        single = [kind.id != "list" for kind in given]
    arrays = [
        call("list_value", operand) if alone else operand for operand, alone in zip(operands, single, strict=True)
    ]
    nulls = exp.or_(*(exp.Is(this=operand.copy(), expression=exp.Null()) for operand in operands))
    return exp.Case(ifs=[exp.If(this=nulls, true=exp.Null())], default=call("list_concat", *arrays))


def _depth(kind: Any) -> int:
    return 1 + _depth(dict(kind.children)["child"]) if kind.id == "list" else 0


def literal(node: exp.Array, types_of: Typer) -> exp.Expression:
    """Check that the elements of ``ARRAY[…]`` have a common type."""
    if len(node.expressions) > 1 and common(types_of, node.expressions) is None:
        kinds = dict.fromkeys(map(str, trino_types(types_of, *node.expressions)))
        message = "All ARRAY elements must be the same type or coercible to a common type."
        raise QueryFailed("TYPE_MISMATCH", f"{message} Types: {', '.join(kinds)}")
    return node


def check_concatenated(given: list[TrinoType], failure: Callable[[], QueryFailed]) -> None:
    """Refuse to put arrays and elements together that have no common type."""
    deepest = max(given, key=_nesting)
    for kind in given:
        element = deepest.parts[0] if deepest.name == "array" else deepest
        if common_type(deepest, kind) is None and common_type(element, kind) is None:
            raise failure()


def _nesting(kind: TrinoType) -> int:
    return 1 + _nesting(kind.parts[0]) if kind.name == "array" else 0


ARRAY_FORMS: dict[str, Translator] = {
    "reverse": counted("reverse", 1, 1, lambda args, _: call("list_reverse", *args)),
}
"""Functions of arrays whose names text functions have, too."""
TRANSLATORS: dict[str, Translator] = {
    "all_match": _match("all_match", "every_match"),
    "any_match": _match("any_match", "some_match"),
    "none_match": _match("none_match", "some_match", negated=True),
    "array_distinct": macro("array_distinct", 1),
    "array_except": _of_two("array_except"),
    "array_intersect": _of_two("array_intersect"),
    "array_join": counted("array_join", 2, 3, _array_join),
    "array_max": _extreme("array_max"),
    "array_min": _extreme("array_min"),
    "array_position": _with_element("array_position", 3),
    "array_remove": _with_element("array_remove"),
    "array_sort": counted("array_sort", 1, 2, _array_sort),
    "array_union": _of_two("array_union"),
    "arrays_overlap": _of_two("arrays_overlap"),
    "combinations": counted("combinations", 2, 2, lambda args, _: call("python_combinations", *args)),
    "contains": _with_element("contains"),
    "contains_sequence": _of_two("contains_sequence"),
    "ngrams": macro("ngrams", 2),
    "reduce": counted("reduce", 4, 4, _reduce),
    "repeat": macro("repeat", 2),
    "sequence": counted("sequence", 2, 3, _sequence),
    "shuffle": macro("shuffle", 1),
    "slice": macro("slice", 3),
    "trim_array": macro("trim_array", 2),
    "zip": counted("zip", 2, 5, _zip),
    "zip_with": counted("zip_with", 3, 3, _zip_with),
}
