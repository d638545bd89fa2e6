"""The checksums that S3 verifies: CRC32, CRC32C, CRC64NVME, SHA1 and SHA256.

Source of the rules: "Checking object integrity for data uploads in Amazon S3".
"""

import hashlib
import zlib
from collections.abc import Callable
from functools import cache
from typing import Protocol

import numpy as np

LANE_BYTES = 256
"""How many bytes one lane of the vectorised CRC walks."""
PLAIN_BYTES = 1024
"""Up to this length a plain loop is as fast as the vectorised one."""
CRC32C_POLYNOMIAL = 0x82F63B78
CRC64NVME_POLYNOMIAL = 0x9A6C9329AC4BC9B5


class Checksum(Protocol):
    """What `hashlib` objects look like."""

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""

    def digest(self) -> bytes:
        """The checksum of all bytes taken."""


class Crc32:
    """CRC-32 as in zlib, big-endian."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        """Four bytes, big-endian."""
        return self._value.to_bytes(4, "big")


@cache
def _byte_table(polynomial: int) -> np.ndarray:
    table = np.arange(256, dtype=np.uint64)
    for _ in range(8):
        table = np.where(table & np.uint64(1), (table >> np.uint64(1)) ^ np.uint64(polynomial), table >> np.uint64(1))
    return table


@cache
def _plain_table(polynomial: int) -> list[int]:
    return _byte_table(polynomial).tolist()


@cache
def _shift(polynomial: int, level: int) -> np.ndarray:
    """What ``LANE_BYTES * 2**level`` zero bytes do to a register: one table of 256 entries for each of its bytes."""
    if level:
        half = _shift(polynomial, level - 1)
        return _apply(half, half)
    table = _byte_table(polynomial)
    places = np.arange(8, dtype=np.uint64)[:, None] * np.uint64(8)
    registers = np.arange(256, dtype=np.uint64)[None, :] << places
    for _ in range(LANE_BYTES):
        registers = table[registers & np.uint64(255)] ^ (registers >> np.uint64(8))
    return registers


def _apply(shift: np.ndarray, registers: np.ndarray) -> np.ndarray:
    result = np.zeros_like(registers)
    for place in range(8):
        result ^= shift[place][(registers >> np.uint64(8 * place)) & np.uint64(255)]
    return result


class ReflectedCrc:
    """A reflected CRC of up to 64 bits with all-ones start and end, fast enough for uploads without a C library.

    A CRC is linear: the data is cut into lanes that NumPy walks side by side, each from an empty register, and
    neighbours are then joined by shifting the left one over the right one's length.

    Parameters
    ----------
    polynomial : int
        Reflected, without its highest bit.
    bits : int
        Width of the register.
    """

    def __init__(self, polynomial: int, bits: int) -> None:
        self._polynomial = polynomial
        self._bits = bits
        self._register = (1 << bits) - 1

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""
        if len(data) <= PLAIN_BYTES:
            self._update_plain(data)
        else:
            self._update_lanes(data)

    def _update_plain(self, data: bytes) -> None:
        table, register = _plain_table(self._polynomial), self._register
        for byte in data:
            register = table[(register ^ byte) & 255] ^ (register >> 8)
        self._register = register

    def _update_lanes(self, data: bytes) -> None:
        lanes = 1 << (-(-len(data) // LANE_BYTES) - 1).bit_length()
        # Leading zeros leave an empty register empty, so the data is padded in front; the register that was
        # reached before acts as if it were XORed into the first bytes of the data.
        padded = np.zeros(lanes * LANE_BYTES, dtype=np.uint8)
        start = len(padded) - len(data)
        padded[start:] = np.frombuffer(data, dtype=np.uint8)
        padded[start : start + 8] ^= np.frombuffer(self._register.to_bytes(8, "little"), dtype=np.uint8)
        columns = np.ascontiguousarray(padded.reshape(lanes, LANE_BYTES).T)
        table = _byte_table(self._polynomial)
        registers = np.zeros(lanes, dtype=np.uint64)
        for column in columns:
            registers = table[(registers & np.uint64(255)) ^ column] ^ (registers >> np.uint64(8))
        level = 0
        while len(registers) > 1:
            registers = _apply(_shift(self._polynomial, level), registers[0::2]) ^ registers[1::2]
            level += 1
        self._register = int(registers[0])

    def digest(self) -> bytes:
        """The checksum, big-endian."""
        return (self._register ^ ((1 << self._bits) - 1)).to_bytes(self._bits // 8, "big")


ALGORITHMS: dict[str, Callable[[], Checksum]] = {
    "crc32": Crc32,
    "crc32c": lambda: ReflectedCrc(CRC32C_POLYNOMIAL, 32),
    "crc64nvme": lambda: ReflectedCrc(CRC64NVME_POLYNOMIAL, 64),
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
}
"""A new checksum by the lower-case name that it has in ``x-amz-checksum-<name>``."""
