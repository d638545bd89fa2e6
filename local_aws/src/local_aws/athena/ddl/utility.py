"""SHOW, and DDL that is not CREATE TABLE: statements that only ask or change the catalog.

Source: "DDL statements" (Athena user guide), one page a statement.
"""

import re
from dataclasses import dataclass
from typing import Any

from local_aws.athena.catalog import find_entry, pages
from local_aws.athena.ddl.create_table import table_input
from local_aws.athena.ddl.text import properties
from local_aws.athena.ddl.view_text import is_view
from local_aws.athena.engine import Engine
from local_aws.athena.failure import QueryFailed
from local_aws.athena.types.hive import text_column
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError
from local_aws.lake import Lake

WIDTH = 20
"""Athena pads names to this width in DESCRIBE and SHOW COLUMNS."""


@dataclass(frozen=True)
class Listing:
    """The answer of such a statement: its columns, and its rows of one text each."""

    columns: list[dict[str, Any]]
    rows: list[str]


DONE = Listing([], [])


class CatalogStatements:
    """Runs the statements against the Glue Data Catalog.

    Parameters
    ----------
    catalog : Service
        The Glue Data Catalog.
    lake : Lake
        Where MSCK REPAIR TABLE looks for partitions.
    engine : Engine
        Tells the columns of a view's query.
    """

    def __init__(self, catalog: Service, lake: Lake, engine: Engine):
        self.catalog = catalog
        self.lake = lake
        self.engine = engine

    def show_databases(self, pattern: str | None) -> Listing:
        """SHOW DATABASES [LIKE 'pattern']."""
        names = [entry["Name"] for entry in pages(self.catalog, "GetDatabases", {}, "DatabaseList")]
        return Listing([text_column("database_name")], matching(names, pattern))

    def show_tables(self, database: str, pattern: str | None) -> Listing:
        """SHOW TABLES [IN database] ['pattern']."""
        entries = self._call_pages("GetTables", {"DatabaseName": database}, "TableList", database)
        return Listing([text_column("tab_name")], matching([entry["Name"] for entry in entries], pattern))

    def show_columns(self, database: str, table: str) -> Listing:
        """SHOW COLUMNS IN table."""
        columns, keys = columns_of(self.table(database, table))
        return Listing([text_column("field")], [column["Name"].ljust(WIDTH) for column in columns + keys])

    def show_create_table(self, database: str, table: str) -> Listing:
        """SHOW CREATE TABLE table."""
        entry = self.table(database, table)
        if is_view(entry):
            raise QueryFailed("FAILED", f"SemanticException {database}.{table} is a view: use SHOW CREATE VIEW")
        return Listing([text_column("createtab_stmt")], _create_statement(database, entry))

    def create_database(self, name: str, match: "re.Match[str]") -> Listing:
        """CREATE DATABASE [IF NOT EXISTS] name [COMMENT '…'] [LOCATION '…'] [WITH DBPROPERTIES (…)]."""
        entry = {"Name": name, "Description": match["comment"], "LocationUri": match["location"]}
        entry["Parameters"] = properties(match["pairs"] or "")
        request = {"DatabaseInput": {key: value for key, value in entry.items() if value}}
        return self.change("CreateDatabase", request, "AlreadyExistsException" if match["keep"] else None)

    def drop_database(self, name: str, if_exists: bool, cascade: bool) -> Listing:
        """DROP DATABASE [IF EXISTS] name [CASCADE]."""
        try:
            tables = list(pages(self.catalog, "GetTables", {"DatabaseName": name}, "TableList"))
        except AwsError as error:
            if error.code == "EntityNotFoundException" and if_exists:
                return DONE
            raise _failed(error) from error
        if tables and not cascade:
            raise QueryFailed(
                "FAILED",
                "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                f"InvalidOperationException(message:Database {name} is not empty. One or more tables exist.)",
            )
        return self.change("DeleteDatabase", {"Name": name}, "EntityNotFoundException" if if_exists else None)

    def create_table(self, tree: Any, database: str) -> Listing:
        """CREATE EXTERNAL TABLE, parsed."""
        request = {"DatabaseName": (tree.this.this.db or database).lower(), "TableInput": table_input(tree)}
        return self.change("CreateTable", request, "AlreadyExistsException" if tree.args.get("exists") else None)

    def drop_table(self, database: str, table: str, if_exists: bool) -> Listing:
        """DROP TABLE [IF EXISTS] table: the data stays where it is."""
        if not if_exists:
            self.table(database, table)
        request = {"DatabaseName": database, "Name": table}
        return self.change("DeleteTable", request, "EntityNotFoundException" if if_exists else None)

    def change(self, action: str, request: dict[str, Any], tolerated: str | None) -> Listing:
        """Call the catalog; its refusal is the statement's failure, but for the error that is tolerated."""
        try:
            self.catalog.call(action, request)
        except AwsError as error:
            if error.code != tolerated:
                raise _failed(error) from error
        return DONE

    def find_table(self, database: str, table: str) -> dict[str, Any] | None:
        """Find a table or a view, if there is one."""
        return find_entry(self.catalog, database, table)

    def table(self, database: str, table: str) -> dict[str, Any]:
        """Find a table or a view; raises `QueryFailed` in Hive's words where there is none."""
        found = self.find_table(database, table)
        if found is None:
            raise QueryFailed("FAILED", f"SemanticException [Error 10001]: Table not found {database}.{table}")
        return found

    def _call_pages(self, action: str, request: dict[str, Any], key: str, database: str) -> list[dict[str, Any]]:
        try:
            return list(pages(self.catalog, action, request, key))
        except AwsError as error:
            if error.code != "EntityNotFoundException":
                raise
            reason = f"SemanticException [Error 10072]: Database does not exist: {database}"
            raise QueryFailed("FAILED", reason) from error


def _failed(error: AwsError) -> QueryFailed:
    """Write a catalog error as Athena's DDL engine reports it."""
    return QueryFailed(
        "FAILED",
        "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
        f"{error.code}(message:{error.message})",
    )


def matching(names: list[str], pattern: str | None) -> list[str]:
    """Filter names by Hive's pattern: ``*`` or ``.*`` for anything, ``|`` for or ("SHOW TABLES", "SHOW DATABASES")."""
    if pattern is None:
        return sorted(names)
    wanted = "|".join(".*".join(map(re.escape, re.split(r"\.?\*", part))) for part in pattern.lower().split("|"))
    return sorted(name for name in names if re.fullmatch(wanted, name))


def columns_of(entry: dict[str, Any]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Give the stored columns of a table and its partition columns."""
    return entry.get("StorageDescriptor", {}).get("Columns", []), entry.get("PartitionKeys", [])


def _create_statement(database: str, entry: dict[str, Any]) -> list[str]:
    columns, keys = columns_of(entry)
    storage = entry["StorageDescriptor"]
    serde = storage["SerdeInfo"]
    lines = [f"CREATE EXTERNAL TABLE `{database}.{entry['Name']}`("]
    lines += _comma_lines([_declared(column) for column in columns])
    if keys:
        lines += ["PARTITIONED BY ( ", *_comma_lines([_declared(key) for key in keys])]
    lines += ["ROW FORMAT SERDE ", f"  '{serde['SerializationLibrary']}' "]
    properties = {k: v for k, v in serde.get("Parameters", {}).items() if k != "serialization.format"}
    if properties:
        lines += ["WITH SERDEPROPERTIES ( ", *_comma_lines([f"'{k}'='{v}'" for k, v in sorted(properties.items())])]
    lines += ["STORED AS INPUTFORMAT ", f"  '{storage.get('InputFormat', '')}' "]
    lines += ["OUTPUTFORMAT ", f"  '{storage.get('OutputFormat', '')}'"]
    lines += ["LOCATION", f"  '{storage.get('Location', '')}'"]
    shown = {k: v for k, v in entry.get("Parameters", {}).items() if k != "EXTERNAL"}
    return [*lines, "TBLPROPERTIES (", *_comma_lines([f"'{k}'='{v}'" for k, v in sorted(shown.items())])]


def _declared(column: dict[str, str]) -> str:
    comment = column.get("Comment")
    return f"`{column['Name']}` {column.get('Type', '')}" + (f" COMMENT '{comment}'" if comment else "")


def _comma_lines(items: list[str]) -> list[str]:
    return [f"  {item}, " for item in items[:-1]] + [f"  {item})" for item in items[-1:]]
