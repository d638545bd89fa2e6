"""Runs CREATE TABLE AS, INSERT INTO and UNLOAD."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from local_aws.athena.catalog import find_entry
from local_aws.athena.engine import BATCH_ROWS, Engine, Opened
from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.reading.files import list_data_files, split_uri
from local_aws.athena.reading.partitions import folder, list_partitions
from local_aws.athena.translation.unnest import UNNAMED
from local_aws.athena.types.hive import quoted
from local_aws.athena.writes import formats
from local_aws.athena.writes.dataset import Dataset, Values
from local_aws.athena.writes.hive import cast_to, hive_type, is_coercible
from local_aws.athena.writes.parse import Write, check_properties
from local_aws.athena.writes.plan import STORAGE, Plan, plan_of, plan_write, table_input
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError
from local_aws.lake import Lake

COMMON = {"format", "write_compression", "field_delimiter", "partitioned_by"}
CTAS = COMMON | {"external_location", "parquet_compression", "orc_compression", "table_type"}
UNLOAD = COMMON - {"write_compression"} | {"compression"}


@dataclass
class Written:
    """What a statement has written."""

    rows: int = 0
    scanned_bytes: int = 0
    files: list[str] = field(default_factory=list)


class Writes:
    """Runs the statements on a lake and its catalog."""

    def __init__(self, lake: Lake, catalog: Service, engine: Engine):
        self._lake = lake
        self._catalog = catalog
        self._engine = engine

    def run(self, write: Write, database: str, location: str, cancelled: Any) -> Written:
        """Run one statement.

        Parameters
        ----------
        location : str
            Where the data of a new table is that names no ``external_location``.

        Raises
        ------
        QueryFailed
            With Athena's error name and message.
        """
        action = {"CREATE_TABLE_AS_SELECT": self._create, "INSERT": self._insert, "UNLOAD": self._unload}
        return action[write.kind](write, database, location, cancelled)

    def _create(self, write: Write, database: str, location: str, cancelled: Any) -> Written:
        target = write.database or database
        check_properties(write.properties, CTAS)
        if write.properties.get("table_type", "HIVE") != "HIVE":
            raise unsupported("Iceberg tables")
        if self._entry(target, write.table) is not None:
            if write.keep:
                return Written()
            name = f"awsdatacatalog.{target}.{write.table}"
            raise QueryFailed("TABLE_ALREADY_EXISTS", f"line 1:1: Destination table '{name}' already exists")
        plan = plan_write(write, str(write.properties.get("external_location") or location))
        if plan.format not in STORAGE:
            raise unsupported(f"CREATE TABLE AS in the format {plan.format}")
        self._check_empty(plan.location, f"{target}.{write.table}")
        with self._engine.open(write.sql, write.tree, database, cancelled) as opened:
            columns = new_columns(opened, write.tree)
            _check_keys(plan.keys, list(columns))
            written, partitions = self._write(opened, plan, columns, write.empty)
        entry = table_input(write.table, plan, columns)
        self._change("CreateTable", {"DatabaseName": target, "TableInput": entry})
        self._add_partitions(target, entry, partitions)
        return written

    def _insert(self, write: Write, database: str, _: str, cancelled: Any) -> Written:
        target = write.database or database
        entry = self._entry(target, write.table)
        if entry is None:
            name = f"awsdatacatalog.{target}.{write.table}"
            raise QueryFailed("TABLE_NOT_FOUND", f"line 1:1: Table '{name}' does not exist")
        plan = plan_of(entry)
        described = [*entry["StorageDescriptor"]["Columns"], *entry.get("PartitionKeys", [])]
        kinds = {column["Name"].lower(): column["Type"] for column in described}
        with self._engine.open(write.sql, write.tree, database, cancelled) as opened:
            opened = _fitted(opened, kinds, write.columns, _null_places(write.tree))
            written, partitions = self._write(opened, plan, kinds, False, entry)
        self._add_partitions(target, entry, partitions)
        return written

    def _unload(self, write: Write, database: str, _: str, cancelled: Any) -> Written:
        check_properties(write.properties, UNLOAD)
        if "format" not in write.properties:
            raise QueryFailed("INVALID_TABLE_PROPERTY", "line 1:1: UNLOAD needs the property format")
        plan = plan_write(write, write.location)
        self._check_empty(plan.location, f"{database}.unload")
        with self._engine.open(write.sql, write.tree, database, cancelled) as opened:
            columns = new_columns(opened, write.tree)
            _check_keys(plan.keys, list(columns))
            return self._write(opened, plan, columns, False)[0]

    def _write(
        self, opened: Opened, plan: Plan, columns: dict[str, str], empty: bool, entry: dict[str, Any] | None = None
    ) -> tuple[Written, list[Values]]:
        known = self._partition_locations(entry) if entry else {}

        def locate(values: Values) -> str:
            return known.get(values) or f"{plan.location.rstrip('/')}/{folder(plan.keys, values)}"

        casts = ", ".join(cast_to(name, kind) for name, kind in columns.items())
        sql = f"SELECT {casts} FROM ({opened.sql}) AS answer{' LIMIT 0' if empty else ''}"
        types = [kind for name, kind in _described(opened, sql) if name not in plan.keys]
        names = [name for name in columns if name not in plan.keys]
        with tempfile.TemporaryDirectory(dir=self._lake.state, prefix="athena-write-") as scratch:
            dataset = Dataset(Path(scratch), lambda path, schema: _open(plan, path, schema, types, names), plan.keys)
            dataset.write(_batches(opened, sql))
            files, partitions = dataset.publish(self._lake, locate, formats.ending(plan.format, plan.codec))
        return Written(dataset.rows, opened.scanned_bytes, files), partitions

    def _entry(self, database: str, table: str) -> dict[str, Any] | None:
        found = find_entry(self._catalog, database, table)
        if found is not None:
            return found
        try:
            self._catalog.call("GetDatabase", {"Name": database})
        except AwsError as error:
            if error.code != "EntityNotFoundException":
                raise
            raise QueryFailed("SCHEMA_NOT_FOUND", f"line 1:1: Schema '{database}' does not exist") from error
        return None

    def _check_empty(self, location: str, table: str) -> None:
        bucket, _ = split_uri(location)
        if not self._lake.bucket(bucket).is_dir():
            raise QueryFailed("HIVE_FILESYSTEM_ERROR", f"The specified bucket does not exist (Bucket: {bucket})")
        if list_data_files(self._lake, location):
            raise QueryFailed(
                "HIVE_PATH_ALREADY_EXISTS",
                f"Target directory for table '{table}' already exists: {location}. You may need to manually clean the "
                f"data at location '{location}' before retrying. Athena will not delete data in your account.",
            )

    def _partition_locations(self, entry: dict[str, Any]) -> dict[Values, str]:
        if not entry.get("PartitionKeys"):
            return {}
        found = list_partitions(self._catalog, entry["DatabaseName"], entry["Name"])
        return {partition.values: partition.location for partition in found}

    def _add_partitions(self, database: str, entry: dict[str, Any], partitions: list[Values]) -> None:
        keys = [key["Name"] for key in entry.get("PartitionKeys", [])]
        storage = entry["StorageDescriptor"]
        for values in partitions:
            place = f"{storage['Location'].rstrip('/')}/{folder(keys, values)}"
            details = {"Values": list(values), "StorageDescriptor": {**storage, "Location": place}, "Parameters": {}}
            request = {"DatabaseName": database, "TableName": entry["Name"], "PartitionInput": details}
            try:
                self._catalog.call("CreatePartition", request)
            except AwsError as error:
                if error.code != "AlreadyExistsException":
                    raise

    def _change(self, action: str, request: dict[str, Any]) -> None:
        try:
            self._catalog.call(action, request)
        except AwsError as error:
            raise QueryFailed("HIVE_METASTORE_ERROR", f"{error.code}: {error.message}") from error


def _described(opened: Opened, sql: str) -> list[tuple[str, Any]]:
    relation = opened.connection.sql(sql)
    return list(zip(relation.columns, relation.types, strict=True))


def new_columns(opened: Opened, tree: exp.Expression) -> dict[str, str]:
    """Name and type the columns of what is new."""
    columns: dict[str, str] = {}
    # DuckDB calls a bare NULL an integer.
    untyped = [item for item in getattr(tree, "selects", []) if isinstance(item.unalias(), exp.Null)]
    if untyped and isinstance(tree, exp.Select):
        raise QueryFailed("COLUMN_TYPE_UNKNOWN", f"line 1:1: Column type is unknown: {untyped[0].alias_or_name}")
    for place, (name, kind) in enumerate(_described(opened, opened.sql), 1):
        if name.startswith(UNNAMED):
            raise QueryFailed("MISSING_COLUMN_NAME", f"line 1:1: Column name not specified at position {place}")
        if name in columns or name.lower() in columns:
            raise QueryFailed("DUPLICATE_COLUMN_NAME", f"line 1:1: Column name '{name}' specified more than once")
        columns[name.lower()] = hive_type(name, kind)
    return columns


def _check_keys(keys: list[str], columns: list[str]) -> None:
    missing = [key for key in keys if key not in columns]
    if missing:
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"Partition columns {missing} not present in schema")
    if len(keys) == len(columns):
        raise QueryFailed("INVALID_TABLE_PROPERTY", "Table contains only partition columns")
    if keys and columns[-len(keys) :] != keys:
        raise QueryFailed(
            "HIVE_COLUMN_ORDER_MISMATCH",
            "Partition keys must be the last columns in the table and in the same order as the table properties: "
            f"[{', '.join(keys)}]",
        )


def _null_places(tree: exp.Expression) -> set[int]:
    """Which columns of a bare VALUES are null in each row: to Trino of no type, to DuckDB integers."""
    if not isinstance(tree, exp.Values):
        return set()
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in tree.expressions]
    return {
        place
        for place, values in enumerate(zip(*rows, strict=False))
        if all(isinstance(value, exp.Null) for value in values)
    }


def _fitted(opened: Opened, kinds: dict[str, str], named: tuple[str, ...], null_places: set[int]) -> Opened:
    """Give each column of the query the name of the table's column that it goes to; others are null."""
    found = _described(opened, opened.sql)
    targets = list(named or kinds)
    unknown = [name for name in targets if name not in kinds]
    if unknown:
        raise QueryFailed(
            "COLUMN_NOT_FOUND", f"line 1:1: Insert column name does not exist in target table: {unknown[0]}"
        )
    fits = len(found) == len(targets) and all(
        place in null_places or is_coercible(kind, kinds[name])
        for place, (name, (_, kind)) in enumerate(zip(targets, found, strict=True))
    )
    if not fits:
        wanted, given = ", ".join(kinds[name] for name in targets), ", ".join(str(kind).lower() for _, kind in found)
        raise QueryFailed(
            "TYPE_MISMATCH",
            f"line 1:1: Insert query has mismatched column types: Table: [{wanted}], Query: [{given}]",
        )
    listed = ", ".join(map(quoted, targets))
    nulls = "".join(f", NULL AS {quoted(name)}" for name in kinds if name not in targets)
    untyped = ", ".join(f"NULL AS {quoted(targets[place])}" for place in sorted(null_places))
    star = f"* REPLACE ({untyped})" if untyped else "*"
    sql = f"SELECT {star}{nulls} FROM ({opened.sql}) AS inserted({listed})"
    return Opened(opened.connection, sql, opened.scanned_bytes, opened.cancelled)


def _batches(opened: Opened, sql: str) -> Iterator[pa.RecordBatch]:
    cursor: duckdb.DuckDBPyConnection = opened.connection.execute(sql)
    for batch in cursor.to_arrow_reader(BATCH_ROWS):
        if opened.cancelled.is_set():
            raise QueryFailed("USER_CANCELED", "Query was cancelled")
        yield batch


def _open(plan: Plan, path: Path, schema: pa.Schema, types: list[Any], names: list[str]) -> formats.Writer:
    if plan.format == "PARQUET":
        return formats.ParquetWriter(path, schema, plan.codec)
    line = formats.delimited(types, plan.delimiter) if plan.format == "TEXTFILE" else formats.json_line(names, types)
    return formats.LineWriter(path, plan.codec, line)
