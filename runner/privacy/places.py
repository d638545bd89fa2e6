"""What a run made and people read: the machine-learning table, the reports, the run records, Spark's event logs."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import boto3
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.publishing.catalog import get_table, location_of
from helpers.publishing.objects import split_uri

PAGES = (".html", ".ipynb", ".json", ".svg", ".txt", ".log")


@dataclass(frozen=True)
class Place:
    """One text to look through.

    Parameters
    ----------
    name : str
        What to call it in an error.
    text : str
        What it says; of a Parquet file its schema and its strings.
    is_log : bool
        Whether it is Spark's own log, full of words that are Spark's.
    """

    name: str
    text: str
    is_log: bool = False


def report_places(folder: Path) -> Iterator[Place]:
    """The pages, notebooks and documents of one report."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in PAGES:
            yield Place(f"{folder.name}/{path.relative_to(folder)}", path.read_text("utf-8", "replace"))


def bucket_places(bucket: str, run_id: str, since: datetime) -> Iterator[Place]:
    """The records of one run, and the event logs that were written to since it began."""
    for item in _objects(bucket, f"runs/{run_id}/"):
        yield Place(item["Key"], _read(bucket, item["Key"]).decode("utf-8", "replace"))
    for item in _objects(bucket, "sparkHistoryLogs/"):
        if item["LastModified"] >= since:
            yield Place(item["Key"], _read(bucket, item["Key"]).decode("utf-8", "replace"), is_log=True)


def curated_places(database: str) -> Iterator[Place]:
    """The files of ``machine_learning_curated`` as it is published: names of columns, metadata and every string."""
    table = get_table(database, "machine_learning_curated")
    if not table:
        return
    bucket, prefix = split_uri(location_of(table))
    for item in _objects(bucket, prefix):
        file = pq.ParquetFile(io.BytesIO(_read(bucket, item["Key"])))
        strings = [field.name for field in file.schema_arrow if not _is_number(field.type)]
        values: set[str] = set()
        for batch in file.iter_batches(columns=strings):
            for column in batch.columns:
                values.update(map(str, column.unique().to_pylist()))
        yield Place(item["Key"], "\n".join([str(file.schema_arrow), str(file.metadata.metadata), *values]))


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)


def _objects(bucket: str, prefix: str) -> Iterator[dict]:
    for page in boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def _read(bucket: str, key: str) -> bytes:
    return boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
