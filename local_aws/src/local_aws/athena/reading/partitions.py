"""The partitions of a table: what the catalog lists, and their values as columns."""

from dataclasses import dataclass
from urllib.parse import quote

import duckdb

from local_aws.athena.catalog import pages
from local_aws.athena.failure import QueryFailed
from local_aws.athena.types.hive import HiveType, literal, quoted
from local_aws.endpoint.service import Service

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""How Hive writes the partition of null."""


@dataclass(frozen=True)
class Partition:
    """One partition: the values of the table's keys as text, and where its files are."""

    values: tuple[str, ...]
    location: str


def folder(keys: list[str], values: tuple[str, ...]) -> str:
    """The folders of a partition, such as ``year=2022/month=6``."""
    kept = " !$&()+,-.;<>@[]^_`{|}~"
    return "/".join(f"{key}={quote(value, safe=kept)}" for key, value in zip(keys, values, strict=True))


def list_partitions(catalog: Service, database: str, table: str) -> tuple[Partition, ...]:
    """Give all partitions that the catalog has of a table."""
    request = {"DatabaseName": database, "TableName": table}
    return tuple(
        Partition(tuple(entry["Values"]), entry.get("StorageDescriptor", {}).get("Location", ""))
        for entry in pages(catalog, "GetPartitions", request, "Partitions")
    )


def with_keys(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    names: list[str],
    keys: dict[str, HiveType],
    owned: dict[str, Partition | None],
) -> str:
    """Add the partition columns ``keys`` to a relation that has ``filename``.

    Parameters
    ----------
    names : list of str
        All partition keys of the table, in their order.
    owned : dict
        The partition of each path.

    Raises
    ------
    QueryFailed
        ``HIVE_INVALID_PARTITION_VALUE`` for a value that is none of its key's type.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS partitions")
    number = connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone()[0]
    made = f'partitions."{number}"'
    columns = "".join(f", {quoted(name)} {kind.duckdb()}" for name, kind in keys.items())
    connection.execute(f"CREATE TABLE {made} (filename VARCHAR{columns})")
    rows = [
        f"({', '.join([literal(path), *(_value(partition, names.index(name), kind) for name, kind in keys.items())])})"
        for path, partition in owned.items()
        if partition is not None
    ]
    if rows:
        try:
            connection.execute(f"INSERT INTO {made} VALUES {', '.join(rows)}")
        except duckdb.ConversionException as error:
            raise QueryFailed("HIVE_INVALID_PARTITION_VALUE", str(error).split("\n")[0]) from error
    return f"SELECT * FROM ({relation}) JOIN {made} USING (filename)"


def choose(
    connection: duckdb.DuckDBPyConnection,
    partitions: tuple[Partition, ...],
    names: list[str],
    keys: dict[str, HiveType],
    condition: str,
) -> tuple[Partition, ...]:
    """Give the partitions that a condition on ``keys``, in DuckDB's SQL, holds for; all where it cannot be told."""
    if not partitions:
        return partitions
    rows = [
        f"({', '.join([str(place), *(_value(partition, names.index(name), kind) for name, kind in keys.items())])})"
        for place, partition in enumerate(partitions)
    ]
    columns = ", ".join(map(quoted, ["place ", *keys]))
    asked = f'SELECT "place " FROM (VALUES {", ".join(rows)}) AS parts({columns}) WHERE {condition}'
    try:
        chosen = {place for (place,) in connection.execute(asked).fetchall()}
    except duckdb.Error:
        return partitions
    return tuple(partition for place, partition in enumerate(partitions) if place in chosen)


def _value(partition: Partition, place: int, kind: HiveType) -> str:
    text = partition.values[place]
    return "NULL" if text == NO_VALUE else f"CAST({literal(text)} AS {kind.duckdb()})"
