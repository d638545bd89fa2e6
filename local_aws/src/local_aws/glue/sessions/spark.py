"""The Spark of a session: local, quiet, and with ``s3://`` over the lake directory."""

import os
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from local_aws.glue.sessions.resources import JAVA_VARIABLE, Resources
from local_aws.lake import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SMALL_LAKE = 256 << 20
"""Bytes."""
JVM_OPTIONS = "-XX:+UseSerialGC -XX:ReservedCodeCacheSize=160m -XX:-UsePerfData"
"""One collector thread and no counters file in /tmp: start-up and memory matter more here than throughput."""


def base_settings(resources: Resources, scratch: Path, small: bool) -> dict[str, str]:
    """The Spark settings of a session, in the spirit of those that Glue itself sets.

    A query on a small lake is planned once: to plan each of its stages anew, as Glue does, is a tenth of a batch.
    """
    more = os.environ.get(JAVA_VARIABLE, "")
    return {
        "spark.master": f"local[{resources.cores}]",
        "spark.app.name": "glue-session",
        "spark.driver.memory": f"{resources.memory_mb}m",
        "spark.driver.extraJavaOptions": f"{JVM_OPTIONS} -Djava.io.tmpdir={scratch} {more}",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "spark-warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.adaptive.enabled": str(not small).lower(),
        "spark.sql.shuffle.partitions": str(2 * resources.cores),
        "spark.sql.session.timeZone": "UTC",
        "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
        # To commit is to move from one mount to another.
        "spark.hadoop.fs.viewfs.rename.strategy": "SAME_FILESYSTEM_ACROSS_MOUNTPOINT",
        **{f"spark.hadoop.{name}": value for name, value in S3_SETTINGS.items()},
    }


S3_SETTINGS = {
    f"fs.{scheme}.impl": "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme" for scheme in ("s3", "s3a", "s3n")
} | {
    f"fs.viewfs.overload.scheme.target.{scheme}.impl": "org.apache.hadoop.fs.RawLocalFileSystem"
    for scheme in ("s3", "s3a", "s3n")
}
"""``s3://`` is Hadoop's view file system over plain local files; the raw one, which writes no ``.crc`` files."""
UNCOMMITTED = "linkRegex.^(?<above>.*)/_temporary(?![^/])"
"""A mount of its own for what Hadoop's committer keeps (Apache Hadoop, "ViewFs Guide": Regex Pattern Based Mount)."""


def bucket_mounts(lake: Lake, scratch: Path) -> dict[str, str]:
    """Hadoop settings that mount every bucket of the lake.

    What is not committed yet is in no bucket, as on S3: Hadoop's committer keeps it in ``<output>/_temporary``, and
    takes all that it finds there, be it what another session is writing, or was when it was killed.

    A target keeps the scheme ``s3`` since only then the view file system takes the raw local files as its target.
    """
    return {
        f"fs.viewfs.mounttable.{folder.name}.{link}": f"s3://{target}"
        for folder in bucket_folders(lake)
        for link, target in (("linkFallback", folder), (UNCOMMITTED, f"{scratch}/uncommitted/{folder.name}${{above}}"))
    }


def bucket_folders(lake: Lake) -> list[Path]:
    """The folders of the lake's buckets."""
    return [folder for folder in sorted(lake.root.iterdir()) if folder.is_dir() and not folder.name.startswith(".")]


def is_small(buckets: Iterable[Path]) -> bool:
    """Whether the buckets hold so little that to prepare work takes longer than to do it."""
    files = (path for bucket in buckets for path in bucket.rglob("*") if path.is_file())
    return not any(size > SMALL_LAKE for size in accumulate(path.stat().st_size for path in files))


def start_spark(settings: dict[str, str]) -> "SparkSession":
    """Start the one Spark of this process."""
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    return SparkSession.builder.config(conf=SparkConf().setAll(list(settings.items()))).getOrCreate()


def mount_buckets(spark: "SparkSession", lake: Lake, scratch: Path) -> None:
    """Make the buckets that were created since the last statement readable as ``s3://``."""
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()
    for name, target in bucket_mounts(lake, scratch).items():
        hadoop.set(name, target)


def lost_java(spark: "SparkSession") -> int | None:
    """The exit code of Spark's Java where it is gone, which no statement survives."""
    return spark.sparkContext._gateway.proc.poll()


def stop_spark(spark: "SparkSession") -> None:
    """Stop Spark, which completes its event log, and wait for its Java to end, so that none is left behind."""
    gateway = spark.sparkContext._gateway
    spark.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
