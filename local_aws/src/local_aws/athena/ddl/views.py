"""Views, kept in the catalog as Athena and Trino keep them.

Source: "CREATE VIEW" (Athena user guide); the text in the catalog is Trino's ``ViewReaderUtil``.
"""

import base64
import json
import re
import threading
from typing import Any

from sqlglot import exp

from local_aws.athena.catalog import pages
from local_aws.athena.ddl.utility import DONE, CatalogStatements, Listing, matching
from local_aws.athena.ddl.view_text import is_view, read_view
from local_aws.athena.failure import QueryFailed
from local_aws.athena.translation.dialect import parse_query
from local_aws.athena.types.hive import RESULT_NAMES, literal, text_column
from local_aws.athena.writes.run import new_columns


def create_view(
    on: CatalogStatements, database: str, match: "re.Match[str]", tree: exp.Expression, present: str
) -> Listing:
    """CREATE [OR REPLACE] VIEW view AS query: its columns and their types are fixed now.

    Parameters
    ----------
    database : str
        Where the view is made.
    present : str
        Where the query's tables without a database are.
    """
    name, query = match["table"].lower(), match["query"].strip()
    entry = on.find_table(database, name)
    if entry is not None and not (match["replace"] and is_view(entry)):
        kind = "View" if is_view(entry) else "Table"
        raise QueryFailed(
            "TABLE_ALREADY_EXISTS", f"line 1:1: {kind} already exists: 'awsdatacatalog.{database}.{name}'"
        )
    with on.engine.open(query, tree, present, threading.Event()) as opened:
        columns = new_columns(opened, tree)
        kinds = opened.connection.sql(opened.sql).types
    described = [{"name": column, "type": _trino(kind)} for column, kind in zip(columns, kinds, strict=True)]
    document = {"originalSql": query, "catalog": "awsdatacatalog", "schema": present, "columns": described}
    if match["comment"] is not None:
        document["comment"] = match["comment"].replace("''", "'")
    encoded = base64.b64encode(json.dumps(document).encode()).decode()
    details = {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "PartitionKeys": [],
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {
            "Columns": [{"Name": column, "Type": kind} for column, kind in columns.items()],
            "Location": "",
            "SerdeInfo": {},
        },
    }
    return on.change(
        "CreateTable" if entry is None else "UpdateTable", {"DatabaseName": database, "TableInput": details}, None
    )


def drop_view(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """DROP VIEW [IF EXISTS] view."""
    name = match["table"].lower()
    entry = on.find_table(database, name)
    if entry is None or not is_view(entry):
        if entry is None and match["exists"]:
            return DONE
        raise QueryFailed("TABLE_NOT_FOUND", f"line 1:1: View 'awsdatacatalog.{database}.{name}' does not exist")
    return on.change("DeleteTable", {"DatabaseName": database, "Name": name}, None)


def show_create_view(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """SHOW CREATE VIEW view."""
    name = match["table"].lower()
    entry = on.find_table(database, name)
    if entry is None or not is_view(entry):
        raise QueryFailed("TABLE_NOT_FOUND", f"line 1:1: View 'awsdatacatalog.{database}.{name}' does not exist")
    document = read_view(entry)
    comment = " COMMENT\n" + literal(document["comment"]) if "comment" in document else ""
    lines = f'CREATE VIEW "{database}"."{name}"{comment} AS\n{document["originalSql"]}'.split("\n")
    return Listing([text_column("Create View", "varchar")], lines)


def show_views(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """SHOW VIEWS [IN database] [LIKE 'pattern']."""
    entries = pages(on.catalog, "GetTables", {"DatabaseName": database}, "TableList")
    names = [entry["Name"] for entry in entries if is_view(entry)]
    return Listing([text_column("views")], matching(names, match["pattern"]))


def parsed(text: str) -> exp.Expression:
    """Parse a view's query at the statement's start."""
    return parse_query(text, [])


def _trino(kind: Any) -> str:
    """Write a type as Trino does."""
    name = RESULT_NAMES.get(kind.id, kind.id)
    if name == "decimal":
        details = dict(kind.children)
        return f"decimal({details['precision']},{details['scale']})"
    if name in {"array", "map"}:
        return f"{name}({', '.join(_trino(child) for _, child in kind.children)})"
    if name == "row":
        return f"row({', '.join(f'{label} {_trino(child)}' for label, child in kind.children)})"
    return {"float": "real", "timestamp": "timestamp(3)"}.get(name, name)
