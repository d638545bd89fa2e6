"""The content of one file without some people: rows of Parquet, lines of landing files, text of everything else."""

import bz2
import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from runner.erasure.traces import Traces, Verdict
from runner.landing import ZONES

BLOCK = 8 * 1024 * 1024
LANDING = tuple(f"{zone}/" for zone in ZONES)


@dataclass
class Tally:
    """What became of one file, or would.

    Parameters
    ----------
    gone : int
        Rows or lines of theirs.
    masked : int
        Rows or lines of somebody else, and places in texts, in which a mention is masked.
    stuck : bool
        Whether they stand where they cannot be taken out: in a format that nobody here can write, or in a file's name.
    rows : int, optional
        How many rows a Parquet file is left with.
    """

    gone: int = 0
    masked: int = 0
    stuck: bool = False
    rows: int | None = None

    def __bool__(self) -> bool:
        return bool(self.gone or self.masked or self.stuck)


def sift(name: str, source: Path, target: Path, traces: Traces) -> Tally:
    """Write a file without the people.

    Parameters
    ----------
    name : str
        Its key in the bucket, or its path among the reports: what kind of file it is.
    source, target : Path
        The file as it is, and where it goes as it is to be.

    Raises
    ------
    OSError, EOFError, ValueError
        If it is damaged.
    """
    with source.open("rb") as stream:
        head = stream.read(4)
    if head == b"PAR1":
        tally = _sift_parquet(source, target, traces)
    elif name.startswith(LANDING):
        tally = _sift_lines(name, source, target, traces)
    else:
        tally = _sift_text(name, source, target, traces)
    tally.stuck |= traces.stands_in(name)
    return tally


def _sift_lines(name: str, source: Path, target: Path, traces: Traces) -> Tally:
    tally = Tally()
    with ExitStack() as stack:
        reader = stack.enter_context(_opened(name, source, "r"))
        writer = stack.enter_context(_opened(name, target, "w"))
        for block in _blocks(reader):
            text = block.decode("utf-8", "surrogateescape")
            if traces.may_concern(text):
                block = "".join(_kept(text.split("\n"), traces, tally)).encode("utf-8", "surrogateescape")
            writer.write(block)
    return tally


def _kept(lines: list[str], traces: Traces, tally: Tally) -> Iterator[str]:
    last = len(lines) - 1  # what follows the last line feed: a line without one, or nothing
    for number, line in enumerate(lines):
        verdict = traces.judge_line(line)
        if verdict is Verdict.OWN:
            tally.gone += 1
            continue
        if verdict is Verdict.MENTION:
            tally.masked += 1
            line = traces.mask(line)
        yield line if number == last else line + "\n"


def _opened(name: str, path: Path, mode: str) -> BinaryIO:
    if name.endswith(".gz"):
        # Neither the name of a temporary file nor the time stands in the archive.
        return gzip.open(path, "rb") if mode == "r" else gzip.GzipFile("", "wb", fileobj=path.open("wb"), mtime=0)
    if name.endswith(".bz2"):
        return bz2.open(path, mode + "b")
    return path.open(mode + "b")


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in blocks of whole lines."""
    while block := stream.read(BLOCK):
        yield block + stream.readline()


def _sift_text(name: str, source: Path, target: Path, traces: Traces) -> Tally:
    tally = Tally()
    with _opened(name, source, "r") as reader:
        content = reader.read()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None or "\0" in text:
        tally.stuck = any(traces.stands_in(content.decode(*how)) for how in (("latin-1",), ("utf-8", "replace")))
        return tally
    if traces.stands_in(text):
        tally.masked = sum(traces.stands_in(line) for line in text.split("\n"))
        text = traces.mask(text)
    with _opened(name, target, "w") as writer:
        writer.write(text.encode())
    return tally


def _sift_parquet(source: Path, target: Path, traces: Traces) -> Tally:
    tally = Tally(rows=0)
    with pq.ParquetFile(source) as file:
        schema = file.schema_arrow
        tally.stuck = traces.stands_in(f"{schema} {file.metadata.metadata}")
        with pq.ParquetWriter(target, schema, compression="snappy", store_schema=False) as writer:
            for group in range(file.num_row_groups):
                table = _sift_rows(file.read_row_group(group), traces, tally)
                tally.rows += table.num_rows
                writer.write_table(table)
            writer.add_key_value_metadata(file.metadata.metadata or {})
    return tally


def _sift_rows(table: pa.Table, traces: Traces, tally: Tally) -> pa.Table:
    owned = any(name.lower() in ("email", "user") for name in table.column_names)
    gone = masked = pa.array([False] * table.num_rows, pa.bool_())
    for place, field in enumerate(table.schema):
        column = table.column(place)
        if pa.types.is_primitive(field.type):
            continue  # numbers, times, booleans
        texts = column if pa.types.is_string(field.type) else pa.array(map(_as_text, column.to_pylist()), pa.string())
        values = pc.unique(texts).to_pylist()
        verdicts = {value: traces.judge_value(field.name, value, owned) for value in values if value}
        own = [value for value, verdict in verdicts.items() if verdict is Verdict.OWN]
        mentions = {value: traces.mask(value) for value, verdict in verdicts.items() if verdict is Verdict.MENTION}
        gone = pc.or_(gone, _is_in(texts, own))
        if mentions:
            masked = pc.or_(masked, _is_in(texts, list(mentions)))
            table = table.set_column(place, field, _masked(column, texts, mentions))
    keep = pc.invert(gone)
    tally.gone += pc.sum(gone).as_py() or 0
    tally.masked += pc.sum(pc.and_(masked, keep)).as_py() or 0
    return table.filter(keep)


def _is_in(texts: pa.ChunkedArray, values: list[str]) -> pa.Array:
    found = pc.is_in(texts, value_set=pa.array(values, pa.string()))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _masked(column: pa.ChunkedArray, texts: pa.ChunkedArray, mentions: dict[str, str]) -> pa.ChunkedArray:
    """A column with its mentions masked; in a column that is no string, such a value becomes null."""
    if pa.types.is_string(column.type):
        return pa.array([mentions.get(value, value) for value in column.to_pylist()], column.type)
    kept = pc.invert(_is_in(texts, list(mentions))).to_pylist()
    values = zip(column.to_pylist(), kept, strict=True)
    return pa.array([value if keep else None for value, keep in values], column.type)


def _as_text(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if value is None else str(value)
