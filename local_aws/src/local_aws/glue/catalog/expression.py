"""Which partitions an expression of GetPartitions means.

AWS Glue Developer Guide, "GetPartitions": "The expression uses SQL syntax similar to the SQL WHERE filter clause", over
the partition keys. SQLite reads it, over one row of keys a partition.
"""

import contextlib
import sqlite3
from typing import Any

from local_aws.errors import AwsError
from local_aws.glue.catalog.state import Table

_NUMBERS = ("tinyint", "smallint", "int", "integer", "bigint", "long", "decimal", "float", "double")


def matching(table: Table, expression: str) -> list[dict[str, Any]]:
    """The partitions of a table for which an expression holds.

    Raises
    ------
    AwsError
        ``InvalidInputException`` for one that cannot be read or names what is no key.
    """
    if "(select" in "".join(expression.lower().split()):
        raise AwsError("InvalidInputException", f"Unsupported expression '{expression}'")
    keys = ", ".join(_column(key) for key in table.current.get("PartitionKeys", []))
    with contextlib.closing(sqlite3.connect(":memory:")) as memory:
        memory.execute("PRAGMA case_sensitive_like = ON")
        try:
            query = f"SELECT 1 FROM (SELECT {keys}) WHERE {expression}"
            return [held for held in table.partitions if memory.execute(query, held["input"]["Values"]).fetchone()]
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise AwsError("InvalidInputException", f"Unsupported expression '{expression}': {error}") from error


def _column(key: dict[str, str]) -> str:
    number = key.get("Type", "string").lower().startswith(_NUMBERS)
    name = key["Name"].replace('"', '""')
    return f'CAST(? AS {"NUMERIC" if number else "TEXT"}) AS "{name}"'
