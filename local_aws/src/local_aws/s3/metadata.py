"""The side store: what S3 keeps with an object and a file cannot hold (headers, ETags of uploads in parts)."""

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

DEFAULT_CONTENT_TYPE = "binary/octet-stream"


@dataclass(frozen=True)
class ObjectInfo:
    """What S3 tells about an object besides its bytes.

    Parameters
    ----------
    size : int
        Bytes.
    mtime_ns : int
        Time of the last change, epoch nanoseconds UTC.
    etag : str
        Without its quotes.
    headers : dict
        The stored response headers: ``Content-Type`` and its like, ``x-amz-meta-*``.
    checksums : dict
        Base64, by lower-case algorithm.
    checksum_type : str
        ``FULL_OBJECT`` or ``COMPOSITE``.
    inode : int
        Of a folder marker alone: the folder it was put for, since a folder's time changes with its content.
    """

    size: int
    mtime_ns: int
    etag: str
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": DEFAULT_CONTENT_TYPE})
    checksums: dict[str, str] = field(default_factory=dict)
    checksum_type: str = "FULL_OBJECT"
    inode: int = 0

    def at(self, mtime_ns: int) -> "ObjectInfo":
        """The same of a file with another time."""
        return replace(self, mtime_ns=mtime_ns)

    def describes(self, status: os.stat_result) -> bool:
        """Whether the file is still the one that this was recorded for."""
        if self.inode:
            return self.inode == status.st_ino
        return (self.size, self.mtime_ns) == (status.st_size, status.st_mtime_ns)


def write_json(target: Path, document: object) -> None:
    """Write a small JSON file whole or not at all.

    Not synced to the disk: a record that a power cut loses costs headers, never an object's bytes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(document, stream)
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


class SideStore:
    """Records by bucket and key; a record counts only while its file is the one it was written for.

    Parameters
    ----------
    root : Path
        Folder of the records.
    """

    def __init__(self, root: Path):
        self._root = root

    def _path(self, bucket: str, key: str) -> Path:
        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        return self._root / bucket / digest[:2] / f"{digest}.json"

    def load(self, bucket: str, key: str, status: os.stat_result) -> ObjectInfo | None:
        """What was recorded for the file with this status, if anything."""
        try:
            records = json.loads(self._path(bucket, key).read_text("utf-8"))
        except FileNotFoundError:
            return None
        known = (ObjectInfo(**record) for record in records)
        return next((info for info in known if info.describes(status)), None)

    def save(self, bucket: str, key: str, info: ObjectInfo, previous: ObjectInfo | None = None) -> None:
        """Record ``info``; ``previous`` stays beside it, for the moment until the new file is in its place."""
        records = [asdict(record) for record in (info, previous) if record]
        write_json(self._path(bucket, key), records)

    def forget(self, bucket: str, key: str) -> None:
        """Drop what is recorded for a key."""
        self._path(bucket, key).unlink(missing_ok=True)

    def forget_bucket(self, bucket: str) -> None:
        """Drop what is recorded for a bucket."""
        shutil.rmtree(self._root / bucket, ignore_errors=True)
