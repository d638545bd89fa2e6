"""Column types in three tongues: Hive's (the catalog), DuckDB's (the engine) and Athena's (the results)."""

import re
from dataclasses import dataclass, field
from typing import Any

from local_aws.athena.failure import unsupported
from local_aws.athena.types.trino import DAY_TIME, YEAR_MONTH, ZONED, TrinoType, from_duck, to_duck

SCALARS = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "varchar": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "binary": "BLOB",
    "decimal": "DECIMAL",
    ZONED: to_duck(TrinoType(ZONED)),
}
"""DuckDB's type of each Hive type, and of one that only a hidden column has; char is left out, since its padding rules
are its own."""

RESULT_NAMES = {
    "boolean": "boolean",
    "tinyint": "tinyint",
    "smallint": "smallint",
    "integer": "integer",
    "bigint": "bigint",
    "hugeint": "bigint",
    "ubigint": "bigint",
    "uinteger": "bigint",
    "float": "float",
    "double": "double",
    "varchar": "varchar",
    "date": "date",
    "time": "time",
    "timestamp": "timestamp",
    "timestamp with time zone": "timestamp with time zone",
    "decimal": "decimal",
    "blob": "varbinary",
    "list": "array",
    "map": "map",
    "struct": "row",
    "uuid": "uuid",
    '"null"': "unknown",
    "null": "unknown",
}
PRECISIONS = {
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "float": 17,
    "double": 17,
    "date": 0,
    "boolean": 0,
    "timestamp": 3,
    "time": 3,
    "timestamp with time zone": 3,
    "varchar": 2147483647,
    "varbinary": 1073741824,
}


@dataclass(frozen=True)
class HiveType:
    """A type as the Glue Data Catalog writes it, parsed."""

    name: str
    parameters: tuple[int, ...] = ()
    children: tuple[tuple[str, "HiveType"], ...] = field(default=())

    @property
    def nested(self) -> bool:
        """Whether values of the type hold other values."""
        return bool(self.children)

    def duckdb(self) -> str:
        """Write the type for DuckDB."""
        inner = [child.duckdb() for _, child in self.children]
        if self.name == "array":
            return f"{inner[0]}[]"
        if self.name == "map":
            return f"MAP({inner[0]}, {inner[1]})"
        if self.name == "struct":
            return f"STRUCT({', '.join(f'{quoted(n)} {t}' for (n, _), t in zip(self.children, inner, strict=True))})"
        if self.name == "decimal":
            precision, scale = (*self.parameters, *(10, 0)[len(self.parameters) :])
            return f"DECIMAL({precision}, {scale})"
        return SCALARS[self.name]


def quoted(name: str) -> str:
    """Quote an identifier for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def cut(text: str, kind: HiveType) -> str:
    """Write a text no longer than its column's type lets it be."""
    return f"substr({text}, 1, {kind.parameters[0]})" if kind.parameters else text


def literal(text: str) -> str:
    """Write a string literal for DuckDB."""
    return "'" + text.replace("'", "''") + "'"


def parse_hive_type(text: str) -> HiveType:
    """Parse a catalog type such as ``array<struct<a:int>>`` or ``decimal(10,2)``.

    Raises
    ------
    QueryFailed
        For a type that this engine does not know.
    """
    tokens = re.findall(r"[<>(),:]|[^<>(),:\s]+", text.lower())
    parsed, rest = _parse(tokens, text)
    if rest:
        raise unsupported(f"the column type {text!r}")
    return parsed


def _parse(tokens: list[str], text: str) -> tuple[HiveType, list[str]]:
    """Parse one type from the front of ``tokens``; give it and the tokens after it."""
    if not tokens:
        raise unsupported(f"the column type {text!r}")
    name, rest = tokens[0], tokens[1:]
    if name in {"array", "map", "struct"} and rest[:1] == ["<"]:
        return _parse_nested(name, rest, text)
    if name not in SCALARS:
        raise unsupported(f"the column type {text!r}")
    if rest[:1] != ["("]:
        return HiveType(name), rest
    end = rest.index(")")
    return HiveType(name, tuple(int(token) for token in rest[1:end] if token != ",")), rest[end + 1 :]


def _parse_nested(name: str, rest: list[str], text: str) -> tuple[HiveType, list[str]]:
    """Parse the children of an array, a map or a struct; ``rest`` begins with ``<`` and then with ``,``."""
    children = []
    while rest and rest[0] in {"<", ","}:
        rest = rest[1:]
        label = ""
        if name == "struct":
            label, rest = rest[0], rest[2:]
        child, rest = _parse(rest, text)
        children.append((label, child))
    if rest[:1] != [">"] or len(children) != {"array": 1, "map": 2}.get(name, len(children)):
        raise unsupported(f"the column type {text!r}")
    return HiveType(name, (), tuple(children)), rest[1:]


def column_info(name: str, duck_type: Any) -> dict[str, Any]:
    """Describe a result column as GetQueryResults does (API reference, ``ColumnInfo``)."""
    kind = _own_name(duck_type) or RESULT_NAMES.get(duck_type.id)
    if kind is None:
        raise unsupported(f"results of DuckDB's type {duck_type}")
    details = dict(duck_type.children) if duck_type.id == "decimal" else {}
    return _info(name, kind, details.get("precision", PRECISIONS.get(kind, 0)), details.get("scale", 0))


def _own_name(duck_type: Any) -> str | None:
    """Name the types that are rows for DuckDB alone."""
    kind = from_duck(duck_type)
    return kind.name if kind.name in {ZONED, DAY_TIME, YEAR_MONTH, "json"} else None


def text_column(name: str, kind: str = "string") -> dict[str, Any]:
    """Describe a column of a DDL statement's answer."""
    return _info(name, kind, 0, 0)


def _info(name: str, kind: str, precision: int, scale: int) -> dict[str, Any]:
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": kind,
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": kind in {"varchar", "char"},
    }
