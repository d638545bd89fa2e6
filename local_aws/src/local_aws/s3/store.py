"""The object store: files of the lake with what S3 knows about them, read and replaced whole."""

import io
import os
import secrets
import stat
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from local_aws.lake import Lake
from local_aws.s3.errors import S3Error, no_such_bucket, no_such_key
from local_aws.s3.folders import place, place_folder
from local_aws.s3.keys import Address, check_bucket_name, check_key, refuse_symbolic_links
from local_aws.s3.metadata import ObjectInfo, SideStore
from local_aws.s3.tally import Tally, copy_bytes
from local_aws.s3.uploads import Uploads

Current = Callable[[], ObjectInfo | None]
"""Tells the present object, if there is one; asking may cost reading it."""
Condition = Callable[[Current], None]
"""Raises where a write must not happen."""


@dataclass(frozen=True)
class OpenObject:
    """An object opened for reading: its bytes stay the same, whatever happens to the key meanwhile."""

    info: ObjectInfo
    stream: BinaryIO


class ObjectStore:
    """Objects of a lake.

    Parameters
    ----------
    lake : Lake
        One endpoint process serves a lake; other processes (Spark) may read and write the files beside it.
    """

    def __init__(self, lake: Lake):
        self.lake = lake
        self.state = lake.state / "s3"
        self.side = SideStore(self.state / "objects")
        self.uploads = Uploads(self.state / "uploads")
        self._drafts = self.state / "drafts"
        self._drafts.mkdir(parents=True, exist_ok=True)
        self._locks = [threading.Lock() for _ in range(64)]
        self._sweep_drafts()

    def _sweep_drafts(self) -> None:
        """Remove what a killed endpoint left half-written."""
        for draft in self._drafts.iterdir():
            try:
                os.kill(int(draft.name.partition("-")[0]), 0)
            except ProcessLookupError:
                draft.unlink(missing_ok=True)
            except PermissionError:  # alive, of another user
                continue

    def _lock(self, address: Address) -> threading.Lock:
        return self._locks[zlib.crc32(f"{address.bucket}/{address.key}".encode("utf-8", "replace")) % len(self._locks)]

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
        path = self._drafts / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            with path.open("xb") as stream:
                yield stream
        finally:
            path.unlink(missing_ok=True)

    def open(self, address: Address) -> OpenObject:
        """Open an object for reading.

        Raises
        ------
        S3Error
            ``NoSuchKey``; ``AccessDenied`` for a symbolic link.
        """
        if address.is_folder:
            return OpenObject(self._folder_info(address), io.BytesIO())
        with self._lock(address):
            stream = _open_file(address)
            status = os.fstat(stream.fileno())
            info = self.side.load(address.bucket, address.key, status)
        if info is None:
            info = self._measure(address, stream, status)
        return OpenObject(info, stream)

    def describe(self, address: Address, status: os.stat_result | None = None) -> ObjectInfo:
        """What S3 tells about an object; ``status`` saves a look at the file. Raises as `open` does."""
        known = self.side.load(address.bucket, address.key, status) if status else None
        if known:
            return known
        opened = self.open(address)
        opened.stream.close()
        return opened.info

    def _folder_info(self, address: Address) -> ObjectInfo:
        refuse_symbolic_links(address)
        try:
            status = address.path.lstat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise no_such_key(address.key) from error
        info = self.side.load(address.bucket, address.key, status) if stat.S_ISDIR(status.st_mode) else None
        if info is None:
            raise no_such_key(address.key)
        return info

    def _measure(self, address: Address, stream: BinaryIO, status: os.stat_result) -> ObjectInfo:
        """Find the ETag of a file that was not written through S3, and keep it."""
        info = _look_through(stream, status)
        stream.seek(0)
        with self._lock(address), suppress(FileNotFoundError, NotADirectoryError):
            # Only where the key still is this file: a newer one has a record of its own by now.
            if info.describes(os.fstat(stream.fileno())) and os.path.samestat(address.path.lstat(), status):
                self.side.save(address.bucket, address.key, info)
        return info

    def _current(self, address: Address) -> ObjectInfo | None:
        """The present object, under the lock of its address."""
        try:
            stream = _open_file(address)
        except S3Error as error:
            if error.code != "NoSuchKey":
                raise
            return None
        with stream:
            status = os.fstat(stream.fileno())
            return self.side.load(address.bucket, address.key, status) or _look_through(stream, status)

    def _recorded(self, address: Address) -> ObjectInfo | None:
        try:
            return self.side.load(address.bucket, address.key, address.path.lstat())
        except (FileNotFoundError, NotADirectoryError):
            return None

    def publish(self, draft: BinaryIO, address: Address, info: ObjectInfo, condition: Condition) -> ObjectInfo:
        """Make a finished draft the object of a key: every reader sees the old object or the new one, whole.

        Parameters
        ----------
        draft : BinaryIO
            From `draft`.
        address : Address
            No folder.
        info : ObjectInfo
            Its time is set here.
        condition : Condition
            Asked while nothing else can change the key through this endpoint.
        """
        draft.flush()
        # The file system's own clock is coarse: two writes within a tick would look the same.
        now = time.time_ns()
        os.utime(draft.fileno(), ns=(now, now))
        path = Path(draft.name)
        info = info.at(path.stat().st_mtime_ns)
        with self._lock(address):
            condition(lambda: self._current(address))
            self.side.save(address.bucket, address.key, info, self._recorded(address))
            # Hadoop would check the new bytes against the checksums of the file that it wrote before.
            with suppress(FileNotFoundError, NotADirectoryError):
                address.hadoop_checksum.unlink()
            self._place(path, address)
        return info

    def _place(self, draft: Path, address: Address) -> None:
        try:
            place(draft, address)
        except FileNotFoundError as error:
            raise no_such_bucket(address.bucket) from error

    def publish_folder(self, address: Address, info: ObjectInfo, condition: Condition) -> ObjectInfo:
        """Put a folder marker."""
        with self._lock(address):
            condition(lambda: self._recorded(address))
            try:
                status = place_folder(address)
            except FileNotFoundError as error:
                raise no_such_bucket(address.bucket) from error
            info = replace(info, mtime_ns=status.st_mtime_ns, inode=status.st_ino)
            self.side.save(address.bucket, address.key, info)
        return info

    def delete(self, address: Address, condition: Condition) -> None:
        """Remove an object, if it is there, and the folders that held nothing else."""
        refuse_symbolic_links(address)
        with self._lock(address), suppress(FileNotFoundError, NotADirectoryError):
            condition(lambda: self._recorded(address) if address.is_folder else self._current(address))
            if not address.is_folder and stat.S_ISREG(address.path.lstat().st_mode):
                address.path.unlink()
                address.hadoop_checksum.unlink(missing_ok=True)
            self.side.forget(address.bucket, address.key)
        self._prune(address)

    def _prune(self, address: Address) -> None:
        parents = [address.path] if address.is_folder else []
        for folder in [*parents, *address.path.parents]:
            if folder == address.root:
                return
            key = f"{folder.relative_to(address.root).as_posix()}/"
            marker = Address(address.bucket, key, address.root)
            with self._lock(marker):
                try:
                    if self.side.load(marker.bucket, key, folder.lstat()):
                        return
                    folder.rmdir()
                except (FileNotFoundError, NotADirectoryError):
                    continue
                except OSError:  # not empty: the folders above are not either
                    return


def _look_through(stream: BinaryIO, status: os.stat_result) -> ObjectInfo:
    """What S3 would tell about a file that was not written through it."""
    tally = Tally()
    copy_bytes(stream, None, status.st_size, tally)
    return ObjectInfo(status.st_size, status.st_mtime_ns, tally.etag)


def _open_file(address: Address) -> BinaryIO:
    refuse_symbolic_links(address)
    try:
        # Non-blocking, since opening a pipe would wait for its writer.
        descriptor = os.open(address.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise no_such_key(address.key) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise no_such_key(address.key)
    return os.fdopen(descriptor, "rb")
