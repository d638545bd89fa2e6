"""What is counted and hashed of bytes while they pass: size, MD5 and S3's checksums.

Source of the rules: "Checking object integrity for data uploads in Amazon S3".
"""

import hashlib
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, BinaryIO

import numpy as np

CHUNK_BYTES = 1 << 20
"""Streams are read and written in pieces of this size, so that an object never stands in memory whole."""
_LANE_BYTES = 256
_PLAIN_BYTES = 1024
"""Up to this length a plain loop is as fast as the vectorised one."""


class Crc:
    """A reflected CRC with all-ones start and end, big-endian.

    Parameters
    ----------
    bits : int
        Width of the register.
    step : callable
        The register after some bytes, from the bytes and the register before.
    """

    def __init__(self, bits: int, step: Callable[[bytes, int], int]) -> None:
        self._bits, self._step, self._ones = bits, step, (1 << bits) - 1
        self._register = self._ones

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""
        self._register = self._step(data, self._register)

    def digest(self) -> bytes:
        """The checksum of all bytes taken."""
        return (self._register ^ self._ones).to_bytes(self._bits // 8, "big")


def _zlib_step(data: bytes, register: int) -> int:
    return zlib.crc32(data, register ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def _lanes(polynomial: int) -> Callable[[bytes, int], int]:
    """The step of a CRC, fast enough for uploads without a C library.

    A CRC is linear: the data is cut into lanes that NumPy walks side by side, each from an empty register, and
    neighbours are then joined by shifting the left one over the right one's length.
    """

    def step(data: bytes, register: int) -> int:
        table, plain = _byte_table(polynomial)
        if len(data) <= _PLAIN_BYTES:
            for byte in data:
                register = plain[(register ^ byte) & 255] ^ (register >> 8)
            return register
        lanes = 1 << (-(-len(data) // _LANE_BYTES) - 1).bit_length()
        # Leading zeros leave an empty register empty, so the data is padded in front; the register that was
        # reached before acts as if it were XORed into the first bytes of the data.
        padded = np.zeros(lanes * _LANE_BYTES, dtype=np.uint8)
        start = len(padded) - len(data)
        padded[start:] = np.frombuffer(data, dtype=np.uint8)
        padded[start : start + 8] ^= np.frombuffer(register.to_bytes(8, "little"), dtype=np.uint8)
        registers = np.zeros(lanes, dtype=np.uint64)
        for column in np.ascontiguousarray(padded.reshape(lanes, _LANE_BYTES).T):
            registers = table[(registers & np.uint64(255)) ^ column] ^ (registers >> np.uint64(8))
        level = 0
        while len(registers) > 1:
            registers = _apply(_shift(polynomial, level), registers[0::2]) ^ registers[1::2]
            level += 1
        return int(registers[0])

    return step


@cache
def _byte_table(polynomial: int) -> tuple[np.ndarray, list[int]]:
    table = np.arange(256, dtype=np.uint64)
    for _ in range(8):
        table = np.where(table & np.uint64(1), (table >> np.uint64(1)) ^ np.uint64(polynomial), table >> np.uint64(1))
    return table, table.tolist()


@cache
def _shift(polynomial: int, level: int) -> np.ndarray:
    """What ``_LANE_BYTES * 2**level`` zero bytes do to a register: one table of 256 entries for each of its bytes."""
    if level:
        half = _shift(polynomial, level - 1)
        return _apply(half, half)
    table, _ = _byte_table(polynomial)
    registers = np.arange(256, dtype=np.uint64)[None, :] << (np.arange(8, dtype=np.uint64)[:, None] * np.uint64(8))
    for _ in range(_LANE_BYTES):
        registers = table[registers & np.uint64(255)] ^ (registers >> np.uint64(8))
    return registers


def _apply(shift: np.ndarray, registers: np.ndarray) -> np.ndarray:
    result = np.zeros_like(registers)
    for place in range(8):
        result ^= shift[place][(registers >> np.uint64(8 * place)) & np.uint64(255)]
    return result


ALGORITHMS: dict[str, Callable[[], Any]] = {
    "crc32": lambda: Crc(32, _zlib_step),
    "crc32c": lambda: Crc(32, _lanes(0x82F63B78)),
    "crc64nvme": lambda: Crc(64, _lanes(0x9A6C9329AC4BC9B5)),
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
    """Pass ``length`` bytes from ``source`` through ``tally`` to ``target`` (or nowhere).

    Raises
    ------
    OSError
        If the source ends before.
    """
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
