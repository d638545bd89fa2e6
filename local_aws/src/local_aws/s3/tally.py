"""What is counted and hashed of a stream of bytes while it passes."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from local_aws.s3.checksums import ALGORITHMS

CHUNK_BYTES = 1 << 20
"""Streams are read and written in pieces of this size, so that an object never stands in memory whole."""


class Tally:
    """Size, MD5 and the named checksums of the bytes taken.

    Parameters
    ----------
    algorithms : iterable of str
        Names in `ALGORITHMS`.
    """

    def __init__(self, algorithms: Iterable[str] = ()):
        self.size = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._checksums = {name: ALGORITHMS[name]() for name in algorithms}

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        self._md5.update(data)
        for checksum in self._checksums.values():
            checksum.update(data)

    @property
    def md5(self) -> bytes:
        """The MD5 digest."""
        return self._md5.digest()

    @property
    def etag(self) -> str:
        """The MD5 in hexadecimal, S3's ETag of an object that was put in one piece."""
        return self._md5.hexdigest()

    @property
    def checksums(self) -> dict[str, str]:
        """Base64 of each checksum, by its name."""
        return {name: b64encode(checksum.digest()).decode() for name, checksum in self._checksums.items()}


def copy_bytes(source: BinaryIO, target: BinaryIO | None, length: int, tally: Tally) -> None:
    """Pass ``length`` bytes from ``source`` through ``tally`` to ``target`` (or nowhere).

    Raises
    ------
    OSError
        If the source ends before.
    """
    left = length
    while left:
        chunk = source.read(min(left, CHUNK_BYTES))
        if not chunk:
            raise OSError(f"the file ended {left} bytes early")
        tally.update(chunk)
        if target is not None:
            target.write(chunk)
        left -= len(chunk)


def checksum_headers(checksums: Mapping[str, str], kind: str) -> dict[str, str]:
    """The response headers that tell an object's checksums; ``kind`` is FULL_OBJECT or COMPOSITE."""
    headers = {f"x-amz-checksum-{name}": value for name, value in checksums.items()}
    return {**headers, "x-amz-checksum-type": kind} if headers else {}


def checksum_elements(checksums: Mapping[str, str], kind: str) -> dict[str, str]:
    """The same as elements of a response document."""
    elements = {f"Checksum{name.upper()}": value for name, value in checksums.items()}
    return {**elements, "ChecksumType": kind} if elements else {}
