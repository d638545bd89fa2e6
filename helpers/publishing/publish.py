"""Write, audit, publish: a table's new version is complete and checked before one catalog update makes it the table.

The sink writes the version to its own prefix and registers it as ``<table>__staged``. `publish` gives the live table
the staged one's storage descriptor with the version that it expects to replace (AWS Glue, "UpdateTable": VersionId), so
that a reader sees the old or the new version, never half of one, and a lost race is an error.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from helpers.publishing.breaker import check_kept
from helpers.publishing.catalog import delete_table, put_table
from helpers.publishing.objects import delete_prefix
from helpers.publishing.staged import Staged
from helpers.publishing.versions import FINGERPRINT, POLICY, ROWS
from helpers.settings import Settings
from helpers.tables import QUARANTINE, REGISTER, TABLES


def fingerprint(rows: DataFrame, is_empty: bool = False) -> tuple[str, int]:
    """A hash of a table's content, whatever the order of its rows, and how many rows there are.

    Two versions with the same hash are the same.
    """
    names = sorted(name for name in rows.columns if name != "run_id")
    hashed = rows.select(F.xxhash64(*names).cast("decimal(38,0)").alias("hash"))
    count, total = (0, 0) if is_empty else hashed.agg(F.count("hash"), F.coalesce(F.sum("hash"), F.lit(0))).first()
    return f"{','.join(names)}:{count}:{total}", count


def publish(settings: Settings, staged: Staged, mark: str, rows: int) -> bool:
    """Make a staged version the table, or drop it where the table already has this very content.

    ``mark`` and ``rows`` are the version's `fingerprint`. Gives whether it is the table now.

    Raises
    ------
    BrokenSource
        If the table would lose most of its rows.
    LostRace
        If the table changed after it was looked at; nothing was overwritten.
    """
    known = staged.live.get("Parameters", {}) if staged.live else {}
    check_kept(settings, staged.table, _rows_under_this_policy(staged.table, known, settings), rows)
    if known.get(FINGERPRINT) == mark:
        print(f"{staged.table}: {rows:,} rows, unchanged; the published version stays.")
        delete_table(settings.database, staged.name)
        delete_prefix(staged.location)
        return False
    entry = staged.definition
    definition = {
        "Name": staged.table,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": entry["StorageDescriptor"],
        "PartitionKeys": entry.get("PartitionKeys", []),
        "Parameters": entry.get("Parameters", {}) | {FINGERPRINT: mark, ROWS: str(rows), POLICY: settings.policy},
    }
    put_table(settings.database, definition, staged.live)
    delete_table(settings.database, staged.name)
    print(f"{staged.table}: {rows:,} rows, published from run {settings.run_id}.")
    return True


def _rows_under_this_policy(table: str, known: dict[str, str], settings: Settings) -> int | None:
    """How many rows the published table has; None where it was made under other parameters, or may shrink as it likes.

    So may a quarantine, and the register: it is published after customer_trusted, which has been compared.
    """
    may_shrink = TABLES[table].zone in (QUARANTINE, REGISTER)
    is_comparable = known.get(POLICY) == settings.policy and ROWS in known and not may_shrink
    return int(known[ROWS]) if is_comparable else None
