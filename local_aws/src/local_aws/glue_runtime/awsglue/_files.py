"""Which files stand behind ``s3://`` paths, by the mounts of the session's Spark."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pyspark import SparkContext


@dataclass(frozen=True)
class SourceFile:
    """A file of a source: its ``s3://`` address, and where it lies on this machine."""

    address: str
    local: str

    @property
    def pattern(self) -> str:
        """The pattern of Hadoop's that means this file alone: a key may hold what is special there."""
        return re.sub(r"[\[\]{}*?\\]", r"\\\g<0>", self.address)


def list_files(context: SparkContext, paths: Iterable[str], recurse: bool, hidden: bool) -> list[SourceFile]:
    """The files under the paths that are not empty, in order of name; ``hidden``: those that Spark passes over too.

    AWS has an option to exclude files ("Amazon S3 connections", exclusions), and does not say that Glue's own reader
    hides any whose name begins with ``_`` or ``.``. A path with nothing under it gives no file and no error.
    """
    found: list[SourceFile] = []
    for path in paths:
        bucket, key = split_address(path)
        root = bucket_folder(context, bucket)
        start = os.path.join(root, key)
        names = [start] if os.path.isfile(start) else _walk(start, recurse, hidden)
        found += [SourceFile(f"s3://{bucket}/{os.path.relpath(name, root)}", name) for name in names]
    return found


def split_address(path: str) -> tuple[str, str]:
    """Bucket and key of an ``s3://`` path."""
    # No urlsplit: to it a question mark ends the path.
    scheme, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme not in ("s3", "s3a", "s3n") or not bucket:
        raise ValueError(f"{path} is not an s3://bucket/key path")
    return bucket, key.lstrip("/")


def bucket_folder(context: SparkContext, bucket: str) -> str:
    """The folder that Spark has mounted as the bucket; with S3's message, FileNotFoundError where there is none."""
    mount = context._jsc.hadoopConfiguration().get(f"fs.viewfs.mounttable.{bucket}.linkFallback")
    folder = (mount or "").removeprefix("s3://")
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"The specified bucket does not exist (NoSuchBucket): {bucket}")
    return folder


def _walk(start: str, recurse: bool, hidden: bool) -> list[str]:
    names: list[str] = []
    for folder, folders, files in os.walk(start):
        folders[:] = sorted(name for name in folders if recurse and _is_read(name, hidden))
        names += [os.path.join(folder, name) for name in sorted(files) if _is_read(name, hidden)]
    return [name for name in names if os.path.getsize(name)]


def _is_read(name: str, hidden: bool) -> bool:
    """Hadoop's own bookkeeping is never read: on AWS it would not be in the bucket."""
    if not hidden:
        return not name.startswith(("_", "."))
    return name != "_temporary" and not (name.startswith(".") and name.endswith(".crc"))
