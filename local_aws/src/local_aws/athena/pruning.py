"""Which partitions of a table a query can need: Athena reads no others, and counts no bytes of them.

Source: "Partition your data" (Athena user guide): a filter on partition columns limits the data scanned.
"""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
from sqlglot import exp

from local_aws.athena.tables import CatalogTable
from local_aws.athena.types import literal, parse_hive_type, quoted

_CHANGING = {"random", "rand", "uuid", "now"}
"""Functions that answer otherwise each time."""


def prune(connection: duckdb.DuckDBPyConnection, query: exp.Expression, table: CatalogTable) -> CatalogTable:
    """Leave a table the partitions that the conditions of a translated query let through."""
    nodes = [node for node in query.find_all(exp.Table) if node.name == table.relation]
    if not table.partitions or len(nodes) != 1:
        return table
    conditions = list(_conditions(nodes[0], table.keys))
    if not conditions:
        return table
    kinds = [parse_hive_type(table.columns[key]).duckdb() for key in table.keys]
    rows = []
    for place, partition in enumerate(table.partitions):
        values = zip(partition.values, kinds, strict=True)
        rows.append(f"({place}, {', '.join(_value(value, kind) for value, kind in values)})")
    labels = ", ".join(map(quoted, ("partition number", *table.keys)))
    source = f"(VALUES {', '.join(rows)}) AS {quoted(nodes[0].alias)}({labels})"
    wanted = " AND ".join(f"({condition.sql('duckdb')})" for condition in conditions)
    try:
        kept = connection.execute(f'SELECT "partition number" FROM {source} WHERE {wanted}').fetchall()
    except duckdb.Error:
        # The query itself will say what is wrong.
        return table
    numbers = sorted(number for (number,) in kept)
    return replace(table, partitions=tuple(table.partitions[number] for number in numbers))


def _value(text: str | None, kind: str) -> str:
    return f"CAST({'NULL' if text is None else literal(text)} AS {kind})"


def _conditions(node: exp.Table, keys: tuple[str, ...]) -> Iterator[exp.Expression]:
    """Give what WHERE demands of the partition columns alone; an outer join may need rows that it does not demand."""
    select = node.parent_select
    joins = select.args.get("joins") or [] if select is not None else []
    where = select.args.get("where") if select is not None else None
    if where is None or any(join.side or join.args.get("method") for join in joins):
        return
    for condition in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
        columns = list(condition.find_all(exp.Column))
        known = all(column.name in keys and column.table in {"", node.alias} for column in columns)
        called = {call.name.lower() for call in condition.find_all(exp.Anonymous)}
        if columns and known and not condition.find(exp.Query) and not called & _CHANGING:
            yield condition
