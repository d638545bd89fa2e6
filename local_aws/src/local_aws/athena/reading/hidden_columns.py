"""The columns that every table has unseen: the file of a row, its size, its time and its partition.

Source: "Metadata columns" (Trino, "Hive connector"); ``"$bucket"`` is left out, as no table here is bucketed.
"""

from collections.abc import Iterable
from typing import Any

from sqlglot import exp

from local_aws.athena.failure import unsupported
from local_aws.athena.reading.files import DataFile
from local_aws.athena.reading.partitions import Partition, folder
from local_aws.athena.types.hive import HiveType, literal, quoted
from local_aws.athena.types.trino import UTC_FIELD, ZONE_FIELD

_FILE: dict[str, tuple[str, Any]] = {
    "$path": ("string", lambda file: literal(file.uri)),
    "$file_size": ("bigint", lambda file: str(file.size)),
    # S3 keeps an object's time in whole seconds.
    "$file_modified_time": (
        "timestamp with time zone",
        lambda file: f"{{'{UTC_FIELD}': make_timestamp({file.modified_ns // 10**9 * 10**6}), '{ZONE_FIELD}': 'UTC'}}",
    ),
}
_PARTITION = "$partition"
NAMES = frozenset({*_FILE, _PARTITION})


def hidden_types(names: Iterable[str], partitioned: bool) -> dict[str, HiveType]:
    """Give the hidden columns among the names of a query, with their types."""
    kinds = {name: HiveType(kind) for name, (kind, _) in _FILE.items()}
    if partitioned:
        kinds[_PARTITION] = HiveType("string")
    return {name: kinds[name] for name in sorted(NAMES.intersection(names)) if name in kinds}


def select_hidden(
    columns: dict[str, HiveType],
    sources: dict[DataFile, str],
    owners: dict[DataFile, Partition | None],
    keys: list[str],
) -> list[str]:
    """Select the hidden ones of a table's columns, of a relation that has ``filename``.

    Parameters
    ----------
    sources : dict
        The path that DuckDB reads each file by.
    owners : dict
        The partition of each file.
    """
    return [_select(name, kind, sources, owners, keys) for name, kind in columns.items() if name in NAMES]


def _select(
    name: str,
    kind: HiveType,
    sources: dict[DataFile, str],
    owners: dict[DataFile, Partition | None],
    keys: list[str],
) -> str:
    if not sources:
        return f"CAST(NULL AS {kind.duckdb()}) AS {quoted(name)}"

    def value(file: DataFile) -> str:
        return literal(folder(keys, owners[file].values)) if name == _PARTITION else _FILE[name][1](file)

    values = ", ".join(f"{literal(path)}: {value(file)}" for file, path in sources.items())
    return f"MAP {{{values}}}[filename] AS {quoted(name)}"


def leave_out_of_stars(query: exp.Expression, hidden: dict[str, set[str]]) -> None:
    """Let ``*`` give no hidden column.

    Parameters
    ----------
    query : Expression
        Its tables are named as the keys of ``hidden``; it is changed.
    hidden : dict
        The hidden columns that each table of the query has.

    Raises
    ------
    QueryFailed
        ``NOT_SUPPORTED`` where a ``*`` stands for tables and subqueries together.
    """
    if not any(hidden.values()):
        return
    for select in query.find_all(exp.Select):
        stars = [item for item in select.expressions if item.is_star]
        sources = _sources(select) if stars else {}
        for star in stars:
            meant = {star.table: sources.get(star.table)} if isinstance(star, exp.Column) else sources
            unseen = [hidden.get(source.name) if isinstance(source, exp.Table) else None for source in meant.values()]
            names = set().union(*filter(None, unseen))
            if names and not all(unseen):
                raise unsupported(f'* over tables and subqueries together with "{min(names)}"')
            if names:
                written = star.this if isinstance(star, exp.Column) else star
                unseen_names = [exp.to_identifier(name, quoted=True) for name in sorted(names)]
                written.set("except_", [*(written.args.get("except_") or []), *unseen_names])


def _sources(select: exp.Select) -> dict[str, exp.Expression]:
    first = select.args.get("from_")
    places = [first.this] if first else []
    joins = [*(select.args.get("joins") or []), *(join for place in places for join in place.args.get("joins") or [])]
    return {place.alias_or_name: place for place in [*places, *(join.this for join in joins)]}
