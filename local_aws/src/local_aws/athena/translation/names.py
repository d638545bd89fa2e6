"""Names in a query: of its tables, and of its columns as DuckDB and Athena have them."""

from sqlglot import exp

from local_aws.athena.translation.unnest import UNNAMED


def normalize_identifiers(tree: exp.Expression) -> None:
    """Lower-case and quote every identifier: Athena compares names without case, DuckDB has other reserved words."""
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("this", identifier.this.lower())
        identifier.set("quoted", True)


def catalog_tables(tree: exp.Expression) -> list[exp.Table]:
    """Find the tables of a query that are no named subqueries."""
    return [table for table in tree.find_all(exp.Table) if table.args.get("db") or not _is_cte(table)]


def _is_cte(table: exp.Table) -> bool:
    child: exp.Expression = table
    while child.parent is not None:
        parent = child.parent
        if isinstance(parent, exp.With):
            visible = parent.expressions[: parent.expressions.index(child) + bool(parent.args.get("recursive"))]
        else:
            scope = parent.args.get("with_")
            visible = scope.expressions if scope is not None and scope is not child else []
        if any(cte.alias == table.name for cte in visible):
            return True
        child = parent
    return False


def name_unnamed_columns(tree: exp.Expression) -> None:
    """Give each column without a name one that `column_name` knows again."""
    for select in tree.find_all(exp.Select):
        for item in list(select.expressions):
            if not isinstance(item, exp.Column | exp.Dot | exp.Alias | exp.Star):
                alias = exp.to_identifier(f"{UNNAMED}{id(item)}", quoted=True)
                item.replace(exp.Alias(this=item.copy(), alias=alias))


def column_name(name: str, place: int) -> str:
    """Name a result column as Athena does: ``_col0`` where the query gives no name."""
    return f"_col{place}" if name.startswith(UNNAMED) else name.lower()
