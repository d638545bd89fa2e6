"""What S3 keeps of an object and a file cannot hold: headers, ETags that are no MD5, and the versions before."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from local_aws.lake import write_whole
from local_aws.profile import ACCOUNT, REGION

DEFAULT_CONTENT_TYPE = "binary/octet-stream"
KMS_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-4000-8000-000000000001"
"""The key of buckets that are encrypted with SSE-KMS."""


@dataclass(frozen=True)
class ObjectInfo:
    """What S3 tells about an object (a version of it, a delete marker) besides its bytes."""

    size: int
    mtime_ns: int  # epoch nanoseconds UTC
    etag: str  # without its quotes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": DEFAULT_CONTENT_TYPE})
    checksums: dict[str, str] = field(default_factory=dict)  # Base64, by lower-case algorithm
    checksum_type: str = "FULL_OBJECT"  # or COMPOSITE
    kms: bool | None = None  # encrypted with SSE-KMS; None until the bucket's default decides
    version_id: str = ""  # empty for what was written while the bucket was not versioned
    deleted: bool = False  # a delete marker

    @property
    def version(self) -> str:
        """The version's id as S3 names it."""
        return self.version_id or "null"

    def describes(self, status: os.stat_result) -> bool:
        """Whether the file is still the one that this was recorded for."""
        return (self.size, self.mtime_ns) == (status.st_size, status.st_mtime_ns)

    def answered(self) -> dict[str, str]:
        """The headers of an answer about what was read or written."""
        version = {"x-amz-version-id": self.version_id} if self.version_id else {}
        return {**encryption_headers(self.kms), **version}


def encryption_headers(kms: bool | None) -> dict[str, str]:
    """How S3 says that something is encrypted: with SSE-KMS, or as everything is."""
    if not kms:
        return {"x-amz-server-side-encryption": "AES256"}
    return {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": KMS_KEY}


def write_json(target: Path, document: object) -> None:
    """Write a small JSON file whole or not at all.

    Not synced to the disk: a record that a power cut loses costs headers, never an object's bytes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, json.dumps(document), durable=False)


def read_json(source: Path) -> Any:
    """Read a JSON file, None where there is none."""
    try:
        return json.loads(source.read_text("utf-8"))
    except FileNotFoundError:
        return None


def _info(record: dict[str, Any]) -> ObjectInfo:
    # A lake of an earlier version has a field that there no longer is.
    return ObjectInfo(**{field.name: record[field.name] for field in fields(ObjectInfo) if field.name in record})


class _ByKey:
    """A place for each key below a folder for each bucket."""

    def __init__(self, root: Path):
        self._root = root

    def _path(self, bucket: str, key: str) -> Path:
        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        return self._root / bucket / digest[:2] / digest

    def forget_bucket(self, bucket: str) -> None:
        """Drop what is kept for a bucket."""
        shutil.rmtree(self._root / bucket, ignore_errors=True)


class Records(_ByKey):
    """Records of the present objects; a record counts only while its file is the one it was written for."""

    def _path(self, bucket: str, key: str) -> Path:
        return super()._path(bucket, key).with_suffix(".json")

    def load(self, bucket: str, key: str, status: os.stat_result) -> ObjectInfo | None:
        """What was recorded for the file with this status, if anything."""
        known = map(_info, read_json(self._path(bucket, key)) or ())
        return next((info for info in known if info.describes(status)), None)

    def save(self, bucket: str, key: str, info: ObjectInfo, previous: ObjectInfo | None = None) -> None:
        """Record ``info``; ``previous`` stays beside it, for the moment until the new file is in its place."""
        write_json(self._path(bucket, key), [asdict(record) for record in (info, previous) if record])

    def forget(self, bucket: str, key: str) -> None:
        """Drop what is recorded for a key."""
        self._path(bucket, key).unlink(missing_ok=True)


class Versions(_ByKey):
    """Delete markers, and the versions that something was written over or that a marker hides.

    Where a write was killed half-way, a version is kept here and is the present object too: the latter counts.
    """

    def _record(self, bucket: str, key: str, version: str) -> Path:
        return self._path(bucket, key) / f"{version}.json"

    def path(self, bucket: str, key: str, version: str) -> Path:
        """The file of a version's bytes."""
        return self._path(bucket, key) / version

    def keep(self, bucket: str, key: str, info: ObjectInfo, file: Path | None = None) -> None:
        """Keep a version, whose bytes are those of ``file``, or a delete marker, which has none."""
        content = self.path(bucket, key, info.version)
        content.parent.mkdir(parents=True, exist_ok=True)
        content.unlink(missing_ok=True)
        if file:
            os.link(file, content)
        write_json(self._record(bucket, key, info.version), {"key": key, "info": asdict(info)})

    def drop(self, bucket: str, key: str, version: str) -> None:
        """Forget a version, if it is kept."""
        self._record(bucket, key, version).unlink(missing_ok=True)
        self.path(bucket, key, version).unlink(missing_ok=True)
        with suppress(OSError):  # other versions are kept, or none ever was
            self._path(bucket, key).rmdir()

    def of_key(self, bucket: str, key: str) -> list[ObjectInfo]:
        """What is kept of a key, newest first."""
        return [info for _, info in _newest_first(self._path(bucket, key).glob("*.json"))]

    def of_bucket(self, bucket: str) -> list[tuple[str, ObjectInfo]]:
        """What is kept of a bucket, with its keys, newest first."""
        return _newest_first((self._root / bucket).glob("*/*/*.json"))

    def has_been_versioned(self, bucket: str) -> bool:
        """Whether something was ever kept of a bucket."""
        return (self._root / bucket).exists()


def _newest_first(files: Iterable[Path]) -> list[tuple[str, ObjectInfo]]:
    documents = filter(None, map(read_json, files))
    found = [(document["key"], _info(document["info"])) for document in documents]
    return sorted(found, key=lambda item: -item[1].mtime_ns)
