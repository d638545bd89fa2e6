"""Views in a query: each is a subquery in its place."""

from sqlglot import exp

from local_aws.athena.catalog import find_entry
from local_aws.athena.ddl.view_text import is_view, read_view
from local_aws.athena.failure import QueryFailed
from local_aws.athena.translation.dialect import parse_query
from local_aws.athena.translation.names import catalog_tables, normalize_identifiers
from local_aws.endpoint.service import Service

DEEPEST = 30
"""How many views may stand on each other."""


def expand_views(catalog: Service, query: exp.Expression, database: str) -> exp.Expression:
    """Put the queries of views in their places.

    Parameters
    ----------
    query : Expression
        With normalised identifiers; it is changed.
    database : str
        Where tables without a database are.

    Raises
    ------
    QueryFailed
        ``VIEW_IS_RECURSIVE`` for a view that stands on itself.
    """
    for _ in range(DEEPEST):
        views = [(node, entry) for node in catalog_tables(query) if (entry := _view(catalog, node, database))]
        if not views:
            return query
        for node, entry in views:
            _expand(node, read_view(entry))
    raise QueryFailed("VIEW_IS_RECURSIVE", "line 1:1: Statement stack is recursive: a view stands on itself")


def _view(catalog: Service, node: exp.Table, database: str) -> dict | None:
    entry = find_entry(catalog, node.db or database, node.name)
    return entry if entry is not None and is_view(entry) else None


def _expand(node: exp.Table, document: dict) -> None:
    tree = parse_query(document["originalSql"])
    normalize_identifiers(tree)
    for table in catalog_tables(tree):
        if not table.db:
            table.set("db", exp.to_identifier(document["schema"].lower(), quoted=True))
    names = [column["name"] for column in document["columns"]]
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name, quoted=True))
    if not alias.args.get("columns"):
        alias.set("columns", [exp.to_identifier(name.lower(), quoted=True) for name in names])
    if isinstance(tree, exp.Values):
        raise QueryFailed("NOT_SUPPORTED", "The local Athena does not support views of VALUES alone.")
    kept = {part: node.args.get(part) for part in ("joins", "sample")}
    node.replace(exp.Subquery(this=tree, alias=alias, **kept))
