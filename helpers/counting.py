"""Counting what became of the rows of a source, and which of them are equal."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from helpers.accounting import Accounting

SMALL_BYTES = 7 * 1024**3 // 4
"""Up to this size all rows are compared whole at once: a pass over their hashes would cost more than it saves. Spark
reckons with four times the size of the landing files, so these are some five million readings."""
MOST_REPEATED = 100_000
"""With more repeated hashes than this all rows are compared whole: files have landed twice."""


def account(classified: DataFrame, quarantine: tuple[str, ...] = (), read: int | None = None) -> Accounting:
    """Count the outcomes of classified rows and check that they add up.

    Parameters
    ----------
    classified : DataFrame
        With ``outcome`` (``kept`` or a reason) and ``copies`` (how many equal lines the row stands for), and of a
        landing source ``extra``.
    quarantine : tuple of str
        The reasons that mean quarantine; the others mean exclusion. Equal lines in quarantine are no duplicates: each
        is a line that could not be read.
    read : int, optional
        How many rows the source has, where that was counted apart from the classification.

    Raises
    ------
    ReconciliationFailed
        If the outcomes do not add up to the rows read.
    """
    extended = F.count("extra") if "extra" in classified.columns else F.lit(0)
    counted = classified.groupBy("outcome").agg(F.count(F.lit(1)), F.sum("copies"), extended).collect()
    counts = {outcome: numbers for outcome, *numbers in counted}
    accepted = {reason: pair for reason, pair in counts.items() if reason not in quarantine}
    kept, _, with_new_fields = accepted.get("kept", (0, 0, 0))
    return Accounting(
        read=sum(lines for _, lines, _ in counts.values()) if read is None else read,
        kept=kept,
        excluded={reason: different for reason, (different, *_) in sorted(accepted.items()) if reason != "kept"},
        quarantined={reason: lines for reason, (_, lines, _) in sorted(counts.items()) if reason in quarantine},
        duplicates=sum(lines - different for different, lines, _ in accepted.values()),
        extended=with_new_fields,
    ).check()


def count_copies(rows: DataFrame) -> DataFrame:
    """Count equal rows: each row once, with ``copies`` bigint.

    Nearly all rows of a source are there once, and to group them by all that they hold costs more than to read them. So
    first only their hashes are compared, and whole rows where one repeats.
    """
    if _is_small(rows):
        return _grouped(rows)
    hashed = rows.withColumn("hash", F.xxhash64(*rows.columns))
    repeated = hashed.select("hash").repartition("hash").mapInArrow(_repeated, "hash bigint")
    # In order: of rows in any order Spark would seek the first few in one partition, and only then in the others.
    repeated = repeated.orderBy("hash").limit(MOST_REPEATED + 1).collect()
    one = F.lit(1).cast("bigint").alias("copies")
    if not repeated:
        return rows.select("*", one)
    if len(repeated) > MOST_REPEATED:
        return _grouped(rows)
    hashes = F.broadcast(rows.sparkSession.createDataFrame(repeated, "hash bigint").withColumn("repeats", F.lit(True)))
    marked = hashed.join(hashes, on="hash", how="left")
    once = marked.where("repeats is null").select(*rows.columns, one)
    # Few, and asked for by whoever counts and by whoever writes.
    return once.unionByName(_grouped(marked.where("repeats").select(*rows.columns)).persist())


def _repeated(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The hashes that a partition holds more than once; sorted they are found in a third of the time of grouping."""
    hashes = np.sort(np.concatenate([np.empty(0, "int64"), *(batch.column(0).to_numpy() for batch in batches)]))
    yield pa.RecordBatch.from_pydict({"hash": np.unique(hashes[1:][hashes[1:] == hashes[:-1]])})


def _is_small(rows: DataFrame) -> bool:
    # Spark's own estimate, from the sizes of the files; there is no public name for it.
    return rows._jdf.queryExecution().optimizedPlan().stats().sizeInBytes() < SMALL_BYTES


def _grouped(rows: DataFrame) -> DataFrame:
    return rows.groupBy(*rows.columns).agg(F.count(F.lit(1)).alias("copies"))
