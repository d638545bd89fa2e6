"""Text files as Trino's openx reader sees them, for DuckDB: what is odd about a file, and a copy without it."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from local_aws.athena.failure import QueryFailed
from local_aws.athena.reading.files import DataFile
from local_aws.athena.reading.json_reader import JsonReader, Malformed
from local_aws.athena.reading.packed import open_text, telling_of

LONGEST_LINE = 100 << 20
"""Bytes of the longest line that Athena reads (Trino: ``hive.text.max-line-length``)."""

LONG_LINE = 4 << 20
"""Bytes from which on a line needs more memory than DuckDB's ordinary buffers."""

_BLOCK = 1 << 24
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\v\f"))
_TRIMMED = "".join(map(chr, range(33)))
_SURROGATE = re.compile(r"\\u[dD]")
_MALFORMED = b"{"
"""Stands for a line that Trino refuses: DuckDB refuses it too."""


def is_odd(file: DataFile, path: str) -> bool:
    """Whether a file holds what DuckDB's line reader takes otherwise than Trino's."""
    with telling_of(file), open_text(path) as stream:
        rest = b""
        while block := stream.read(_BLOCK):
            data = rest + block
            cut = data.rfind(b"\n") + 1
            whole, rest = data[:cut], data[cut:]
            if len(rest) > LONG_LINE or _is_odd(whole):
                return True
        return _is_odd(rest)


def _is_odd(data: bytes) -> bool:
    if len(data.translate(None, _CONTROLS)) != len(data) or _has_long_line(data):
        return True
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return True
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _has_long_line(data: bytes) -> bool:
    start = 0
    while len(data) - start > LONG_LINE:
        end = data.rfind(b"\n", start, start + LONG_LINE + 1)
        if end < 0:
            return True
        start = end + 1
    return False


@dataclass
class Copy:
    """A copy of a file in which every line is plain JSON, empty, or one that is refused.

    Parameters
    ----------
    path : Path
        The copy.
    wanted : set
        The lower-cased keys that a query reads; the others are left out of long lines.
    ignore_case : bool
        Whether keys that differ in case alone are one key.
    """

    path: Path
    wanted: set[str]
    ignore_case: bool

    def __post_init__(self) -> None:
        self.spellings: set[str] = set()
        self.longest = 0

    def write(self, file: DataFile, path: str, cancelled: threading.Event) -> None:
        """Write the copy, until nobody waits for it any more."""
        with telling_of(file), open_text(path) as stream, self.path.open("wb") as target:
            for line in _lines(stream, file.uri):
                if cancelled.is_set():
                    raise QueryFailed("USER_CANCELED", "Query was cancelled")
                plain = self._plain(line)
                self.longest = max(self.longest, len(plain))
                target.write(plain + b"\n")

    def _plain(self, line: bytes) -> bytes:
        text = line.decode("utf-8", "replace").strip(_TRIMMED)
        if not text.startswith(("{", "[")):
            return b""
        if len(text) > LONG_LINE:
            return self._reread(text, self.wanted)
        if _SURROGATE.search(text):
            return self._reread(text)
        try:
            record = json.loads(text, object_pairs_hook=self._once)
        except (ValueError, RecursionError):
            return self._reread(text)
        self.spellings.update(record if isinstance(record, dict) else ())
        return _utf8(text)

    def _once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        keys = {key.lower() for key in record} if self.ignore_case else record
        if len(keys) != len(pairs):
            raise Malformed
        return record

    def _reread(self, text: str, wanted: set[str] | None = None) -> bytes:
        """Read a line as Trino does."""
        reader = JsonReader(text, self.ignore_case, wanted)
        try:
            plain = reader.read()
        except Malformed:
            return _MALFORMED
        self.spellings |= reader.keys
        return _utf8(plain)


def _utf8(text: str) -> bytes:
    """Encode as Java does: surrogates that make a pair are one character, a lone one is a question mark."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return paired.encode("utf-8", "replace")


def _lines(stream: BinaryIO, uri: str) -> Iterator[bytes]:
    """Cut at each line end of any system's."""
    first = True
    while piece := stream.readline(LONGEST_LINE + 1):
        if len(piece) > LONGEST_LINE:
            raise QueryFailed("HIVE_CURSOR_ERROR", f"Line too long in text file: {uri}")
        yield from (piece.removeprefix(b"\xef\xbb\xbf") if first else piece).splitlines()
        first = False
