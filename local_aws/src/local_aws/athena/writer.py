"""Runs CREATE TABLE AS, INSERT INTO and UNLOAD: the query's rows become files, and the catalog hears of them.

Sources: "CREATE TABLE AS", "INSERT INTO" and "UNLOAD" (Athena user guide); Trino's Hive connector for the messages.
"""

import os
import threading
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlglot import exp

from local_aws.athena.data_files import FileFormat, parse_format, write_file
from local_aws.athena.engine import Engine, Prepared
from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.files import list_data_files, split_uri
from local_aws.athena.partitions import add_partition, partition_path
from local_aws.athena.tables import OPENX, PARQUET, find_table
from local_aws.athena.translation import UNNAMED
from local_aws.athena.types import parse_hive_type, quoted, text_column
from local_aws.athena.writes import Write
from local_aws.athena.written_table import hive_type, table_input
from local_aws.caller import require
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError
from local_aws.lake import Lake

ROWS = text_column("rows", "bigint")
MOST_PARTITIONS = 100
"""How many partitions one statement may write ("Use CTAS and INSERT INTO to work around the 100 partition limit")."""

CREATE_PROPERTIES = {
    *("format", "external_location", "partitioned_by", "field_delimiter", "write_compression", "is_external"),
    *("parquet_compression", "table_type"),
}
UNLOAD_PROPERTIES = {"format", "partitioned_by", "field_delimiter", "compression"}


@dataclass(frozen=True)
class Written:
    """What a statement wrote: how many rows, the S3 addresses of their files, and the bytes that its query read."""

    rows: int = 0
    uris: tuple[str, ...] = ()
    scanned_bytes: int = 0


@dataclass(frozen=True)
class Target:
    """Where and how rows are written; ``kinds`` names each column with its type in the catalog, partitions last."""

    location: str
    kinds: dict[str, str]
    keys: tuple[str, ...]
    wanted: FileFormat


class Writer:
    """Runs statements that write data.

    Parameters
    ----------
    lake : Lake
        Where the objects are.
    catalog : Service
        The Glue Data Catalog.
    engine : Engine
        Runs the queries.
    """

    def __init__(self, lake: Lake, catalog: Service, engine: Engine):
        self._lake = lake
        self._catalog = catalog
        self._engine = engine

    def run(self, write: Write, database: str, output: str, cancelled: threading.Event) -> Written:
        """Run one statement.

        Parameters
        ----------
        write : Write
            The statement.
        database : str
            Where names without a database are looked up.
        output : str
            The S3 address of the statement's own results.
        cancelled : Event
            Set where nobody waits for it any more.
        """
        run = {"CREATE_TABLE_AS_SELECT": self._create, "INSERT": self._insert, "UNLOAD": self._unload}
        return run[write.substatement](write, database, output, cancelled)

    def _create(self, write: Write, database: str, output: str, cancelled: threading.Event) -> Written:
        _check_properties(write, CREATE_PROPERTIES)
        name = {"DatabaseName": write.database or database, "Name": write.table}
        if self._exists(name):
            if write.tolerant:
                return Written()
            full = f"awsdatacatalog.{name['DatabaseName']}.{write.table}"
            raise QueryFailed("TABLE_ALREADY_EXISTS", f"line 1:1: Destination table '{full}' already exists")
        location = str(write.properties.get("external_location", output)).rstrip("/") + "/"
        self._check_empty(location)
        wanted = parse_format(write.properties, "PARQUET")
        with self._engine.prepare(write.sql, write.query, database, cancelled) as prepared:
            kinds = _columns(write, prepared)
            target = Target(location, kinds, _keys(write, kinds), wanted)
            written, partitions = self._write(prepared, target) if write.with_data else (Written(), {})
        entry = table_input(write.table, location, kinds, target.keys, wanted)
        self._catalog.call("CreateTable", {"DatabaseName": name["DatabaseName"], "TableInput": entry})
        self._register(name, entry, partitions)
        return written

    def _insert(self, write: Write, database: str, _output: str, cancelled: threading.Event) -> Written:
        name = {"DatabaseName": write.database or database, "Name": write.table}
        find_table(self._catalog, name["DatabaseName"], write.table, "line 1:1")
        entry = self._catalog.call("GetTable", name)["Table"]
        kinds = {column["Name"]: column["Type"] for column in entry["StorageDescriptor"]["Columns"]}
        keys = {column["Name"]: column["Type"] for column in entry.get("PartitionKeys", [])}
        serde = entry["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"]
        if serde not in {PARQUET, OPENX}:
            raise unsupported(f"INSERT INTO a table with the SerDe {serde}")
        wanted = parse_format({}, "PARQUET" if serde == PARQUET else "JSON")
        target = Target(
            entry["StorageDescriptor"]["Location"].rstrip("/") + "/", {**kinds, **keys}, tuple(keys), wanted
        )
        with self._engine.prepare(write.sql, write.query, database, cancelled) as prepared:
            query = _as_table(prepared, target.kinds, write.columns or tuple(target.kinds))
            written, partitions = self._write(replace(prepared, translated=query), target)
        self._register(name, entry, partitions)
        return written

    def _unload(self, write: Write, database: str, _output: str, cancelled: threading.Event) -> Written:
        _check_properties(write, UNLOAD_PROPERTIES)
        if "format" not in write.properties:
            raise QueryFailed("INVALID_TABLE_PROPERTY", "line 1:1: UNLOAD needs the property 'format'")
        location = write.location.rstrip("/") + "/"
        self._check_empty(location)
        with self._engine.prepare(write.sql, write.query, database, cancelled) as prepared:
            kinds = _columns(write, prepared)
            target = Target(location, kinds, _keys(write, kinds), parse_format(write.properties, "PARQUET"))
            return self._write(prepared, target)[0]

    def _write(self, prepared: Prepared, target: Target) -> tuple[Written, dict[tuple[Any, ...], str]]:
        """Write the rows' files and move them to their place; give also the partitions and where they stand."""
        plain = [column for column in target.kinds if column not in target.keys]
        if not plain:
            raise QueryFailed("INVALID_TABLE_PROPERTY", "Table contains only partition columns")
        # DuckDB's sums and counts may be wider than any type of Athena's.
        cast = {
            column: f"CAST({quoted(column)} AS {parse_hive_type(kind).duckdb()})"
            for column, kind in target.kinds.items()
        }
        selected = ", ".join(f"{cast[column]} AS {quoted(column)}" for column in target.kinds)
        labels = ", ".join(quoted(column) for column in target.kinds)
        query = f"SELECT {selected} FROM ({prepared.translated}) AS answer({labels})"
        parts = [("", "", ())]
        if target.keys:
            prepared.connection.execute(f"CREATE TEMP TABLE answer AS {query}")
            query = f"SELECT {', '.join(map(quoted, plain))} FROM answer"
            parts = _parts(prepared, target.keys)
        count, uris, partitions = 0, [], {}
        for condition, inner, values in parts:
            name = f"{uuid.uuid4()}{target.wanted.ending}"
            rows = write_file(prepared.connection, query + condition, prepared.folder / name, target.wanted)
            if rows:
                uris.append(self._move(prepared.folder / name, f"{target.location}{inner}{name}"))
                partitions[values] = f"{target.location}{inner}"
            count += rows
        return Written(count, tuple(uris), prepared.scanned_bytes), partitions if target.keys else {}

    def _move(self, source: Path, uri: str) -> str:
        require("s3:PutObject", uri.replace("s3://", "arn:aws:s3:::", 1))
        bucket, key = split_uri(uri)
        target = self._lake.bucket(bucket) / key
        with source.open("rb") as stream:
            os.fsync(stream.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
        return uri

    def _exists(self, name: dict[str, str]) -> bool:
        try:
            self._catalog.call("GetTable", name)
        except AwsError as error:
            if error.code != "EntityNotFoundException":
                raise
            self._check_database(name["DatabaseName"])
            return False
        return True

    def _check_database(self, database: str) -> None:
        try:
            self._catalog.call("GetDatabase", {"Name": database})
        except AwsError as error:
            raise QueryFailed("SCHEMA_NOT_FOUND", f"line 1:1: Schema '{database}' does not exist") from error

    def _check_empty(self, location: str) -> None:
        if {"..", "."} & set(location.split("/")):
            raise QueryFailed("HIVE_FILESYSTEM_ERROR", f"{location} is no S3 location.")
        if list_data_files(self._lake, location):
            raise QueryFailed(
                "HIVE_PATH_ALREADY_EXISTS",
                f"Target directory for table already exists: {location.rstrip('/')}. You may need to manually clean "
                "the data at this location before retrying. Athena will not delete data in your account.",
            )

    def _register(self, name: dict[str, str], entry: dict[str, Any], partitions: dict[tuple[Any, ...], str]) -> None:
        for values, location in partitions.items():
            add_partition(self._catalog, name, entry["StorageDescriptor"], list(values), location)


def _check_properties(write: Write, known: set[str]) -> None:
    unknown = sorted(set(write.properties) - known)
    if unknown:
        raise unsupported(f"the property {unknown[0]} of {write.substatement.replace('_', ' ')}")
    if str(write.properties.get("table_type", "HIVE")).upper() != "HIVE":
        raise unsupported(f"tables of the type {write.properties['table_type']}")


def _columns(write: Write, prepared: Prepared) -> dict[str, str]:
    """Name the answer's columns with their types in the catalog, as a new table needs them."""
    for place, item in enumerate(getattr(write.query, "selects", []), 1):
        if isinstance(item.unalias(), exp.Null):
            raise QueryFailed("COLUMN_TYPE_UNKNOWN", f"line 1:1: Column type is unknown at position {place}")
    relation = prepared.connection.sql(prepared.translated)
    kinds: dict[str, str] = {}
    for place, (name, kind) in enumerate(zip(relation.columns, relation.types, strict=True), 1):
        if name.startswith(UNNAMED):
            raise QueryFailed("COLUMN_NAME_NOT_SPECIFIED", f"line 1:1: Column name not specified at position {place}")
        if name.lower() in kinds:
            raise QueryFailed(
                "DUPLICATE_COLUMN_NAME", f"line 1:1: Column name '{name.lower()}' specified more than once"
            )
        kinds[name.lower()] = hive_type(kind, place)
    return kinds


def _keys(write: Write, kinds: dict[str, str]) -> tuple[str, ...]:
    keys = [key.lower() for key in write.properties.get("partitioned_by", [])]
    if keys and list(kinds)[-len(keys) :] != keys:
        raise QueryFailed(
            "HIVE_COLUMN_ORDER_MISMATCH",
            "Partition keys must be the last columns in the table and in the same order as the table properties: "
            f"[{', '.join(keys)}]",
        )
    return tuple(keys)


_WIDENING = ("tinyint", "smallint", "int", "bigint")


def _as_table(prepared: Prepared, kinds: dict[str, str], named: tuple[str, ...]) -> str:
    """Put the answer's columns in the table's places; the ones that INSERT does not name are null."""
    relation = prepared.connection.sql(prepared.translated)
    for name in named:
        if name not in kinds:
            raise QueryFailed(
                "COLUMN_NOT_FOUND", f"line 1:1: Insert column name does not exist in target table: {name}"
            )
    found = [None if kind.id in {'"null"', "null", "sqlnull"} else hive_type(kind, 0) for kind in relation.types]
    wanted = [kinds[name] for name in named]
    if len(found) != len(wanted) or not all(map(_fits, found, wanted)):
        raise QueryFailed(
            "TYPE_MISMATCH",
            f"line 1:1: Insert query has mismatched column types: Table: [{', '.join(wanted)}], "
            f"Query: [{', '.join(kind or 'unknown' for kind in found)}]",
        )
    labels = ", ".join(quoted(name) for name in named)
    selected = ", ".join(quoted(name) if name in named else "NULL" for name in kinds)
    return f"SELECT {selected} FROM ({prepared.translated}) AS given({labels})"


def _fits(found: str | None, wanted: str) -> bool:
    """Whether Trino casts a value so by itself where it is inserted."""
    wanted = {"integer": "int"}.get(wanted, wanted)
    if found is None or found == wanted or {found.split("(")[0], wanted.split("(")[0]} == {"string", "varchar"}:
        return True
    if found in _WIDENING:
        return wanted in {"float", "double"} or wanted in _WIDENING[_WIDENING.index(found) :]
    return (found.split("(")[0] == "decimal" and wanted == "double") or (found, wanted) == ("float", "double")


def _parts(prepared: Prepared, keys: tuple[str, ...]) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Per partition: the condition of its rows, its folder below the location, and its values."""
    listed = ", ".join(map(quoted, keys))
    texts = ", ".join(f"CAST({quoted(key)} AS VARCHAR)" for key in keys)
    found = prepared.connection.execute(
        f"SELECT DISTINCT {texts} FROM answer ORDER BY {texts} LIMIT {MOST_PARTITIONS + 1}"
    ).fetchall()
    if len(found) > MOST_PARTITIONS:
        raise QueryFailed(
            "HIVE_TOO_MANY_OPEN_PARTITIONS", f"Exceeded limit of {MOST_PARTITIONS} open writers for partitions/buckets"
        )
    return [(_condition(keys, values), partition_path(keys, values), values) for values in found] if listed else []


def _condition(keys: tuple[str, ...], values: tuple[Any, ...]) -> str:
    def same(key: str, value: Any) -> str:
        text = "NULL" if value is None else "'" + value.replace("'", "''") + "'"
        return f"CAST({quoted(key)} AS VARCHAR) IS NOT DISTINCT FROM {text}"

    return " WHERE " + " AND ".join(map(same, keys, values))
