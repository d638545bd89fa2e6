"""Files of the lake as objects: found, opened, and with what S3 knows about them.

Source of the rules: "Object" (ETag) in the Amazon S3 API Reference, "Retrieving object versions from a
versioning-enabled bucket" in the Amazon S3 User Guide.
"""

import os
import secrets
import shutil
import stat
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from local_aws.lake import Lake
from local_aws.s3.checksums import Tally, copy_bytes
from local_aws.s3.errors import S3Error, no_such_bucket, no_such_key, no_such_version
from local_aws.s3.folders import Address, check_bucket_name, check_key, refuse_symbolic_links
from local_aws.s3.records import ObjectInfo, Records, Versions
from local_aws.s3.uploads import Uploads
from local_aws.unkind import Unkind, read_unkind


@dataclass(frozen=True)
class OpenObject:
    """An object opened for reading: its bytes stay the same, whatever happens to the key meanwhile."""

    info: ObjectInfo
    stream: BinaryIO


class Objects:
    """Objects of a lake, as they are read.

    One endpoint process serves a lake; other processes (Spark) may read and write the files beside it.
    """

    def __init__(self, lake: Lake):
        self.lake = lake
        self.state = lake.state / "s3"
        self.records = Records(self.state / "objects")
        self.versions = Versions(self.state / "versions")
        self.uploads = Uploads(self.state / "uploads")
        self._drafts = self.state / "drafts"
        # What a killed endpoint left half-written.
        shutil.rmtree(self._drafts, ignore_errors=True)
        self._drafts.mkdir(parents=True, exist_ok=True)
        self._locks = [threading.RLock() for _ in range(64)]

    def _lock(self, address: Address) -> threading.RLock:
        return self._locks[zlib.crc32(f"{address.bucket}/{address.key}".encode("utf-8", "replace")) % len(self._locks)]

    @property
    def unkind(self) -> Unkind:
        """How the buckets are set up at this moment."""
        return read_unkind(self.lake)

    def bucket(self, name: str) -> Path:
        """The folder of a bucket that exists; raises ``NoSuchBucket`` (or ``InvalidBucketName``) else."""
        check_bucket_name(name)
        path = self.lake.bucket(name)
        if path.is_symlink() or not path.is_dir():
            raise no_such_bucket(name)
        return path

    def address(self, bucket: str, key: str) -> Address:
        """The place of a key in a bucket that exists; raises for keys that cannot be (see `check_key`)."""
        root = self.bucket(bucket)
        check_key(key)
        return Address(bucket, key, root)

    @contextmanager
    def draft(self) -> Iterator[BinaryIO]:
        """A new file outside every bucket, gone at the end unless `publish` moved it into its place."""
        path = self._drafts / secrets.token_hex(16)
        try:
            with path.open("xb") as stream:
                yield stream
        finally:
            path.unlink(missing_ok=True)

    def open(self, address: Address, version: str | None = None) -> OpenObject:
        """Open an object, or a version of it, for reading.

        Raises ``NoSuchKey``, ``NoSuchVersion``, ``MethodNotAllowed`` for a delete marker, ``AccessDenied`` for a link.
        """
        present = self._open_present(address)
        if present and version in (None, present.info.version):
            return present
        if present:
            present.stream.close()
        if version is None:
            newest = next(iter(self.versions.of_key(address.bucket, address.key)), None)
            raise no_such_key(address.key, marker_headers(newest) if newest and newest.deleted else None)
        return self._open_kept(address, version)

    def present(self, address: Address) -> ObjectInfo | None:
        """What S3 tells about the present object, if there is one. Raises ``AccessDenied`` as `open` does."""
        opened = self._open_present(address)
        if opened:
            opened.stream.close()
        return opened.info if opened else None

    def _open_present(self, address: Address) -> OpenObject | None:
        with self._lock(address):
            stream = _open_file(address)
            if stream is None:
                return None
            status = os.fstat(stream.fileno())
            info = self.records.load(address.bucket, address.key, status)
        return OpenObject(info or self._measure(address, stream, status), stream)

    def _open_kept(self, address: Address, version: str) -> OpenObject:
        for info in self.versions.of_key(address.bucket, address.key):
            if info.version == version and info.deleted:
                message = "The specified method is not allowed against this resource."
                raise S3Error("MethodNotAllowed", message, 405, marker_headers(info), ResourceType="DeleteMarker")
            if info.version == version:
                with suppress(FileNotFoundError):  # deleted meanwhile
                    return OpenObject(info, self.versions.path(address.bucket, address.key, version).open("rb"))
        raise no_such_version(address.key, version)

    def _measure(self, address: Address, stream: BinaryIO, status: os.stat_result) -> ObjectInfo:
        """Find the ETag of a file that was not written through S3, and keep it."""
        tally = Tally()
        copy_bytes(stream, None, status.st_size, tally)
        info = self._encrypted(ObjectInfo(status.st_size, status.st_mtime_ns, tally.etag))
        stream.seek(0)
        with self._lock(address), suppress(FileNotFoundError, NotADirectoryError):
            # Another reader may have kept its own meanwhile, and an ETag that is no MD5 is found only once.
            known = self.records.load(address.bucket, address.key, status)
            # Only where the key still is this file: a newer one has a record of its own by now.
            unchanged = info.describes(os.fstat(stream.fileno())) and os.path.samestat(address.path.lstat(), status)
            if known is None and unchanged:
                self.records.save(address.bucket, address.key, info)
            return known or info
        return info

    def _encrypted(self, info: ObjectInfo) -> ObjectInfo:
        """The same as the bucket's default encryption has it: with SSE-KMS, an ETag says nothing of the content."""
        kms = self.unkind.sse_kms if info.kms is None else info.kms
        return replace(info, kms=kms, etag=opaque_etag(info.etag) if kms else info.etag)

    def _recorded(self, address: Address) -> ObjectInfo | None:
        with suppress(FileNotFoundError, NotADirectoryError):
            return self.records.load(address.bucket, address.key, address.path.lstat())
        return None


def marker_headers(marker: ObjectInfo) -> dict[str, str]:
    """The answer's headers where a delete marker was met or made."""
    return {"x-amz-delete-marker": "true", "x-amz-version-id": marker.version}


def opaque_etag(etag: str) -> str:
    """An ETag that says nothing of the content, but still of how many parts it was uploaded in."""
    _, dash, parts = etag.partition("-")
    return f"{secrets.token_hex(16)}{dash}{parts}"


def _open_file(address: Address) -> BinaryIO | None:
    refuse_symbolic_links(address)
    try:
        # Non-blocking, since opening a pipe would wait for its writer.
        descriptor = os.open(address.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")
