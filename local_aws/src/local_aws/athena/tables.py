"""Tables of a query: what the catalog says of them, and the DuckDB relation over their files."""

import itertools
import re
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.files import DataFile, list_data_files
from local_aws.athena.json_lines import KeySpellings, ignores_case, json_relation, wanted_keys
from local_aws.athena.odd_lines import LONG_LINE, Copy
from local_aws.athena.packed import is_unpacked_first, unpack
from local_aws.athena.parquet_files import parquet_relation
from local_aws.athena.partitions import Partition, list_partitions
from local_aws.athena.types import HiveType, literal, parse_hive_type, quoted
from local_aws.caller import require
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError
from local_aws.lake import Lake

OPENX = "org.openx.data.jsonserde.JsonSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
PATH_COLUMN = "$path"
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
    keys: tuple[str, ...] = ()
    """The last of ``columns``, whose values the partitions give."""
    partitions: tuple[Partition, ...] = ()

    @property
    def relation(self) -> str:
        """The name of the table's view in DuckDB."""
        return f"{self.database}.{self.name}"


def find_table(catalog: Service, database: str, name: str, place: str) -> CatalogTable:
    """Look a table up; ``place`` (``line 1:15``) is where the query names it."""
    try:
        entry = catalog.call("GetTable", {"DatabaseName": database, "Name": name})["Table"]
    except AwsError as error:
        if error.code != "EntityNotFoundException":
            raise
        raise _missing(catalog, database, name, place) from error
    table = _read_entry(database, entry)
    if not table.keys:
        return table
    return replace(table, partitions=tuple(list_partitions(catalog, database, table.name, table.serde)))


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
    storage = entry.get("StorageDescriptor", {})
    serde, keys = storage.get("SerdeInfo", {}), entry.get("PartitionKeys", [])
    return CatalogTable(
        database,
        entry["Name"],
        {column["Name"].lower(): column.get("Type", "string") for column in [*storage.get("Columns", []), *keys]},
        storage.get("Location", ""),
        serde.get("SerializationLibrary", ""),
        serde.get("Parameters", {}),
        tuple(column["Name"].lower() for column in keys),
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
        self._spellings = spellings
        self._scratch = scratch
        self._cancelled = cancelled
        self._enough_rows = enough_rows
        self._made = 0
        self.paths: list[str] = []
        self.scanned_bytes = 0

    def make_view(
        self, connection: duckdb.DuckDBPyConnection, table: CatalogTable, columns: dict[str, HiveType]
    ) -> None:
        """Create the view ``table.relation`` with ``columns`` alone, and ``$path`` where that is one of them."""
        stored = {name: kind for name, kind in columns.items() if name != PATH_COLUMN and name not in table.keys}
        parts = table.partitions if table.keys else (Partition((), table.location),)
        selects, uris = [], []
        # Without a partition the view still needs the types of its columns.
        for part in parts or (None,):
            sources = self._sources(table, part.location) if part else {}
            relation = self._relation(connection, table, sources, stored)
            uris += [f"{literal(path)}: {literal(file.uri)}" for file, path in sources.items()]
            values = part.values if part else (None,) * len(table.keys)
            constants = [
                _constant(key, value, columns[key])
                for key, value in zip(table.keys, values, strict=True)
                if key in columns
            ]
            listed = ", ".join([*map(quoted, stored), *constants, "filename"])
            selects.append(f"SELECT {listed} FROM ({relation})")
        selected = [quoted(name) for name in columns if name != PATH_COLUMN]
        if PATH_COLUMN in columns:
            selected.append(
                f'MAP {{{", ".join(uris)}}}[filename] AS "{PATH_COLUMN}"' if uris else f'filename AS "{PATH_COLUMN}"'
            )
        # A view needs a column, also where the query only counts rows.
        body = ", ".join(selected) or "1 AS one"
        relation = " UNION ALL ".join(selects)
        connection.execute(f"CREATE VIEW {quoted(table.relation)} AS SELECT {body} FROM ({relation})")

    def _sources(self, table: CatalogTable, location: str) -> dict[DataFile, str]:
        """List the files under a location that the caller may read, each with a path that DuckDB can read."""
        files = list_data_files(self._lake, location)
        if self._enough_rows is not None and table.serde == OPENX and not table.keys:
            files = _first_files(files, self._enough_rows)
        for file in files:
            require("s3:GetObject", file.uri.replace("s3://", "arn:aws:s3:::", 1))
        self.scanned_bytes += sum(file.size for file in files)
        return {file: self._readable(file, table.serde == OPENX) for file in files}

    def _relation(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: CatalogTable,
        sources: dict[DataFile, str],
        columns: dict[str, HiveType],
    ) -> str:
        if table.serde not in {OPENX, PARQUET}:
            raise unsupported(f"queries on tables with the SerDe {table.serde or '(none)'}")
        paths = list(sources.values())
        self.paths += paths
        if not paths:
            nulls = [f"CAST(NULL AS {kind.duckdb()}) AS {quoted(name)}" for name, kind in columns.items()]
            return f"SELECT {', '.join([*nulls, 'NULL::VARCHAR AS filename'])} WHERE false"
        if table.serde == PARQUET:
            return parquet_relation(connection, paths, columns)
        spellings, longest = self._spell_out(connection, table, sources, columns)
        ordinals = {name: position for position, name in enumerate(table.columns)}
        paths = list(sources.values())
        self.paths += paths
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


def _constant(key: str, value: str | None, kind: HiveType) -> str:
    text = "NULL" if value is None else literal(value)
    return f"CAST({text} AS {kind.duckdb()}) AS {quoted(key)}"


def _first_files(files: list[DataFile], rows: int) -> list[DataFile]:
    """As many files as hold so many lines; a packed one counts for one line."""
    lines = 0
    for number, file in enumerate(files, 1):
        if file.path.suffix in ("", ".json"):
            with file.path.open("rb") as stream:
                lines += sum(1 for _ in itertools.islice(stream, rows - lines))
        else:
            lines += 1
        if lines >= rows:
            return files[:number]
    return files


def parse_columns(table: CatalogTable, names: set[str] | None) -> dict[str, HiveType]:
    """Parse the types of the columns that a query names (``None``: all)."""
    wanted = {name: kind for name, kind in table.columns.items() if names is None or name in names}
    return {name: parse_hive_type(kind) for name, kind in wanted.items()}
