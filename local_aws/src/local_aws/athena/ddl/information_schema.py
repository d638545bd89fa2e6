"""``information_schema``: what the catalog holds, as tables of text.

Source: "Query the AWS Glue Data Catalog" (Athena user guide).
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from local_aws.athena.catalog import pages
from local_aws.athena.ddl.view_text import is_view, read_view
from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.translation.names import catalog_tables
from local_aws.athena.types.hive import HiveType, parse_hive_type
from local_aws.endpoint.service import Service

NAME = "information_schema"
CATALOG = "awsdatacatalog"

Row = tuple[str | int, ...]


def expand_information_schema(catalog: Service, query: exp.Expression) -> None:
    """Put the rows of ``information_schema`` in the places where a query names its tables.

    Parameters
    ----------
    query : Expression
        With normalised identifiers; it is changed.

    Raises
    ------
    QueryFailed
        ``TABLE_NOT_FOUND`` for a table that it has not.
    """
    for node in catalog_tables(query):
        if node.db != NAME:
            continue
        if node.name not in _TABLES:
            known = "schemata, tables, columns, views"
            if node.name in {"table_privileges", "roles", "applicable_roles", "enabled_roles"}:
                raise unsupported(f"information_schema.{node.name}: there are {known}")
            raise QueryFailed("TABLE_NOT_FOUND", f"line 1:1: Table '{CATALOG}.{NAME}.{node.name}' does not exist")
        columns, give = _TABLES[node.name]
        alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name, quoted=True))
        node.replace(
            exp.Subquery(this=_select(columns, list(give(catalog))), alias=alias, joins=node.args.get("joins"))
        )


def _select(columns: list[str], rows: list[Row]) -> exp.Expression:
    """Write rows as a query; one of the right types is left out, so that no rows are a table too."""
    example: Row = tuple(0 if column == "ordinal_position" else "" for column in columns)
    values = [
        exp.Tuple(expressions=[_literal(value) for value in (*row, kept)])
        for row, kept in [(example, 0), *((row, 1) for row in rows)]
    ]
    names = [exp.to_identifier(name, quoted=True) for name in (*columns, "kept ")]
    source = exp.Values(
        expressions=values, alias=exp.TableAlias(this=exp.to_identifier("rows", quoted=True), columns=names)
    )
    chosen = [exp.column(exp.to_identifier(name, quoted=True)) for name in columns]
    kept = exp.EQ(this=exp.column(exp.to_identifier("kept ", quoted=True)), expression=exp.Literal.number(1))
    return exp.select(*chosen).from_(source).where(kept)


def _literal(value: str | int) -> exp.Expression:
    return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(value)


def _schemata(catalog: Service) -> Iterator[Row]:
    names = [entry["Name"] for entry in pages(catalog, "GetDatabases", {}, "DatabaseList")]
    return ((CATALOG, name) for name in [*names, NAME])


def _entries(catalog: Service) -> Iterator[tuple[str, dict[str, Any]]]:
    for database in list(pages(catalog, "GetDatabases", {}, "DatabaseList")):
        for entry in pages(catalog, "GetTables", {"DatabaseName": database["Name"]}, "TableList"):
            yield database["Name"], entry


def _tables(catalog: Service) -> Iterator[Row]:
    for database, entry in _entries(catalog):
        yield CATALOG, database, entry["Name"], "VIEW" if is_view(entry) else "BASE TABLE"


def _views(catalog: Service) -> Iterator[Row]:
    for database, entry in _entries(catalog):
        if is_view(entry):
            yield CATALOG, database, entry["Name"], read_view(entry)["originalSql"]


def _columns(catalog: Service) -> Iterator[Row]:
    for database, entry in _entries(catalog):
        listed = [*entry.get("StorageDescriptor", {}).get("Columns", []), *entry.get("PartitionKeys", [])]
        for place, column in enumerate(listed, 1):
            yield CATALOG, database, entry["Name"], column["Name"], place, _type(column.get("Type", "string"))


def _type(hive: str) -> str:
    """Write a type of the catalog as Trino does."""
    if "<" in hive:
        return _nested(parse_hive_type(hive))
    renamed = {"string": "varchar", "int": "integer", "float": "real", "binary": "varbinary"}
    return {**renamed, "timestamp": "timestamp(3)"}.get(hive, hive)


def _nested(kind: HiveType) -> str:
    inner = [(label, _nested(child)) for label, child in kind.children]
    if kind.name == "struct":
        return f"row({', '.join(f'{label} {child}' for label, child in inner)})"
    if inner:
        return f"{kind.name}({', '.join(child for _, child in inner)})"
    return _type(f"{kind.name}({','.join(map(str, kind.parameters))})" if kind.parameters else kind.name)


_TABLES: dict[str, tuple[list[str], Callable[[Service], Iterator[Row]]]] = {
    "schemata": (["catalog_name", "schema_name"], _schemata),
    "tables": (["table_catalog", "table_schema", "table_name", "table_type"], _tables),
    "views": (["table_catalog", "table_schema", "table_name", "view_definition"], _views),
    "columns": (
        ["table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "data_type"],
        _columns,
    ),
}
