"""Which files stand behind ``s3://`` paths, read from the mounts of the session's Spark."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pyspark import SparkContext


@dataclass(frozen=True)
class SourceFile:
    """A file of a source: its ``s3://`` address, and where it lies on this machine."""

    address: str
    local: str


def list_files(context: SparkContext, paths: Iterable[str], recurse: bool) -> list[SourceFile]:
    """The files under the paths, in order of name; names that begin with ``_`` or ``.`` are passed over.

    A path with nothing under it gives no file and no error, as on Glue.
    """
    found: list[SourceFile] = []
    for path in paths:
        bucket, key = split_address(path)
        root = bucket_folder(context, bucket)
        start = os.path.join(root, key)
        names = [start] if os.path.isfile(start) else _walk(start, recurse)
        found += [SourceFile(f"s3://{bucket}/{os.path.relpath(name, root)}", name) for name in names]
    return found


def split_address(path: str) -> tuple[str, str]:
    """Bucket and key of an ``s3://`` path."""
    parts = urlsplit(path, allow_fragments=False)
    if parts.scheme not in ("s3", "s3a", "s3n") or not parts.netloc:
        raise ValueError(f"{path} is not an s3://bucket/key path")
    return parts.netloc, parts.path.lstrip("/")


def bucket_folder(context: SparkContext, bucket: str) -> str:
    """The folder that Spark has mounted as the bucket.

    Raises
    ------
    FileNotFoundError
        With S3's message, where there is no such bucket.
    """
    mount = context._jsc.hadoopConfiguration().get(f"fs.viewfs.mounttable.{bucket}.linkFallback")
    folder = urlsplit(mount, allow_fragments=False).path if mount else ""
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"The specified bucket does not exist (NoSuchBucket): {bucket}")
    return folder


def _walk(start: str, recurse: bool) -> list[str]:
    names: list[str] = []
    for folder, folders, files in os.walk(start):
        folders[:] = sorted(name for name in folders if recurse and not name.startswith(("_", ".")))
        names += [os.path.join(folder, name) for name in sorted(files) if not name.startswith(("_", "."))]
    return names
