"""Names: which buckets and keys there can be, and which file a key is."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from local_aws.s3.errors import S3Error, not_implemented

MAX_KEY_BYTES = 1024
MAX_SEGMENT_BYTES = 255
"""What common file systems hold as one name."""

_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_HADOOP_CHECKSUM = re.compile(r"\..+\.crc")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Address:
    """An object's name and its place in the lake.

    Parameters
    ----------
    bucket, key : str
        As S3 has them.
    root : Path
        The folder of the bucket.
    """

    bucket: str
    key: str
    root: Path

    @property
    def path(self) -> Path:
        """The file of the object, or the folder of a folder marker."""
        return self.root / self.key

    @property
    def is_folder(self) -> bool:
        """Whether the key ends in ``/``: what consoles and Hadoop put to show an empty folder."""
        return self.key.endswith("/")

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
    """Refuse a name that no bucket can have.

    Raises
    ------
    S3Error
        ``InvalidBucketName``.
    """
    if not is_bucket_name(name):
        raise S3Error("InvalidBucketName", "The specified bucket is not valid.", 400, BucketName=name)


def check_key(key: str) -> None:
    """Refuse a key that S3 refuses, or that a file system cannot hold under its own name.

    Raises
    ------
    S3Error
        ``KeyTooLongError`` over 1024 bytes; ``NotImplemented`` for what S3 can hold and a directory cannot.
    """
    size = len(key.encode("utf-8", "replace"))
    if size > MAX_KEY_BYTES:
        raise S3Error("KeyTooLongError", "Your key is too long", 400, Size=str(size), MaxSizeAllowed=str(MAX_KEY_BYTES))
    segments = (key[:-1] if key.endswith("/") else key).split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        raise not_implemented(f"The key {key!r} has a leading '/' or a segment that is empty, '.' or '..'")
    if any(len(segment.encode("utf-8", "replace")) > MAX_SEGMENT_BYTES for segment in segments):
        raise not_implemented(f"The key {key!r} has a segment of more than {MAX_SEGMENT_BYTES} bytes")
    if _CONTROL.search(key) or "\ufffd" in key:
        raise not_implemented(f"The key {key!r} has control characters or is not UTF-8")
    if any(is_hidden(segment) for segment in segments):
        raise not_implemented(f"The key {key!r} is hidden as Hadoop's bookkeeping ('_temporary', '.<name>.crc')")


def refuse_symbolic_links(address: Address) -> None:
    """Refuse a key whose folders are not those of the bucket, so that nothing outside the lake is reached.

    Raises
    ------
    S3Error
        ``AccessDenied``.
    """
    parent = address.path.parent
    if os.path.realpath(parent) != str(parent):
        raise S3Error("AccessDenied", "The key passes through a symbolic link, which is never followed.", 403)
