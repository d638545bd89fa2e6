"""Write, audit, publish: a table's new version is complete and checked before one catalog update makes it the table.

The sink writes the version to its own prefix and registers it as ``<table>__staged``. `publish`
gives the live table the staged one's storage descriptor with the version that it expects to replace (AWS Glue,
"UpdateTable": VersionId), so that a reader sees the old or the new version, never half of one, and a lost race is an
error.
"""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from helpers.publishing.breaker import check_kept
from helpers.publishing.catalog import delete_table, get_table, put_table
from helpers.publishing.staged import clear_staged, get_staged, read_version
from helpers.publishing.versions import FINGERPRINT, POLICY, ROWS, remove_old_versions
from helpers.settings import Settings


def fingerprint(rows: DataFrame) -> tuple[str, int]:
    """A hash of a table's content, whatever the order of its rows, and how many rows there are.

    Two versions with the same hash are the same.
    """
    names = sorted(name for name in rows.columns if name != "run_id")
    hashed = rows.select(F.xxhash64(*names).cast("decimal(38,0)").alias("hash"))
    total = hashed.agg(F.count(F.lit(1)).alias("rows"), F.coalesce(F.sum("hash"), F.lit(0)).alias("sum")).first()
    return f"{','.join(names)}:{total['rows']}:{total['sum']}", total["rows"]


def publish(spark: SparkSession, settings: Settings, table: str) -> int:
    """Make the staged version the table, or drop it where the table already has this very content.

    Returns
    -------
    int
        How many rows the table has.

    Raises
    ------
    BrokenSource
        If it would lose most of its rows.
    LostRace
        If the table or its staged version changed after it was looked at; nothing was overwritten.
    """
    live, staged = get_table(settings.database, table), get_staged(settings, table)
    mark, count = fingerprint(read_version(spark, staged))
    check_kept(settings, table, _rows_under_this_policy(live, settings), count)
    if live and live.get("Parameters", {}).get(FINGERPRINT) == mark:
        print(f"{table}: {count:,} rows, unchanged; the published version stays.")
        clear_staged(settings, table)
    else:
        definition = {
            "Name": table,
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": staged["StorageDescriptor"],
            "PartitionKeys": staged.get("PartitionKeys", []),
            "Parameters": {
                **staged.get("Parameters", {}),
                FINGERPRINT: mark,
                ROWS: str(count),
                POLICY: settings.policy,
            },
        }
        put_table(settings.database, definition, live)
        delete_table(settings.database, staged["Name"])
        print(f"{table}: {count:,} rows, published from run {settings.run_id}.")
    remove_old_versions(settings.database, table)
    return count


def _rows_under_this_policy(live: dict | None, settings: Settings) -> int | None:
    """How many rows the published table has; None where it was made under other parameters, or is a quarantine."""
    known = live.get("Parameters", {}) if live else {}
    is_comparable = (
        known.get(POLICY) == settings.policy and ROWS in known and not live["Name"].startswith("quarantine_")
    )
    return int(known[ROWS]) if is_comparable else None
