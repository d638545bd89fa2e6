"""Parquet tables: columns matched by name without case, absent ones null, types checked as Trino does."""

import duckdb

from local_aws.athena.failure import QueryFailed
from local_aws.athena.types.hive import HiveType, literal, quoted

WIDENED = {
    "SMALLINT": {"TINYINT"},
    "INTEGER": {"TINYINT", "SMALLINT"},
    "BIGINT": {"TINYINT", "SMALLINT", "INTEGER"},
    "DOUBLE": {"FLOAT"},
}
"""Per table type the narrower types of a file that are read as it."""

TIMES = {"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", "TIMESTAMP WITH TIME ZONE"}


def parquet_relation(connection: duckdb.DuckDBPyConnection, paths: list[str], columns: dict[str, HiveType]) -> str:
    """Select ``columns`` (lower-cased names) and ``filename`` of Parquet files.

    Raises
    ------
    QueryFailed
        ``HIVE_BAD_DATA`` where a file's type does not go with the table's.
    """
    listed = ", ".join(literal(path) for path in paths)
    source = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false, filename = true)"
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    found = {name.lower(): kind for name, kind, *_ in described}
    selected = [f"{_column(name, kind, found.get(name))} AS {quoted(name)}" for name, kind in columns.items()]
    return f"SELECT {', '.join([*selected, 'filename'])} FROM {source}"


def _column(name: str, kind: HiveType, found: str | None) -> str:
    wanted = kind.duckdb()
    if found is None:
        return f"CAST(NULL AS {wanted})"
    if wanted == "TIMESTAMP" and found in TIMES:
        return _milliseconds(quoted(name), found)
    same = found.replace(" ", "").lower() == wanted.replace(" ", "").lower()
    if not (same or found in WIDENED.get(wanted, ()) or _wider_decimal(found, wanted) or kind.nested):
        raise QueryFailed(
            "HIVE_BAD_DATA",
            f"Field {name}'s type {found} in parquet file is incompatible with type {kind.name} "
            "defined in table schema",
        )
    return f"CAST({quoted(name)} AS {wanted})"


def _milliseconds(column: str, found: str) -> str:
    """Round to the millisecond: Athena's timestamps have three digits; zoned ones are read as UTC."""
    local = f"({column} AT TIME ZONE 'UTC')" if found.endswith("ZONE") else column
    # DuckDB, as Java, divides towards zero; Trino rounds a half of a time before 1970 up too.
    half = f"CASE WHEN {local} < TIMESTAMP '1970-01-01' THEN -499 ELSE 500 END"
    return f"make_timestamp(((epoch_us({local}) + {half}) // 1000) * 1000)"


def _wider_decimal(found: str, wanted: str) -> bool:
    if not (found.startswith("DECIMAL") and wanted.startswith("DECIMAL")):
        return False
    (precision, scale), (most, places) = (
        [int(part) for part in text[len("DECIMAL(") : -1].split(",")] for text in (found, wanted)
    )
    return scale <= places and precision - scale <= most - places
