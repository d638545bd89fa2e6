"""The types that a query names: of Trino's SQL as sqlglot reads them (Trino, "Data types")."""

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.time import intervals
from local_aws.athena.types.hive import HiveType, parse_hive_type
from local_aws.athena.types.trino import DAY_TIME, NUMBERS, YEAR_MONTH, ZONED, TrinoType

MOST_PLACES = 6

_DATA_TYPES = {
    exp.DType.INT: "integer",
    exp.DType.FLOAT: "real",
    exp.DType.TIMESTAMPTZ: ZONED,
    exp.DType.TIMETZ: "time with time zone",
    exp.DType.STRUCT: "row",
}
_DEFAULTS = {
    "decimal": (38, 0),
    "char": (1,),
    "time": (3,),
    "timestamp": (3,),
    ZONED: (3,),
    "time with time zone": (3,),
}
_KNOWN = {*NUMBERS, "boolean", "varchar", "char", "varbinary", "date", "time", "timestamp", ZONED, "json", "uuid"}


def trino_type(target: exp.DataType) -> TrinoType:
    """Read the type of a CAST.

    Raises
    ------
    QueryFailed
        ``TYPE_MISMATCH`` for what is no type of Trino's.
    """
    if isinstance(target.this, exp.Interval):
        unit = target.this.args["unit"]
        first = unit.this.name if isinstance(unit, exp.IntervalSpan) else unit.name
        return TrinoType(YEAR_MONTH if first.upper() in intervals.MONTHS else DAY_TIME)
    name = _DATA_TYPES.get(target.this) or target.this.value.lower()
    if name in {"array", "map"}:
        return TrinoType(name, (), tuple(map(trino_type, target.expressions)))
    if name == "row":
        fields = [
            (field.name, field.args["kind"]) if isinstance(field, exp.ColumnDef) else ("", field)
            for field in target.expressions
        ]
        return TrinoType(name, (), tuple(trino_type(kind) for _, kind in fields), tuple(label for label, _ in fields))
    if name not in _KNOWN:
        if name in {"time with time zone", "ipaddress"}:
            raise unsupported(f"the type {name}")
        raise QueryFailed("TYPE_MISMATCH", f"Unknown type: {target.sql('trino').lower()}")
    numbers = tuple(int(number.name) for number in target.expressions) or _DEFAULTS.get(name, ())
    if name == "decimal" and len(numbers) == 1:
        numbers = (*numbers, 0)
    if name in {"time", "timestamp", ZONED} and numbers[0] > MOST_PLACES:
        raise unsupported(f"{name} with {numbers[0]} digits of a second")
    return TrinoType(name, numbers)


def hive_type(target: exp.DataType) -> HiveType:
    """Read a Trino type of a query as a catalog type."""
    if target.this in {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ}:
        return HiveType("timestamp")
    if target.this == exp.DType.DECIMAL and not target.expressions:
        # Trino's default is not Hive's (Trino, "Data types": DECIMAL has 38 digits where none are given).
        return HiveType("decimal", (38, 0))
    # sqlglot quotes the field names of a row; the catalog's types have no quotes.
    return parse_hive_type(target.sql("hive").replace("`", ""))
