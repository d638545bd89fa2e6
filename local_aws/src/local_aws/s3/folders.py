"""Names and places: which buckets and keys there can be, which file a key is, and the folders above it.

The contract with whoever writes files to the lake directly (Spark does, through Hadoop's file systems):

- ``s3://bucket/a/b`` is the file ``<lake>/bucket/a/b``; a folder alone is no object, as S3 has no folders.
- A key that ends in ``/`` (a folder marker, an object like any other) is a file in the folder of that name:
  ``s3://bucket/a/b/`` is ``<lake>/bucket/a/b/..crc``. Hadoop takes that name for a checksum, of a file that cannot
  exist, so that Spark and Hadoop list a marker as little as S3A does; they move and remove it with its folder.
- ``_temporary`` and ``.<name>.crc`` are Hadoop's bookkeeping and no objects: on AWS they would not be in a bucket.
"""

import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local_aws.s3.errors import S3Error, no_such_bucket, not_implemented

MARKER = "..crc"
"""The file that a key ending in ``/`` is, within the folder of that name."""
MAX_KEY_BYTES = 1024
MAX_SEGMENT_BYTES = 255
"""What common file systems hold as one name."""
ATTEMPTS = 50
"""How often a folder is made again that a concurrent delete took away as empty."""

_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_HADOOP_CHECKSUM = re.compile(r"\..*\.crc")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Address:
    """An object's bucket and key as S3 has them, and the folder of the bucket."""

    bucket: str
    key: str
    root: Path

    @property
    def path(self) -> Path:
        """The file of the object."""
        return self.root / self.key / MARKER if self.key.endswith("/") else self.root / self.key

    @property
    def hadoop_checksum(self) -> Path:
        """The ``.crc`` file that Hadoop keeps beside a file that it wrote."""
        return self.path.with_name(f".{self.path.name}.crc")


def is_bucket_name(name: str) -> bool:
    """Whether S3 allows a bucket this name ("General purpose bucket naming rules")."""
    return bool(_BUCKET.fullmatch(name)) and ".." not in name and not name.endswith(_RESERVED_SUFFIXES)


def is_hidden(name: str) -> bool:
    """Whether a file or folder is Hadoop's bookkeeping, which a Spark job on AWS would not leave in a bucket."""
    return name == "_temporary" or bool(_HADOOP_CHECKSUM.fullmatch(name))


def check_bucket_name(name: str) -> None:
    """Refuse a name that no bucket can have, by ``InvalidBucketName``."""
    if not is_bucket_name(name):
        raise S3Error("InvalidBucketName", "The specified bucket is not valid.", 400, BucketName=name)


def check_key(key: str) -> None:
    """Refuse a key that S3 refuses, or that a file system cannot hold under its own name.

    Raises ``KeyTooLongError`` over 1024 bytes; ``NotImplemented`` for what S3 can hold and a directory cannot.
    """
    size = len(key.encode("utf-8", "replace"))
    if size > MAX_KEY_BYTES:
        raise S3Error("KeyTooLongError", "Your key is too long", 400, Size=str(size), MaxSizeAllowed=str(MAX_KEY_BYTES))
    segments = key.removesuffix("/").split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        raise not_implemented(f"The key {key!r} has a leading '/' or a segment that is empty, '.' or '..'")
    if any(len(segment.encode("utf-8", "replace")) > MAX_SEGMENT_BYTES for segment in segments):
        raise not_implemented(f"The key {key!r} has a segment of more than {MAX_SEGMENT_BYTES} bytes")
    if _CONTROL.search(key) or "\ufffd" in key:
        raise not_implemented(f"The key {key!r} has control characters or is not UTF-8")
    if any(is_hidden(segment) for segment in segments):
        raise not_implemented(f"The key {key!r} is hidden as Hadoop's bookkeeping ('_temporary', '.<name>.crc')")


def refuse_symbolic_links(address: Address) -> None:
    """Refuse by ``AccessDenied`` a key whose folders are not those of the bucket: nothing outside it is reached."""
    parent = address.path.parent
    if os.path.realpath(parent) != str(parent):
        raise S3Error("AccessDenied", "The key passes through a symbolic link, which is never followed.", 403)


def place(draft: Path, address: Address) -> None:
    """Put a finished file in its place, whole, making the folders above it.

    Raises ``NotImplemented`` where a file stands in the way of a folder or a folder in the way of the file;
    ``NoSuchBucket`` if the bucket went away.
    """
    for _ in range(ATTEMPTS):
        try:
            _make_parent(address)
            return os.replace(draft, address.path)
        except FileNotFoundError:  # the bucket went away, or somebody removed the folder as empty
            if not address.root.is_dir():
                break
        except (NotADirectoryError, FileExistsError, IsADirectoryError) as error:
            raise not_implemented(
                f"The key {address.key!r} cannot be stored, for the lake directory holds a file where the key needs a "
                "folder, or a folder where it needs a file: an object and, under the same name, the prefix of another"
            ) from error
    raise no_such_bucket(address.bucket)


def _make_parent(address: Address) -> None:
    refuse_symbolic_links(address)
    # The bucket's own folder must not come back: it may have been deleted in the meantime.
    for parent in reversed(address.path.relative_to(address.root).parents[:-1]):
        path = address.root / parent
        try:
            path.mkdir()
        except FileExistsError:
            if not stat.S_ISDIR(path.lstat().st_mode):
                raise


def remove_empty_folders_above(address: Address) -> None:
    """Remove the folders that held nothing but the object which was deleted: they are no objects."""
    for folder in address.path.parents:
        if folder == address.root:
            return
        try:
            folder.rmdir()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:  # not empty: the folders above are not either
            return


def remove_empty_folders(path: Path) -> None:
    """Remove a folder and those below it, as far as they hold nothing."""
    for folder, _, _ in os.walk(path, topdown=False):
        with suppress(OSError):  # not empty, or gone: both are what was asked
            os.rmdir(folder)
