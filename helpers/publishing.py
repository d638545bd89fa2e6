"""Write, audit, publish: a table's new version is complete and checked before one catalog update makes it the table.

The sink writes the version to its own prefix and registers it as ``<table>__staged``. `publish` gives the live table
the staged one's storage descriptor with the version that it expects to replace (AWS Glue, "UpdateTable": VersionId),
so that a reader sees the old or the new version, never half of one, and a lost race is an error.
"""

from dataclasses import dataclass
from urllib.parse import urlparse

import boto3
from botocore.exceptions import ClientError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from helpers.errors import AuditFailed, LostRace, NotPublished
from helpers.settings import Settings

STAGED = "__staged"
FINGERPRINT = "stedi.fingerprint"
ROWS = "stedi.rows"
KEPT_VERSIONS = 2
"""How many earlier versions of a table keep their files, for readers in the middle of a query and for a way back."""


@dataclass(frozen=True)
class Audit:
    """One rule that a staged table was held against."""

    rule: str
    expected: object
    found: object

    @property
    def passed(self) -> bool:
        """Whether the rule holds."""
        return self.expected == self.found

    def __str__(self) -> str:
        return f"{'ok  ' if self.passed else 'FAIL'}  {self.rule}: expected {self.expected}, found {self.found}"


def staged_name(table: str) -> str:
    """The catalog name of a table's version that is not published yet."""
    return f"{table}{STAGED}"


def clear_staged(settings: Settings, table: str) -> None:
    """Remove what a failed run left staged, so that the sink starts from nothing."""
    staged = _get_table(settings, staged_name(table))
    if staged:
        boto3.client("glue").delete_table(DatabaseName=settings.database, Name=staged["Name"])
    delete_prefix(settings.staged_location(table))


def write_staged(sink, frame, settings: Settings, table: str) -> None:
    """Write a table's new version beside the published one.

    Parameters
    ----------
    sink : awsglue.data_sink.DataSink
        A Glue S3 sink on `Settings.staged_location` that updates the catalog.
    frame : awsglue.dynamicframe.DynamicFrame
        The rows of the whole table.
    """
    clear_staged(settings, table)
    sink.setCatalogInfo(catalogDatabase=settings.database, catalogTableName=staged_name(table))
    sink.setFormat("glueparquet", compression="snappy")
    sink.writeFrame(frame)
    _register_empty(settings, table, frame.toDF())


def read_staged(spark: SparkSession, settings: Settings, table: str) -> DataFrame:
    """The rows of the version that this run staged, read back from where the catalog says they are."""
    staged = _get_table(settings, staged_name(table))
    if not staged:
        raise AuditFailed(f"{staged_name(table)} is not in the catalog: the sink registered nothing.")
    return _read(spark, staged)


def read_table(spark: SparkSession, settings: Settings, table: str) -> DataFrame:
    """The rows of a published table, from where the catalog says they are.

    Raises
    ------
    NotPublished
        If there is no such table yet.
    """
    live = _get_table(settings, table)
    if not live:
        raise NotPublished(f"{settings.database}.{table} is not published yet: run the steps before this one first.")
    return _read(spark, live)


def _read(spark: SparkSession, table: dict) -> DataFrame:
    """Read a table's files; one without files has no rows, and the columns that the catalog names."""
    storage = table["StorageDescriptor"]
    if list_keys(storage["Location"]):
        return spark.read.parquet(storage["Location"])
    return spark.createDataFrame([], ", ".join(f"`{column['Name']}` {column['Type']}" for column in storage["Columns"]))


def _register_empty(settings: Settings, table: str, rows: DataFrame) -> None:
    """Register a staged version without rows, where the sink saw no row and so registered nothing.

    A table that loses its last row (everybody withdrew) must be published as an empty one, not stay as it was.
    """
    if _get_table(settings, staged_name(table)):
        return
    parquet = "org.apache.hadoop.hive.ql.io.parquet"
    storage = {
        "Columns": [{"Name": name, "Type": kind} for name, kind in rows.dtypes],
        "Location": settings.staged_location(table),
        "InputFormat": f"{parquet}.MapredParquetInputFormat",
        "OutputFormat": f"{parquet}.MapredParquetOutputFormat",
        "SerdeInfo": {"SerializationLibrary": f"{parquet}.serde.ParquetHiveSerDe"},
    }
    boto3.client("glue").create_table(
        DatabaseName=settings.database,
        TableInput={
            "Name": staged_name(table),
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": storage,
            "Parameters": {"classification": "parquet"},
        },
    )


def audit_staged(staged: DataFrame, table: str, kept: int, required: list[str], unique: tuple[str, ...] = ()) -> None:
    """Hold a staged table against its contract, print each rule, and refuse it if one is broken.

    Parameters
    ----------
    staged : DataFrame
        What `read_staged` read back.
    kept : int
        How many rows the accounting says were kept.
    required : list of str
        Columns that are never null.
    unique : tuple of str
        Columns that no two rows share (the grain).

    Raises
    ------
    AuditFailed
        Naming the rule, what was expected and what was found. Nothing was published; the staged rows stay for a look.
    """
    nulls = [F.count_if(F.col(name).isNull()).alias(name) for name in required]
    groups = [F.count_distinct(*(F.col(name) for name in unique)).alias("groups")] if unique else []
    counted = staged.agg(F.count(F.lit(1)).alias("rows"), *nulls, *groups).first().asDict()
    audits = [Audit("rows staged = rows kept", kept, counted["rows"])]
    audits += [Audit(f"{name} is never null", 0, counted[name]) for name in required]
    if unique:
        audits.append(Audit(f"one row per {', '.join(unique)}", counted["rows"], counted["groups"]))
    print("\n".join(str(audit) for audit in audits))
    broken = [audit for audit in audits if not audit.passed]
    if broken:
        raise AuditFailed(f"{table} was not published: " + "; ".join(str(audit) for audit in broken))


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
    LostRace
        If the table changed after it was looked at; nothing was overwritten.
    """
    rows = read_staged(spark, settings, table)
    mark, count = fingerprint(rows)
    live, staged = _get_table(settings, table), _get_table(settings, staged_name(table))
    if live and live.get("Parameters", {}).get(FINGERPRINT) == mark:
        print(f"{table}: {count:,} rows, unchanged; the published version stays.")
        clear_staged(settings, table)
    else:
        _repoint(settings, table, live, staged, {FINGERPRINT: mark, ROWS: str(count)})
        boto3.client("glue").delete_table(DatabaseName=settings.database, Name=staged["Name"])
        print(f"{table}: {count:,} rows, published from run {settings.run_id}.")
    remove_old_versions(settings, table)
    return count


def _repoint(settings: Settings, table: str, live: dict | None, staged: dict, marks: dict[str, str]) -> None:
    glue = boto3.client("glue")
    definition = {
        "Name": table,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": staged["StorageDescriptor"],
        "PartitionKeys": staged.get("PartitionKeys", []),
        "Parameters": {**staged.get("Parameters", {}), **marks},
    }
    try:
        if live:
            glue.update_table(DatabaseName=settings.database, TableInput=definition, VersionId=live["VersionId"])
        else:
            glue.create_table(DatabaseName=settings.database, TableInput=definition)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ConcurrentModificationException", "AlreadyExistsException"):
            raise LostRace(
                f"{table} was published by somebody else meanwhile; this version stays in {staged['Name']}. Run again."
            ) from error
        raise


def remove_old_versions(settings: Settings, table: str) -> None:
    """Delete the files of versions older than the last ``KEPT_VERSIONS``, and those that failed runs left behind."""
    glue, location = boto3.client("glue"), settings.location(table)
    pages = glue.get_paginator("get_table_versions").paginate(DatabaseName=settings.database, TableName=table)
    history = sorted((version for page in pages for version in page["TableVersions"]), key=_version_number)
    places = [version["Table"]["StorageDescriptor"]["Location"] for version in reversed(history)]
    kept = list(dict.fromkeys(places))[: KEPT_VERSIONS + 1]
    staged = _get_table(settings, staged_name(table))
    kept += [staged["StorageDescriptor"]["Location"]] if staged else []
    for prefix in _list_versions(location):
        if prefix not in kept:
            delete_prefix(prefix)


def _version_number(version: dict) -> int:
    return int(version["VersionId"])


def _list_versions(location: str) -> list[str]:
    bucket, prefix = _split(location)
    places = {key.removeprefix(prefix).split("/")[0] for key in list_keys(location)}
    return [f"s3://{bucket}/{prefix}{place}/" for place in sorted(places) if place.startswith("run=")]


def list_keys(location: str) -> list[str]:
    """The keys of every object under an ``s3://`` prefix."""
    bucket, prefix = _split(location)
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def delete_prefix(location: str) -> None:
    """Delete every object under an ``s3://`` prefix."""
    keys, limit = list_keys(location), 1000  # AWS S3, "DeleteObjects": at most 1,000 keys a request
    for start in range(0, len(keys), limit):
        batch = [{"Key": key} for key in keys[start : start + limit]]
        boto3.client("s3").delete_objects(Bucket=_split(location)[0], Delete={"Objects": batch, "Quiet": True})


def _split(location: str) -> tuple[str, str]:
    parts = urlparse(location)
    return parts.netloc, parts.path.lstrip("/")


def _get_table(settings: Settings, name: str) -> dict | None:
    try:
        return boto3.client("glue").get_table(DatabaseName=settings.database, Name=name)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return None
        raise
