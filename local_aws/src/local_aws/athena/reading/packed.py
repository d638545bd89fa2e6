"""Packed text files, known as Hadoop knows them: by what a name ends in."""

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.reading.files import DataFile

_BLOCK = 1 << 20


def _deflated(path: Path) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    with path.open("rb") as packed:
        while block := packed.read(_BLOCK):
            yield unpacker.decompress(block)
    if not unpacker.eof:
        raise EOFError


def _read_by(open_packed: Callable[[Path], BinaryIO]) -> Callable[[Path], Iterator[bytes]]:
    def blocks(path: Path) -> Iterator[bytes]:
        with open_packed(path) as packed:
            while block := packed.read(_BLOCK):
                yield block

    return blocks


_UNPACKED = {
    ".bz2": _read_by(bz2.open),
    ".deflate": _deflated,
    ".zst": _read_by(lambda path: pyarrow.input_stream(str(path), compression="zstd")),
}
"""What DuckDB does not unpack itself, or not in pieces that Python can look at."""

_NOT_HERE = {".lz4", ".lzo", ".snappy"}


def is_unpacked_first(file: DataFile) -> bool:
    """Whether a file has to be unpacked before anything reads it; raises for a compression that is not here."""
    ending = file.path.suffix
    if ending in _NOT_HERE:
        raise unsupported(f"JSON files compressed as {ending}")
    return ending in _UNPACKED


def unpack(file: DataFile, target: Path) -> None:
    """Write an unpacked copy."""
    with telling_of(file), target.open("wb") as plain:
        plain.writelines(_UNPACKED[file.path.suffix](file.path))


def copy_head(file: DataFile, target: Path, count: int) -> int:
    """Write an unpacked copy of a file's first lines; give how many of the count it has not."""
    unpacked = _UNPACKED[file.path.suffix] if is_unpacked_first(file) else _read_by(open_text)
    with telling_of(file), target.open("wb") as plain:
        for block in unpacked(file.path):
            *ended, rest = block.split(b"\n", count)
            count -= len(ended)
            if not count:
                plain.write(block[: len(block) - len(rest)])
                break
            plain.write(block)
    return count


def open_text(path: str | Path) -> BinaryIO:
    """Open a file that is plain or ends in ``.gz``."""
    return (gzip.open if str(path).endswith(".gz") else open)(path, "rb")


@contextmanager
def telling_of(file: DataFile) -> Iterator[None]:
    """Say of which file it is that its bytes are not what its name says."""
    try:
        yield
    except (EOFError, OSError, zlib.error) as error:
        raise QueryFailed("HIVE_BAD_DATA", f"{file.uri} is no valid {file.path.suffix} file.") from error
