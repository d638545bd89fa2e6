"""The run of one query: tables found, SQL translated, DuckDB locked down, rows given out."""

import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from local_aws.athena.ddl.information_schema import expand_information_schema
from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.vectors import Registry
from local_aws.athena.reading.hidden_columns import NAMES, hidden_types, leave_out_of_stars
from local_aws.athena.reading.json_lines import KeySpellings
from local_aws.athena.reading.partitions import choose
from local_aws.athena.reading.pruning import enough_rows, key_condition
from local_aws.athena.reading.tables import CatalogTable, TableReader, find_table, parse_columns
from local_aws.athena.render import Writer, writer
from local_aws.athena.translation import binder as binding
from local_aws.athena.translation import relations
from local_aws.athena.translation.dialect import position
from local_aws.athena.translation.names import (
    catalog_tables,
    column_name,
    name_unnamed_columns,
    normalize_identifiers,
)
from local_aws.athena.translation.sampling import check_samples
from local_aws.athena.translation.translation import Translator
from local_aws.athena.translation.views import expand_views
from local_aws.athena.types.hive import HiveType, column_info
from local_aws.endpoint.service import Service
from local_aws.lake import Lake

BATCH_ROWS = 10_000
CATALOG = "awsdatacatalog"
SETTINGS = {
    "threads": 2,
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "preserve_insertion_order": True,
}
INTERRUPT_SECONDS = 0.1
"""How often a cancelled query is interrupted until it ends: DuckDB forgets an interrupt between two statements."""


@dataclass(frozen=True)
class Opened:
    """A query whose tables are open: DuckDB's SQL of it, and the bytes of the files it reads."""

    connection: duckdb.DuckDBPyConnection
    sql: str
    scanned_bytes: int
    cancelled: threading.Event


@dataclass(frozen=True)
class Answer:
    """The columns of a query's answer, its rows as text, and the bytes of the files it read."""

    columns: list[dict[str, Any]]
    rows: Iterator[list[str | None]]
    scanned_bytes: int


class Engine:
    """Runs queries on the tables of a catalog.

    Parameters
    ----------
    lake : Lake
        Where the tables' objects are.
    catalog : Service
        The Glue Data Catalog.
    """

    def __init__(self, lake: Lake, catalog: Service):
        self._lake = lake
        self._catalog = catalog
        self._spellings = KeySpellings()

    @contextmanager
    def run(self, sql: str, tree: exp.Expression, database: str, cancelled: threading.Event) -> Iterator[Answer]:
        """Run a parsed query; the answer can be read within the ``with`` block, which takes what `open` takes."""
        with self.open(sql, tree, database, cancelled) as opened:
            answer = _answer(opened.connection, opened.sql, opened.scanned_bytes)
            yield replace(answer, rows=_until_cancelled(answer.rows, cancelled))

    @contextmanager
    def open(self, sql: str, tree: exp.Expression, database: str, cancelled: threading.Event) -> Iterator[Opened]:
        """Open a parsed query's tables; DuckDB can run its SQL within the ``with`` block.

        Parameters
        ----------
        sql : str
            The query as it was written.
        tree : Expression
            The query, parsed; it is left as it is.
        database : str
            Where tables without a database are looked up.
        cancelled : Event
            Set where nobody waits for the query any more.

        Raises
        ------
        QueryFailed
            With Athena's error name and message.
        """
        query = _selected(tree)
        normalize_identifiers(query)
        query = expand_views(self._catalog, query, database)
        relations.prepare(query)
        expand_information_schema(self._catalog, query)
        tables = self._find_tables(query, database, sql)
        check_samples(query)
        columns = {name: _needed_columns(query, table) for name, table in tables.items()}
        leave_out_of_stars(query, {name: NAMES.intersection(kinds) for name, kinds in columns.items()})
        name_unnamed_columns(query)
        with (
            self._scratch() as scratch,
            _connect(scratch / "spill") as connection,
            _interrupted(connection, cancelled),
        ):
            registry = Registry(connection)
            translator = Translator(binding.Binder(registry, columns), sql)
            try:
                translated = translator.translate(query)
                registry.add(translated)
                reader = TableReader(self._lake, self._spellings, scratch, cancelled, enough_rows(query))
                for name, table in tables.items():
                    reader.make_view(registry, _pruned(connection, query, table, columns[name]), columns[name])
                _lock(connection, reader.paths)
                yield Opened(connection, translated, reader.scanned_bytes, cancelled)
            except duckdb.Error as error:
                raise binding.explain(error, translator.place_of) from error

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._lake.state, prefix="athena-") as folder:
            yield Path(folder)

    def _find_tables(self, query: exp.Expression, database: str, sql: str) -> dict[str, CatalogTable]:
        """Look up each table and point the query at the view of it."""
        found: dict[str, CatalogTable] = {}
        for node in catalog_tables(query):
            if node.catalog not in {"", CATALOG}:
                raise unsupported(f"the data catalog {node.catalog}")
            table = find_table(self._catalog, node.db or database, node.name, position(node, sql))
            found[table.relation] = table
            alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name, quoted=True))
            relation = exp.to_identifier(table.relation, quoted=True)
            kept = {part: node.args.get(part) for part in ("joins", "sample")}
            node.replace(exp.Table(this=relation, alias=alias, **kept))
        for column in query.find_all(exp.Column):
            if column.catalog == CATALOG:
                column.set("catalog", None)
            if column.db in {table.database for table in found.values()}:
                column.set("db", None)
        return found


def _connect(spill: Path) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB, in UTC as Athena runs, which writes to ``spill`` what does not fit into memory."""
    connection = duckdb.connect(config={**SETTINGS, "temp_directory": str(spill)})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@contextmanager
def _interrupted(connection: duckdb.DuckDBPyConnection, cancelled: threading.Event) -> Iterator[None]:
    """Interrupt what DuckDB does within the block once the query is cancelled."""
    left = threading.Event()

    def watch() -> None:
        while not left.wait(INTERRUPT_SECONDS):
            if cancelled.is_set():
                connection.interrupt()

    watcher = threading.Thread(target=watch, name="athena interrupt", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        left.set()
        watcher.join()


def _until_cancelled(rows: Iterator[list[str | None]], cancelled: threading.Event) -> Iterator[list[str | None]]:
    for row in rows:
        if cancelled.is_set():
            raise QueryFailed("USER_CANCELED", "Query was cancelled")
        yield row


def _selected(tree: exp.Expression) -> exp.Expression:
    """Copy the query; a bare VALUES becomes a SELECT, whose columns can be named as Athena names them."""
    values = relations.write_rows(tree.copy())
    if not isinstance(values, exp.Values):
        return values
    names = [exp.to_identifier(f"_col{place}") for place in range(relations.width_of(values))]
    values.set("alias", exp.TableAlias(this=exp.to_identifier("rows"), columns=names))
    return exp.select("*").from_(values)


def _needed_columns(query: exp.Expression, table: CatalogTable) -> dict[str, HiveType]:
    """Choose the columns that a query can mean: the named ones, or all where it has a star or a natural join."""
    names = {identifier.this for identifier in query.find_all(exp.Identifier)}
    starred = any(item.is_star for select in query.find_all(exp.Select) for item in select.expressions)
    natural = any(join.args.get("method") for join in query.find_all(exp.Join))
    hidden = hidden_types(names, bool(table.keys))
    if hidden and natural:
        raise unsupported(f'"{min(hidden)}" together with a natural join')
    return parse_columns(table, None if starred or natural else names) | hidden


def _pruned(
    connection: duckdb.DuckDBPyConnection, query: exp.Expression, table: CatalogTable, columns: dict[str, HiveType]
) -> CatalogTable:
    """Leave the partitions that the translated query can ask for."""
    condition = key_condition(query, table.relation, set(table.keys))
    if condition is None:
        return table
    keys = {name: kind for name, kind in columns.items() if name in table.keys}
    return replace(table, partitions=choose(connection, table.partitions, list(table.keys), keys, condition))


def _lock(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> None:
    """From here on the connection can read the query's own files and nothing else."""
    connection.execute("SET allowed_paths = $paths", {"paths": paths})
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _answer(connection: duckdb.DuckDBPyConnection, translated: str, scanned_bytes: int) -> Answer:
    cursor = connection.execute(translated)
    description = cursor.description
    columns = [column_info(column_name(name, place), kind) for place, (name, kind, *_) in enumerate(description)]
    return Answer(columns, _rows(cursor, [writer(kind) for _, kind, *_ in description]), scanned_bytes)


def _rows(cursor: duckdb.DuckDBPyConnection, writers: list[Writer]) -> Iterator[list[str | None]]:
    while batch := cursor.fetchmany(BATCH_ROWS):
        # By columns, which is quicker than by rows.
        texts = map(_texts, writers, zip(*batch, strict=True))
        yield from map(list, zip(*texts, strict=True))


def _texts(write: Writer, values: tuple) -> Iterable[str | None]:
    return [None if value is None else write(value) for value in values] if None in values else map(write, values)
