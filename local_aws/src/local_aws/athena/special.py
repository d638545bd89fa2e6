"""Functions whose DuckDB form depends on the types or literals of their arguments."""

import re
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from local_aws.athena.casts import duck_cast, typed_operands
from local_aws.athena.failure import QueryFailed, unsupported

Typer = Callable[..., list[Any]]
"""Gives the DuckDB types of expressions in the place of the call."""

UNITS = {"millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"}
DAYS = {"day", "week", "month", "quarter", "year"}
FORMATS = {
    **{letter: f"%{letter}" for letter in "YymdHSjpIabf"},
    **{"i": "%M", "s": "%S", "M": "%B", "W": "%A", "h": "%I", "T": "%H:%M:%S", "r": "%I:%M:%S %p", "%": "%%"},
    **{"e": "%-d", "c": "%-m", "k": "%-H", "l": "%-I"},
}
"""DuckDB's spelling of MySQL's format letters, which date_format and date_parse use."""


def translate(name: str, args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    """Write the call ``name(args)`` for DuckDB; ``args`` are translated already."""
    return _TRANSLATORS[name](args, types_of)


def call(name: str, *args: exp.Expression) -> exp.Expression:
    """Write a DuckDB function call."""
    return exp.Anonymous(this=name, expressions=list(args))


def _text_of(name: str, node: exp.Expression) -> str:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise unsupported(f"{name} with an argument that is no literal")
    return node.this


def _unit(name: str, node: exp.Expression) -> str:
    unit = _text_of(name, node).lower()
    if unit not in UNITS:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid DATE field")
    return unit


def _count(name: str, args: list[exp.Expression], *allowed: int) -> None:
    if len(args) not in allowed:
        raise QueryFailed("FUNCTION_NOT_FOUND", f"Unexpected number of parameters for function {name}")


def _concat(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    kinds = {kind.id for kind in types_of(*typed_operands(args))}
    if not (kinds <= {"varchar"} or kinds <= {"list"}):
        raise QueryFailed("TYPE_MISMATCH", "Unexpected parameters for function concat")
    joined = args[0]
    for arg in args[1:]:
        joined = exp.DPipe(this=joined, expression=arg)
    return exp.Paren(this=joined)


def _extreme(name: str) -> Callable[[list[exp.Expression], Typer], exp.Expression]:
    """Trino's greatest and least are null as soon as one argument is; DuckDB's pass nulls over."""

    def translate_extreme(args: list[exp.Expression], _: Typer) -> exp.Expression:
        nulls = exp.or_(*(exp.Is(this=arg.copy(), expression=exp.Null()) for arg in args))
        return exp.Case(ifs=[exp.If(this=nulls, true=exp.Null())], default=call(name, *args))

    return translate_extreme


def _regexp_replace(args: list[exp.Expression], _: Typer) -> exp.Expression:
    _count("regexp_replace", args, 2, 3)
    replacement = _text_of("regexp_replace", args[2]) if len(args) == 3 else ""
    if "\\" in replacement or re.search(r"\$(?!\d)", replacement):
        raise unsupported("regexp_replace with an escaped or named replacement")
    groups = re.sub(r"\$(\d)", r"\\\1", replacement)
    return call("regexp_replace", args[0], args[1], exp.Literal.string(groups), exp.Literal.string("g"))


def _date(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _count("date", args, 1)
    if types_of(args[0])[0].id == "varchar":
        args = [call("cast_text_to_date", args[0])]
    return duck_cast(args[0], "DATE")


def _date_trunc(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _count("date_trunc", args, 2)
    unit = _unit("date_trunc", args[0])
    kind = _moment("date_trunc", args[1], types_of)
    truncated = call("date_trunc", exp.Literal.string(unit), args[1])
    return duck_cast(truncated, "DATE") if kind == "date" else truncated


def _date_add(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _count("date_add", args, 3)
    unit = _unit("date_add", args[0])
    kind = _moment("date_add", args[2], types_of)
    if kind == "date" and unit not in DAYS:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid DATE field")
    amount = args[1]
    if unit in {"week", "quarter"}:
        unit, factor = {"week": ("day", 7), "quarter": ("month", 3)}[unit]
        amount = exp.Mul(this=exp.Paren(this=amount), expression=exp.Literal.number(factor))
    moved = exp.Add(this=args[2], expression=call(f"to_{unit}s", amount))
    return duck_cast(moved, "DATE") if kind == "date" else exp.Paren(this=moved)


def _date_diff(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _count("date_diff", args, 3)
    unit = _unit("date_diff", args[0])
    for arg in args[1:]:
        _moment("date_diff", arg, types_of)
    return call("datesub", exp.Literal.string(unit), args[1], args[2])


def _moment(name: str, node: exp.Expression, types_of: Typer) -> str:
    kind = types_of(node)[0].id
    if kind not in {"date", "timestamp", "timestamp with time zone"}:
        raise QueryFailed("TYPE_MISMATCH", f"Unexpected parameters ({kind}) for function {name}")
    return kind


def _format(name: str, node: exp.Expression) -> exp.Expression:
    text = _text_of(name, node)
    unknown = [letter for letter in re.findall(r"%(.)", text) if letter not in FORMATS]
    if unknown:
        raise unsupported(f"%{unknown[0]} in {name}")
    return exp.Literal.string(re.sub(r"%(.)", lambda found: FORMATS[found[1]], text))


def _date_format(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    _count("date_format", args, 2)
    _moment("date_format", args[0], types_of)
    return call("strftime", args[0], _format("date_format", args[1]))


def _date_parse(args: list[exp.Expression], _: Typer) -> exp.Expression:
    _count("date_parse", args, 2)
    return call("strptime", args[0], _format("date_parse", args[1]))


def _try(args: list[exp.Expression], _: Typer) -> exp.Expression:
    _count("try", args, 1)
    return call("try", args[0])


_TRANSLATORS: dict[str, Callable[[list[exp.Expression], Typer], exp.Expression]] = {
    "concat": _concat,
    "date": _date,
    "date_add": _date_add,
    "date_diff": _date_diff,
    "date_format": _date_format,
    "date_parse": _date_parse,
    "date_trunc": _date_trunc,
    "greatest": _extreme("greatest"),
    "least": _extreme("least"),
    "regexp_replace": _regexp_replace,
    "try": _try,
}
