"""What is counted and hashed of bytes while they pass: size, MD5 and S3's checksums.

Source of the rules: "Checking object integrity for data uploads in Amazon S3".
"""

import hashlib
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO

import anycrc

CHUNK_BYTES = 1 << 18
"""Streams are read and written in pieces of this size, so that an object never stands in memory whole; of larger ones
a socket gives a part at a time, for each of which Python clears a buffer of the whole size."""
_CRC32C, _CRC64NVME = anycrc.Model("CRC32-ISCSI"), anycrc.Model("CRC64-NVME")


class Crc:
    """A CRC whose digest is big-endian, as S3 has it.

    ``step`` is the CRC of some bytes behind others, from the bytes and the CRC of the others.
    """

    def __init__(self, width: int, step: Callable[[bytes, int], int]) -> None:
        self._width, self._step, self._value = width, step, 0

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""
        self._value = self._step(data, self._value)

    def digest(self) -> bytes:
        """The checksum of all bytes taken."""
        return self._value.to_bytes(self._width, "big")


ALGORITHMS: dict[str, Callable[[], Any]] = {
    "crc32": lambda: Crc(4, zlib.crc32),
    "crc32c": lambda: Crc(4, _CRC32C.calc),
    "crc64nvme": lambda: Crc(8, _CRC64NVME.calc),
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
}
"""A new checksum, like those of `hashlib`, by the lower-case name that it has in ``x-amz-checksum-<name>``."""


class Tally:
    """Size, MD5 and the named checksums (see `ALGORITHMS`) of the bytes taken."""

    def __init__(self, algorithms: Iterable[str] = ()):
        self.size = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._checksums = {name: ALGORITHMS[name]() for name in algorithms}

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        for checksum in (self._md5, *self._checksums.values()):
            checksum.update(data)

    @property
    def etag(self) -> str:
        """The MD5 in hexadecimal, S3's ETag of an object that was put in one piece."""
        return self._md5.hexdigest()

    @property
    def checksums(self) -> dict[str, str]:
        """Base64 of each checksum, by its name."""
        return {name: b64encode(checksum.digest()).decode() for name, checksum in self._checksums.items()}


def copy_bytes(source: BinaryIO, target: BinaryIO | None, length: int, tally: Tally) -> None:
    """Pass ``length`` bytes from ``source`` through ``tally`` to ``target`` (or nowhere); OSError if they end early."""
    while length:
        chunk = source.read(min(length, CHUNK_BYTES))
        if not chunk:
            raise OSError(f"the file ended {length} bytes early")
        tally.update(chunk)
        if target is not None:
            target.write(chunk)
        length -= len(chunk)


def checksum_headers(checksums: Mapping[str, str], kind: str = "") -> dict[str, str]:
    """The response headers that tell checksums, which are FULL_OBJECT or COMPOSITE where that matters."""
    headers = {f"x-amz-checksum-{name}": value for name, value in checksums.items()}
    return {**headers, "x-amz-checksum-type": kind} if headers and kind else headers


def checksum_elements(checksums: Mapping[str, str], kind: str = "") -> dict[str, str]:
    """The same as elements of a response document."""
    elements = {f"Checksum{name.upper()}": value for name, value in checksums.items()}
    return {**elements, "ChecksumType": kind} if elements and kind else elements
