"""A version of a table that is not the table yet: written whole, and registered as ``<table>__staged``."""

import itertools

import boto3
from pyspark.sql import DataFrame, SparkSession

from helpers.errors import AuditFailed, LostRace, NotPublished
from helpers.publishing.catalog import delete_table, get_table, get_versions, location_of
from helpers.publishing.objects import delete_prefix, list_keys
from helpers.settings import Settings

STAGED = "__staged"


def staged_name(table: str) -> str:
    """The catalog name of a table's version that is not published yet."""
    return f"{table}{STAGED}"


def staged_location(settings: Settings, table: str) -> str:
    """The ``s3://`` prefix for the version that this run writes: ``run=<run_id>/``, which no version has yet.

    A run id that comes again (a job that is tried again, a notebook whose cells are run twice) gets ``run=<run_id>.2/``
    and so on: the files of a published version are never written over.
    """
    taken = {location_of(version) for version in get_versions(settings.database, table)}
    first = settings.run_location(table)
    others = (f"{first.rstrip('/')}.{attempt}/" for attempt in itertools.count(2))
    return next(place for place in itertools.chain([first], others) if place not in taken)


def clear_staged(settings: Settings, table: str) -> None:
    """Remove what a run left staged, this one or one that failed, so that the sink starts from nothing."""
    staged = get_table(settings.database, staged_name(table))
    places = {staged_location(settings, table)}
    if staged:
        published = {location_of(version) for version in get_versions(settings.database, table)}
        places |= {location_of(staged)} - published
        delete_table(settings.database, staged["Name"])
    for place in places:
        delete_prefix(place)


def write_staged(sink, frame, settings: Settings, table: str) -> None:
    """Write a table's new version beside the published one.

    Parameters
    ----------
    sink : awsglue.data_sink.DataSink
        A Glue S3 sink on `staged_location` that updates the catalog.
    frame : awsglue.dynamicframe.DynamicFrame
        The rows of the whole table.
    """
    clear_staged(settings, table)
    sink.setCatalogInfo(catalogDatabase=settings.database, catalogTableName=staged_name(table))
    sink.setFormat("glueparquet", compression="snappy")
    sink.writeFrame(frame)
    _register_empty(settings, table, frame.toDF())


def get_staged(settings: Settings, table: str) -> dict:
    """The catalog's entry of the version that this run staged.

    Raises
    ------
    AuditFailed
        If there is none.
    LostRace
        If another run has staged its own meanwhile.
    """
    staged = get_table(settings.database, staged_name(table))
    if not staged:
        raise AuditFailed(f"{staged_name(table)} is not in the catalog: the sink registered nothing.")
    if location_of(staged) != staged_location(settings, table):
        raise LostRace(f"{staged_name(table)} is another run's by now ({location_of(staged)}): nothing was published.")
    return staged


def read_staged(spark: SparkSession, settings: Settings, table: str) -> DataFrame:
    """The rows of the version that this run staged, read back from where the catalog says they are."""
    return read_version(spark, get_staged(settings, table))


def read_table(spark: SparkSession, settings: Settings, table: str) -> DataFrame:
    """The rows of a published table, from where the catalog says they are.

    Raises
    ------
    NotPublished
        If there is no such table yet.
    """
    live = get_table(settings.database, table)
    if not live:
        raise NotPublished(f"{settings.database}.{table} is not published yet: run the steps before this one first.")
    return read_version(spark, live)


def read_version(spark: SparkSession, table: dict) -> DataFrame:
    """Read the files of a table or a version; one without files has no rows, and the columns that the catalog names."""
    storage = table["StorageDescriptor"]
    if list_keys(location_of(table)):
        return spark.read.parquet(storage["Location"])
    return spark.createDataFrame([], ", ".join(f"`{column['Name']}` {column['Type']}" for column in storage["Columns"]))


def _register_empty(settings: Settings, table: str, rows: DataFrame) -> None:
    """Register a staged version without rows, where the sink saw no row and so registered nothing.

    A table that loses its last row (everybody withdrew) must be published as an empty one, not stay as it was.
    """
    if get_table(settings.database, staged_name(table)):
        return
    parquet = "org.apache.hadoop.hive.ql.io.parquet"
    storage = {
        "Columns": [{"Name": name, "Type": kind} for name, kind in rows.dtypes],
        "Location": staged_location(settings, table),
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
