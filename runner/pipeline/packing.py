"""How a landing file is packed: its bytes say so, whatever its name says."""

import bz2
import gzip
from pathlib import Path
from typing import BinaryIO

HEAD_BYTES = 8
OPENERS = {"gz": gzip.open, "bz2": bz2.open, None: open}
READABLE = {b"\x1f\x8b": "gz", b"BZh": "bz2"}
FOREIGN = {
    b"PK\x03\x04": "zip",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"\xff\x06\x00\x00sN": "snappy",
    b"PAR1": "Parquet",
    b"Obj\x01": "Avro",
    b"ORC": "ORC",
}
"""What files of other formats begin with; none of these can begin a line of JSON."""
UNPACKED_BY_NAME = (".gz", ".bz2", ".deflate", ".zst", ".lz4", ".snappy")
"""Endings by which Hadoop and Athena take a file for packed (Athena, "Use compression in Athena")."""


def packing_of(head: bytes) -> str | None:
    """``gz`` or ``bz2`` where the first bytes of a file say so, else None."""
    return next((packing for magic, packing in READABLE.items() if head.startswith(magic)), None)


def foreign_format(head: bytes) -> str | None:
    """The format that no reader of landing files knows, where the first bytes say so, else None."""
    return next((name for magic, name in FOREIGN.items() if head.startswith(magic)), None)


def landed_name(name: str, packing: str | None) -> str:
    """The name under which a file lands, so that whoever goes by names reads it right.

    >>> landed_name("a.json", "gz"), landed_name("a.json.gz", None), landed_name("a.json.gz", "gz")
    ('a.json.gz', 'a.json.gz.json', 'a.json.gz')
    """
    if packing:
        return name if name.endswith(f".{packing}") else f"{name}.{packing}"
    return f"{name}.json" if name.endswith(UNPACKED_BY_NAME) else name


def unpack(body: bytes) -> bytes:
    """The bytes of a file as they were before it was packed; OSError, EOFError or ValueError if it is damaged."""
    packing = packing_of(body[:HEAD_BYTES])
    return {"gz": gzip.decompress, "bz2": bz2.decompress, None: bytes}[packing](body)


def open_unpacked(path: Path) -> BinaryIO:
    """Read a file as it was before it was packed."""
    return OPENERS[_packing_of_file(path)](path, "rb")


def open_packed_as(model: Path, path: Path) -> BinaryIO:
    """Write a file that is packed as another one is. Neither its name nor the time stands in the archive."""
    packing = _packing_of_file(model)
    if packing == "gz":
        return gzip.GzipFile("", "wb", fileobj=path.open("wb"), mtime=0)
    return bz2.open(path, "wb") if packing else path.open("wb")


def _packing_of_file(path: Path) -> str | None:
    with path.open("rb") as stream:
        return packing_of(stream.read(HEAD_BYTES))
