"""The keys of a bucket in S3's order, read from its folders."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from local_aws.s3.errors import S3Error
from local_aws.s3.folders import MARKER, Address, check_key, is_hidden
from local_aws.s3.objects import Objects
from local_aws.s3.records import ObjectInfo


@dataclass(frozen=True)
class Found:
    """An object (a version) of a listing; without ``info``, a folder that stands for the keys below it."""

    key: str
    info: ObjectInfo | None
    latest: bool = True
    """Whether it is the key's latest version."""


def key_order(key: str) -> bytes:
    """S3's order of keys: their UTF-8 bytes."""
    return key.encode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Walk:
    """A walk through a bucket that exists: its keys that begin with ``prefix``, behind ``after``.

    A ``shallow`` one does not go into folders below the prefix: it names each that holds an object instead.
    """

    store: Objects
    bucket: str
    prefix: str = ""
    after: str = ""
    shallow: bool = False

    def __iter__(self) -> Iterator[Found]:
        # No key outside this folder can have the prefix.
        top = self.prefix.rpartition("/")[0]
        start = f"{top}/" if top else ""
        if self._can_hold_objects(start):
            yield from self._below(start)

    def _can_hold_objects(self, folder: str) -> bool:
        """Whether a client's prefix is a folder of this bucket, and not hidden, malformed or behind a symbolic link."""
        try:
            if folder:
                check_key(folder)
        except S3Error:
            return False
        path = str(self._address(folder).root / folder).rstrip("/")
        return os.path.realpath(path) == path

    def _address(self, key: str) -> Address:
        return Address(self.bucket, key, self.store.lake.bucket(self.bucket))

    def _wanted(self, key: str) -> bool:
        return key.startswith(self.prefix) and key_order(key) > key_order(self.after)

    def _below(self, folder: str) -> Iterator[Found]:
        """The keys in a folder, which is ``""`` or ends in ``/``."""
        for key, entry in _entries(str(self._address("").root / folder), folder):
            if entry.is_dir(follow_symlinks=False):
                if self._may_hold(key):
                    yield from self._folder(key)
            elif self._wanted(key):
                yield from self._object(key, entry)

    def _may_hold(self, folder: str) -> bool:
        """Whether keys in a folder can be wanted."""
        related = folder.startswith(self.prefix) or self.prefix.startswith(folder)
        passed = key_order(folder) <= key_order(self.after) and not self.after.startswith(folder)
        return related and not passed

    def _folder(self, folder: str) -> Iterator[Found]:
        if not self.shallow or not folder.startswith(self.prefix):
            yield from self._below(folder)
        elif self._wanted(folder) and any(Walk(self.store, self.bucket, folder)):
            yield Found(folder, None)

    def _object(self, key: str, entry: os.DirEntry[str]) -> Iterator[Found]:
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:  # removed while the bucket was listed
            return
        info = self.store.records.load(self.bucket, key, status) or self.store.present(self._address(key))
        if info:
            yield Found(key, info)


def _entries(path: str, folder: str) -> list[tuple[str, os.DirEntry[str]]]:
    """What a folder holds, by key (those of folders end in ``/``), in the order of all the keys below."""
    try:
        with os.scandir(path) as entries:
            found = [(_key(folder, entry), entry) for entry in entries]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(((key, entry) for key, entry in found if key), key=lambda item: key_order(item[0]))


def _key(folder: str, entry: os.DirEntry[str]) -> str:
    """The key of a file or the prefix of a folder; empty for what is no object."""
    if entry.is_dir(follow_symlinks=False):
        return "" if is_hidden(entry.name) else f"{folder}{entry.name}/"
    if not entry.is_file(follow_symlinks=False):
        return ""
    if entry.name == MARKER:
        return folder
    return "" if is_hidden(entry.name) else folder + entry.name
