"""Tables of a query: what the catalog says of them, and the DuckDB relation over their files."""

import os
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from local_aws.athena.catalog import find_entry
from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.vectors import Registry
from local_aws.athena.reading.csv_files import copy_csv, csv_relation
from local_aws.athena.reading.files import DataFile, list_data_files
from local_aws.athena.reading.hidden_columns import NAMES, select_hidden
from local_aws.athena.reading.json_lines import KeySpellings, ignores_case, json_relation, wanted_keys
from local_aws.athena.reading.odd_lines import LONG_LINE, Copy
from local_aws.athena.reading.packed import copy_head, is_unpacked_first, unpack
from local_aws.athena.reading.parquet_files import parquet_relation
from local_aws.athena.reading.partitions import Partition, list_partitions, with_keys
from local_aws.athena.reading.text_files import copy_text, text_relation
from local_aws.athena.types.hive import HiveType, parse_hive_type, quoted
from local_aws.caller import require_object
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError
from local_aws.lake import Lake

OPENX = "org.openx.data.jsonserde.JsonSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
_PLAIN_PATH = re.compile(r"[^*?\[\]{}\\~]*")
"""What DuckDB takes as it is; in other paths it would look for a pattern."""


@dataclass(frozen=True)
class CatalogTable:
    """One table as the Glue Data Catalog has it."""

    database: str
    name: str
    columns: dict[str, str]
    location: str
    serde: str
    properties: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    partitions: tuple[Partition, ...] = ()
    headers: int = 0
    """How many lines of each text file are no rows."""
    nulls_for_invalid: bool = False
    """Whether a field of CSV that is no value of its type is null."""

    @property
    def relation(self) -> str:
        """The name of the table's view in DuckDB."""
        return f"{self.database}.{self.name}"


def find_table(catalog: Service, database: str, name: str, place: str) -> CatalogTable:
    """Look a table up; ``place`` (``line 1:15``) is where the query names it."""
    entry = find_entry(catalog, database, name)
    if entry is None:
        raise _missing(catalog, database, name, place)
    table = _read_entry(database, entry)
    return replace(table, partitions=list_partitions(catalog, database, name)) if table.keys else table


def _missing(catalog: Service, database: str, name: str, place: str) -> QueryFailed:
    try:
        catalog.call("GetDatabase", {"Name": database})
    except AwsError as error:
        if error.code != "EntityNotFoundException":
            raise
        return QueryFailed("SCHEMA_NOT_FOUND", f"{place}: Schema '{database}' does not exist")
    return QueryFailed("TABLE_NOT_FOUND", f"{place}: Table 'awsdatacatalog.{database}.{name}' does not exist")


def _read_entry(database: str, entry: dict[str, Any]) -> CatalogTable:
    if entry.get("TableType") == "VIRTUAL_VIEW":
        raise unsupported(f"views ({entry['Name']})")
    storage, parameters = entry.get("StorageDescriptor", {}), entry.get("Parameters", {})
    serde = storage.get("SerdeInfo", {})
    return CatalogTable(
        database,
        entry["Name"],
        {column["Name"].lower(): column.get("Type", "string") for column in storage.get("Columns", [])},
        storage.get("Location", ""),
        serde.get("SerializationLibrary", ""),
        serde.get("Parameters", {}),
        {key["Name"].lower(): key.get("Type", "string") for key in entry.get("PartitionKeys", [])},
        headers=int(parameters.get("skip.header.line.count", 0)),
        nulls_for_invalid=str(parameters.get("use.null.for.invalid.data", "")).lower() == "true",
    )


class TableReader:
    """Makes the DuckDB views of a query's tables.

    Parameters
    ----------
    lake : Lake
        Where the objects are.
    spellings : KeySpellings
        What is known of the keys of JSON files, shared by all queries.
    scratch : Path
        An empty directory of this query, for files that DuckDB cannot read as they are.
    cancelled : Event
        Set where nobody waits for the query any more.
    enough_rows : int, optional
        How many rows of a table are enough, whichever they are.
    """

    def __init__(
        self,
        lake: Lake,
        spellings: KeySpellings,
        scratch: Path,
        cancelled: threading.Event,
        enough_rows: int | None = None,
    ):
        self._lake = lake
        # What is seen in the first lines of a file is not what all of it holds.
        self._spellings = spellings if enough_rows is None else KeySpellings()
        self._scratch = scratch
        self._cancelled = cancelled
        self._enough_rows = enough_rows
        self._made = 0
        self.paths: list[str] = []
        self.scanned_bytes = 0

    def make_view(self, registry: Registry, table: CatalogTable, columns: dict[str, HiveType]) -> None:
        """Create the view ``table.relation`` with ``columns`` alone."""
        connection, owners = registry.connection, self._files(table)
        if table.serde == OPENX and self._enough_rows is not None:
            sources = self._heads(owners, self._enough_rows)
        else:
            for file in owners:
                require_object("s3:GetObject", file.uri)
            sources = {file: self._readable(file, table.serde == OPENX) for file in owners}
        self.scanned_bytes += sum(min(file.size, os.path.getsize(path)) for file, path in sources.items())
        stored = {name: kind for name, kind in columns.items() if name in table.columns}
        keys = {name: kind for name, kind in columns.items() if name in table.keys}
        relation = self._relation(connection, table, sources, stored)
        if keys:
            owned = {path: owners[file] for file, path in sources.items()}
            relation = with_keys(connection, relation, list(table.keys), keys, owned)
        selected = [quoted(name) for name in columns if name not in NAMES]
        selected += select_hidden(columns, sources, owners, list(table.keys))
        # A view needs a column, also where the query only counts rows.
        body = f"SELECT {', '.join(selected) or '1 AS one'} FROM ({relation})"
        registry.add(body)
        connection.execute(f"CREATE VIEW {quoted(table.relation)} AS {body}")
        self.paths += sources.values()

    def _files(self, table: CatalogTable) -> dict[DataFile, Partition | None]:
        """Give the table's files, each with the partition that it is of."""
        if not table.keys:
            return dict.fromkeys(list_data_files(self._lake, table.location))
        owners: dict[DataFile, Partition | None] = {}
        for partition in table.partitions:
            for file in list_data_files(self._lake, partition.location):
                if file in owners:
                    raise unsupported(f"partitions of {table.name} that share a location")
                owners[file] = partition
        return owners

    def _relation(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: CatalogTable,
        sources: dict[DataFile, str],
        columns: dict[str, HiveType],
    ) -> str:
        if table.serde not in {OPENX, PARQUET, LAZY, OPEN_CSV}:
            raise unsupported(f"queries on tables with the SerDe {table.serde or '(none)'}")
        paths = list(sources.values())
        if not paths:
            nulls = [f"CAST(NULL AS {kind.duckdb()}) AS {quoted(name)}" for name, kind in columns.items()]
            return f"SELECT {', '.join([*nulls, 'NULL::VARCHAR AS filename'])} WHERE false"
        if table.serde == PARQUET:
            return parquet_relation(connection, paths, columns)
        if table.serde in (LAZY, OPEN_CSV):
            copy_file = copy_text if table.serde == LAZY else copy_csv
            for file in sources:
                copy = self._new_path(".parquet")
                copy_file(file.path, copy, table.headers, table.properties)
                sources[file] = str(copy)
            paths, declared = list(sources.values()), list(table.columns)
            if table.serde == LAZY:
                return text_relation(paths, declared, columns, table.properties)
            return csv_relation(paths, declared, columns, table.nulls_for_invalid)
        spellings, longest = self._spell_out(connection, table, sources, columns)
        ordinals = {name: position for position, name in enumerate(table.columns)}
        paths = list(sources.values())
        return json_relation(paths, columns, table.properties, spellings, ordinals, longest)

    def _spell_out(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: CatalogTable,
        sources: dict[DataFile, str],
        columns: dict[str, HiveType],
    ) -> tuple[set[str], int]:
        """Put copies in the place of files with odd lines; give the keys' spellings and the longest line's bytes."""
        found, longest = set(), LONG_LINE
        wanted, ignore_case = wanted_keys(columns, table.properties), ignores_case(table.properties)
        for file, keys in self._spellings.find(connection, sources).items():
            if keys is None:
                copy = Copy(self._new_path(".json"), wanted, ignore_case)
                copy.write(file, sources[file], self._cancelled)
                sources[file], keys = str(copy.path), copy.spellings
                longest = max(longest, copy.longest + 2)
            found |= keys
        return found, longest

    def _heads(self, files: Iterable[DataFile], rows: int) -> dict[DataFile, str]:
        """Give as many files as hold so many lines, each with the path of a copy of its first."""
        heads, missing = {}, rows
        for file in files:
            require_object("s3:GetObject", file.uri)
            head = self._new_path(".json")
            missing = copy_head(file, head, missing)
            heads[file] = str(head)
            if not missing:
                break
        return heads

    def _readable(self, file: DataFile, is_text: bool) -> str:
        """Give a path that DuckDB can read: the file's own, a link's with a plain name, or an unpacked copy's."""
        if is_text and is_unpacked_first(file):
            target = self._new_path(".json")
            unpack(file, target)
            return str(target)
        if _PLAIN_PATH.fullmatch(str(file.path)):
            return str(file.path)
        target = self._new_path(".gz" if file.path.suffix == ".gz" else "")
        target.symlink_to(file.path)
        return str(target)

    def _new_path(self, ending: str) -> Path:
        self._made += 1
        return self._scratch / f"{self._made}{ending}"


def parse_columns(table: CatalogTable, names: set[str] | None) -> dict[str, HiveType]:
    """Parse the types of the columns that a query names (``None``: all)."""
    wanted = {name: kind for name, kind in (table.columns | table.keys).items() if names is None or name in names}
    return {name: parse_hive_type(kind) for name, kind in wanted.items()}
