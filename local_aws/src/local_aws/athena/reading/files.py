"""The files of a table: what an S3 listing under its location would let Athena read."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_aws.athena.failure import QueryFailed
from local_aws.lake import Lake


@dataclass(frozen=True)
class DataFile:
    """One object of a table: its S3 address and the file that holds it."""

    uri: str
    path: Path
    size: int
    modified_ns: int


def list_data_files(lake: Lake, location: str) -> list[DataFile]:
    """List the objects under a table's location at any depth, without hidden and empty ones.

    Names that begin with ``_`` or ``.`` are hidden at every level ("Table location in Amazon S3").
    """
    bucket, prefix = split_uri(location)
    root = lake.bucket(bucket)
    if not root.is_dir():
        raise QueryFailed(
            "HIVE_FILESYSTEM_ERROR", f"The specified bucket does not exist (Bucket: {bucket}; NoSuchBucket)"
        )
    start = root / prefix
    if not start.resolve().is_relative_to(root.resolve()):
        raise QueryFailed("HIVE_FILESYSTEM_ERROR", f"The table location {location} is no S3 prefix.")
    return sorted(_walk(start, f"s3://{bucket}/{prefix}".rstrip("/")), key=lambda file: file.uri)


def _walk(folder: Path, uri: str) -> Iterator[DataFile]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(("_", ".")):
                continue
            if entry.is_dir():
                yield from _walk(Path(entry.path), f"{uri}/{entry.name}")
                continue
            status = entry.stat()
            if not status.st_size:
                continue
            yield DataFile(f"{uri}/{entry.name}", Path(entry.path), status.st_size, status.st_mtime_ns)


def split_uri(uri: str) -> tuple[str, str]:
    """Split ``s3://bucket/key`` into its bucket and key."""
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme not in {"s3", "s3a", "s3n"} or not bucket:
        raise QueryFailed("HIVE_FILESYSTEM_ERROR", f"{uri} is no S3 location.")
    return bucket, key
