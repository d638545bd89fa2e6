"""CAST and TRY_CAST with Trino's conversions (Trino, "Conversion functions")."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.calls import call
from local_aws.athena.functions.python_functions import python_call
from local_aws.athena.functions.time import intervals, zones
from local_aws.athena.translation.inference import noted
from local_aws.athena.translation.named_types import MOST_PLACES, trino_type
from local_aws.athena.types.trino import DAY_TIME, INTEGERS, NUMBERS, YEAR_MONTH, ZONED, TrinoType, from_duck, to_duck

_EXACT = {*INTEGERS, "decimal"}


def cast(source: exp.Expression, source_type: Any, target: exp.DataType) -> exp.Expression:
    """Write the cast of ``source`` (an expression in DuckDB's tongue, of a DuckDB or Trino type) to a Trino type.

    Raises
    ------
    QueryFailed
        ``TYPE_MISMATCH`` for a conversion that Trino has not.
    """
    kind = source_type if isinstance(source_type, TrinoType) else from_duck(source_type)
    wanted = trino_type(target)
    return noted(convert(source, kind, wanted), wanted)


def convert(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> exp.Expression:
    """Write the conversion of an expression from one Trino type to another."""
    if kind.name == "unknown":
        return _null(source, wanted)
    if kind.parts and kind.name == wanted.name:
        return _nested(source, kind, wanted)
    writer = _WRITERS.get(wanted.name)
    made = None if writer is None else writer(source, kind, wanted)
    if made is None:
        if "json" in (kind.name, wanted.name):
            raise unsupported(f"CAST of {kind} to {wanted}")
        raise QueryFailed("TYPE_MISMATCH", f"Cannot cast {kind} to {wanted}")
    return made


def coerce(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> exp.Expression:
    """Write a coercion: nothing where DuckDB's types are the same, and NULL left as it is."""
    if kind.name == "unknown":
        return _null(source, wanted)
    if to_duck(kind) == to_duck(wanted):
        return source
    return noted(convert(source, kind, wanted), wanted)


def _null(source: exp.Expression, wanted: TrinoType) -> exp.Expression:
    """Write a bare null as one of a type; DuckDB has no name for the type of a row without names."""
    if not _unnamed(wanted):
        return duck_cast(source, to_duck(wanted))
    return exp.Case(ifs=[exp.If(this=exp.false(), true=_sample(wanted))])


def _unnamed(kind: TrinoType) -> bool:
    return (kind.name == "row" and not any(kind.labels)) or any(map(_unnamed, kind.parts))


def _sample(kind: TrinoType) -> exp.Expression:
    parts = list(map(_sample, kind.parts))
    if kind.name == "row":
        return call("row", *parts)
    if kind.parts:
        lists = [call("list_value", part) for part in parts]
        return lists[0] if kind.name == "array" else call("map", *lists)
    return duck_cast(exp.Null(), to_duck(kind))


def _nested(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> exp.Expression:
    """Convert the parts of an array, a map or a row."""
    if len(kind.parts) != len(wanted.parts):
        raise QueryFailed("TYPE_MISMATCH", f"Cannot cast {kind} to {wanted}")
    plain = all(map(_plain, kind.parts, wanted.parts))
    if plain and kind.name != "row":
        return duck_cast(source, to_duck(wanted))
    if kind.name == "array":
        return call("list_transform", source, _over(lambda item: convert(item, kind.parts[0], wanted.parts[0])))
    if kind.name == "map":
        keys = (
            call("map_keys", source),
            TrinoType("array", (), kind.parts[:1]),
            TrinoType("array", (), wanted.parts[:1]),
        )
        values = (
            call("map_values", source.copy()),
            TrinoType("array", (), kind.parts[1:]),
            TrinoType("array", (), wanted.parts[1:]),
        )
        return call("map", _nested(*keys), _nested(*values))
    return _row(source, kind, wanted)


def _row(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> exp.Expression:
    fields = [
        call("struct_extract_at", source.copy(), exp.Literal.number(place + 1)) for place in range(len(kind.parts))
    ]
    parts = [convert(*field) for field in zip(fields, kind.parts, wanted.parts, strict=True)]
    null = exp.Is(this=source.copy(), expression=exp.Null())
    row = exp.Case(ifs=[exp.If(this=null, true=exp.Null())], default=call("row", *parts))
    # DuckDB has no name for the type of a row without names.
    return duck_cast(row, to_duck(wanted)) if any(wanted.labels) else row


_NUMBERED = iter(range(10**9))


def _over(body: Callable[[exp.Expression], exp.Expression]) -> exp.Lambda:
    name = exp.to_identifier(f"part {next(_NUMBERED)}", quoted=True)
    return exp.Lambda(this=body(exp.Column(this=name)), expressions=[name.copy()])


def _plain(kind: TrinoType, wanted: TrinoType) -> bool:
    """Whether DuckDB's own cast does what Trino's does."""
    if _unnamed(wanted):
        return False
    if kind.parts or wanted.parts:
        return kind.name == wanted.name != "row" and all(map(_plain, kind.parts, wanted.parts))
    if kind.name in {"unknown", wanted.name}:
        return to_duck(kind) == to_duck(wanted) or kind.name == "unknown"
    return kind.name in _EXACT and wanted.name in NUMBERS


def duck_cast(source: exp.Expression, duck_type: str) -> exp.Expression:
    """Write a plain DuckDB cast."""
    return exp.Cast(this=source, to=exp.DataType.build(duck_type, dialect="duckdb"))


Written = exp.Expression | None


def _to_number(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    if kind.name in {"varchar", "char"}:
        return _text_to_number(source, wanted)
    if kind.name in {"real", "double"} and wanted.name in INTEGERS:
        source = call("round_to_integer", source)
    elif kind.name == "double" and wanted.name == "decimal" or kind.name == "real" and wanted.name == "decimal":
        source = duck_cast(source, "VARCHAR")
    elif kind.name not in {*NUMBERS, "boolean"}:
        return None
    if kind.name == "boolean" and wanted.name == "decimal":
        source = duck_cast(source, "INTEGER")
    return duck_cast(source, to_duck(wanted) if wanted.name != "real" else "FLOAT")


def _text_to_number(source: exp.Expression, wanted: TrinoType) -> exp.Expression:
    if wanted.name == "decimal":
        return duck_cast(call("cast_text_to_decimal", source), to_duck(wanted))
    return call(f"cast_text_to_{wanted.name}", source)


def _to_boolean(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    if kind.name in {"varchar", "char"}:
        return call("cast_text_to_boolean", source)
    return duck_cast(source, "BOOLEAN") if kind.name in {*NUMBERS, "boolean"} else None


def _to_varchar(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    made = plain_text(source, kind)
    if made is None or not wanted.numbers:
        return made
    length = exp.Literal.number(wanted.numbers[0])
    if kind.name in {"varchar", "char"}:
        return call("substr", made, exp.Literal.number(1), length)
    return call("limited_text", made, length)


def plain_text(source: exp.Expression, kind: TrinoType) -> Written:
    """Write the text of a value as a cast to varchar gives it."""
    if kind.name in {"varchar", "char"}:
        return source
    if kind.name == "decimal" and kind.numbers[0] == kind.numbers[1]:
        return call("small_decimal_text", source)
    if kind.name in {*_EXACT, "boolean", "uuid"}:
        return duck_cast(source, "VARCHAR")
    if kind.name in {"double", "real"}:
        return python_call(f"{kind.name}_text", source)
    if kind.name == "date":
        return call("date_text", source)
    if kind.name in {"timestamp", "time"}:
        return call("moment_text" if kind.name == "timestamp" else "time_text", source, _places(kind))
    if kind.name == ZONED:
        text = call("moment_text", zones.local_of(source), _places(kind))
        blank = exp.DPipe(this=exp.Literal.string(" "), expression=zones.zone_of(source))
        return exp.Paren(this=exp.DPipe(this=text, expression=blank))
    return intervals.text(source, kind) if kind.name in {DAY_TIME, YEAR_MONTH} else None


def _places(kind: TrinoType) -> exp.Expression:
    return exp.Literal.number(kind.numbers[0])


def _to_char(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    if kind.name not in {"varchar", "char"}:
        return None
    return call("rpad", source, exp.Literal.number(wanted.numbers[0]), exp.Literal.string(" "))


def _to_date(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    if kind.name in {"varchar", "char"}:
        return call("cast_text_to_date", source)
    if kind.name == ZONED:
        source = zones.local_of(source)
    return duck_cast(source, "DATE") if kind.moment else None


def _to_time(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    if kind.name in {"varchar", "char"}:
        made = call("cast_text_to_time", source)
    elif kind.name in {"time", "timestamp", ZONED}:
        made = duck_cast(zones.local_of(source) if kind.name == ZONED else source, "TIME")
    else:
        return None
    return _rounded("rounded_time", made, kind, wanted)


def _rounded(name: str, made: exp.Expression, kind: TrinoType, wanted: TrinoType) -> exp.Expression:
    before = kind.numbers[0] if kind.numbers and kind.name in {"time", "timestamp", ZONED} else MOST_PLACES
    if kind.name == "date" or before <= wanted.numbers[0]:
        return made
    return call(name, made, exp.Literal.number(10 ** (MOST_PLACES - wanted.numbers[0])))


def _to_timestamp(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    if kind.name in {"varchar", "char"}:
        # Trino checks a zone that stands in the text, and leaves it out.
        plain = call("is_plain_timestamp", source.copy())
        zoned = python_call("cast_text_to_clocks", source.copy())
        made = exp.Case(ifs=[exp.If(this=plain, true=call("cast_text_to_timestamp", source))], default=zoned)
    elif kind.moment:
        made = duck_cast(zones.local_of(source) if kind.name == ZONED else source, "TIMESTAMP")
    else:
        return None
    return _rounded("rounded_moment", made, kind, wanted)


def _to_zoned(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    if kind.name in {"varchar", "char"}:
        made = python_call("cast_text_to_zoned", source)
    elif kind.name == ZONED:
        made = source
    elif kind.moment:
        made = zones.in_utc(source)
    else:
        return None
    if kind.name == ZONED and kind.numbers <= wanted.numbers or kind.name == "date":
        return made
    return zones.zoned(_rounded("rounded_moment", zones.utc_of(made), kind, wanted), zones.zone_of(made))


def _to_varbinary(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    if kind.name == "varbinary":
        return source
    return call("encode", source) if kind.name in {"varchar", "char"} else None


def _to_uuid(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    return duck_cast(source, "UUID") if kind.name in {"varchar", "uuid"} else None


def _same(source: exp.Expression, kind: TrinoType, wanted: TrinoType) -> Written:
    return source if kind.name == wanted.name else None


_WRITERS: dict[str, Callable[[exp.Expression, TrinoType, TrinoType], Written]] = {
    **dict.fromkeys(NUMBERS, _to_number),
    **dict.fromkeys(("json", DAY_TIME, YEAR_MONTH), _same),
    "boolean": _to_boolean,
    "varchar": _to_varchar,
    "char": _to_char,
    "date": _to_date,
    "time": _to_time,
    "timestamp": _to_timestamp,
    ZONED: _to_zoned,
    "varbinary": _to_varbinary,
    "uuid": _to_uuid,
}
