"""CAST and TRY_CAST with Trino's conversions, chosen by the source's type as DuckDB's binder tells it."""

from typing import Any

from sqlglot import exp

from local_aws.athena.failure import unsupported
from local_aws.athena.json_lines import fail
from local_aws.athena.types import HiveType, parse_hive_type

INTEGERS = {"tinyint", "smallint", "integer", "bigint", "hugeint", "ubigint", "uinteger"}
FLOATS = {"float", "double"}


def _check(name: str, pattern: str) -> str:
    """Write a macro that gives a text back where it has the form that Trino casts, and fails where it has not."""
    refusal = fail(f"INVALID_CAST_ARGUMENT: Value cannot be cast to {name}")
    return (
        f"cast_text_to_{name}(s) AS CASE WHEN s IS NULL OR regexp_full_match(s, '{pattern}') THEN s "
        f"ELSE {refusal}::VARCHAR END"
    )


_TIME = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
MACROS = (
    _check("integer", "[+-]?[0-9]+"),
    _check("double", r"\s*[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)\s*"),
    _check("decimal", r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"),
    _check("boolean", "(?i)t|f|true|false|1|0"),
    _check("date", r"\s*-?[0-9]{4,7}-[0-9]{1,2}-[0-9]{1,2}\s*"),
    _check("timestamp", rf"\s*-?[0-9]{{4,6}}-[0-9]{{1,2}}-[0-9]{{1,2}}( {_TIME})?\s*"),
    "year_text(y, plus) AS CASE WHEN y < 0 THEN '-' WHEN y > 9999 THEN plus ELSE '' END "
    "|| CASE WHEN abs(y) < 10000 THEN lpad(abs(y)::VARCHAR, 4, '0') ELSE abs(y)::VARCHAR END",
    # Joda writes the year of a date without a plus, java.time that of a timestamp with one, and Trino uses either.
    "date_text(d) AS CASE WHEN year(d) BETWEEN 1 AND 9999 THEN CAST(d AS VARCHAR) "
    "ELSE year_text(year(d), '') || strftime(d, '-%m-%d') END",
    "moment_text(t) AS year_text(year(t), '+') || strftime(t, '-%m-%d %H:%M:%S.%g')",
    "round_to_integer(x) AS CASE WHEN isnan(x) OR isinf(x) THEN "
    f"{fail('INVALID_CAST_ARGUMENT: Cannot cast a double that is no number to an integer')} ELSE round(x) END",
)
CHECKED = {
    **dict.fromkeys(INTEGERS, "integer"),
    **dict.fromkeys(FLOATS, "double"),
    **{kind: kind for kind in ("decimal", "boolean", "date", "timestamp")},
}


def cast(source: exp.Expression, source_type: Any, target: exp.DataType) -> exp.Expression:
    """Write the cast of ``source`` (an expression in DuckDB's tongue) to a Trino type.

    Raises
    ------
    QueryFailed
        ``NOT_SUPPORTED`` for a conversion that DuckDB does otherwise.
    """
    kind = hive_type(target)
    wanted = {"int": "integer", "string": "varchar"}.get(kind.name, kind.name)
    found = source_type.id
    if wanted == "varchar":
        return _to_text(source, found, kind)
    if found == "varchar" and not kind.nested:
        if wanted not in CHECKED:
            raise unsupported(f"CAST of varchar to {target.sql('trino').lower()}")
        source = exp.Anonymous(this=f"cast_text_to_{CHECKED[wanted]}", expressions=[source])
    elif found in FLOATS and wanted in INTEGERS:
        source = exp.Anonymous(this="round_to_integer", expressions=[source])
    elif found in FLOATS and wanted == "decimal":
        raise unsupported("CAST of a double to decimal")
    elif wanted == "binary":
        raise unsupported("CAST to varbinary")
    return duck_cast(source, kind.duckdb() if not zoned(target) else "TIMESTAMPTZ")


def typed_operands(operands: list[exp.Expression]) -> list[exp.Expression]:
    """Leave out a bare NULL, which goes with every type, while DuckDB's binder calls it an integer."""
    return [operand for operand in operands if not isinstance(operand, exp.Null)] or operands[:1]


def zoned(target: exp.DataType) -> bool:
    """Whether a cast's target is a timestamp with time zone."""
    return target.this == exp.DType.TIMESTAMPTZ


def hive_type(target: exp.DataType) -> HiveType:
    """Read a Trino type of a query as a catalog type."""
    if target.this in {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ}:
        return HiveType("timestamp")
    if target.this == exp.DType.DECIMAL and not target.expressions:
        # Trino's default is not Hive's (Trino, "Data types": DECIMAL has 38 digits where none are given).
        return HiveType("decimal", (38, 0))
    # sqlglot quotes the field names of a row; the catalog's types have no quotes.
    return parse_hive_type(target.sql("hive").replace("`", ""))


def duck_cast(source: exp.Expression, duck_type: str) -> exp.Expression:
    """Write a plain DuckDB cast."""
    return exp.Cast(this=source, to=exp.DataType.build(duck_type, dialect="duckdb"))


def _to_text(source: exp.Expression, found: str, kind: HiveType) -> exp.Expression:
    if found in FLOATS or found in {"list", "struct", "map", "blob"}:
        raise unsupported(f"CAST of {found} to varchar")
    if found.startswith("timestamp"):
        text = exp.Anonymous(this="moment_text", expressions=[source])
        if "zone" in found:
            text = exp.Paren(this=exp.DPipe(this=text, expression=exp.Literal.string(" UTC")))
    elif found == "date":
        text = exp.Anonymous(this="date_text", expressions=[source])
    else:
        text = duck_cast(source, "VARCHAR")
    if not kind.parameters:
        return text
    if found != "varchar":
        raise unsupported(f"CAST of {found} to varchar with a length")
    length = exp.Literal.number(kind.parameters[0])
    return exp.Anonymous(this="substr", expressions=[text, exp.Literal.number(1), length])
