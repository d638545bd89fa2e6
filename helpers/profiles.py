"""The profile of a table: what its columns hold, asked of Athena in one query."""

import pandas as pd

from helpers.connection import Connection
from helpers.records import write_finding
from helpers.settings import Settings

NUMBERS = ("tinyint", "smallint", "integer", "bigint", "float", "real", "double", "decimal")


def profile_table(connection: Connection, settings: Settings, table: str) -> pd.DataFrame:
    """Profile a table without identity, since its smallest and largest numbers are shown; note it for the report.

    Returns
    -------
    DataFrame
        Grain: one row a column. ``column``, ``type``, ``rows``, ``missing``, ``different``; of numbers ``least``,
        ``median`` (approximate: Athena, "approx_percentile"), ``mean`` and ``most``, of others nothing, since a text
        might name somebody.
    """
    cursor = connection.cursor().execute(f'select * from "{table}" limit 0')
    columns = [(column[0], column[1]) for column in cursor.description]
    parts = ["count(*)"]
    for name, kind in columns:
        parts += [f'count("{name}")', f'count(distinct "{name}")']
        if _is_number(kind):
            parts += [f'min("{name}")', f'approx_percentile("{name}", 0.5)', f'avg("{name}")', f'max("{name}")']
    values = iter(connection.cursor().execute(f'select {", ".join(parts)} from "{table}"').fetchone())
    rows, found = next(values), []
    for name, kind in columns:
        line = {"column": name, "type": kind, "rows": rows, "missing": rows - next(values), "different": next(values)}
        numbers = [next(values) for _ in range(4)] if _is_number(kind) else [None] * 4
        found.append(line | dict(zip(("least", "median", "mean", "most"), numbers, strict=True)))
    write_finding(settings, f"profile_{table}", found)
    return pd.DataFrame(found)


def _is_number(kind: str) -> bool:
    return kind.startswith(NUMBERS)
