"""The content of one file without some people: rows of Parquet, lines of landing files, text of everything else."""

import io
import lzma
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.landing.parsing import Fields, find_objects, read_line
from helpers.tables import LANDING, TABLES, tables_of
from runner.pipeline.packing import HEAD_BYTES, foreign_format, open_packed_as, open_unpacked
from runner.privacy.places import blocks_of_lines
from runner.privacy.traces import OWNER, Traces, Verdict

COMMA = re.compile(r"\s*,?")
LANDED = tuple(TABLES[name].prefix for name in tables_of(LANDING))


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
    with open_unpacked(source) as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(b"PAR1"):
        tally = _sift_parquet(source, target, traces)
    elif name.startswith(LANDED) and not _is_wide(head) and not foreign_format(head):
        tally = _sift_document(source, target, traces)
        if tally is None:  # an empty one is falsy too, and a document is not judged line by line as well
            tally = _sift_lines(source, target, traces)
    else:
        tally = _sift_text(source, target, traces)
    tally.stuck |= traces.stands_in(name)
    return tally


def _is_wide(head: bytes) -> bool:
    """Whether a file seems to be in UTF-16 or UTF-32."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head


def _sift_lines(source: Path, target: Path, traces: Traces) -> Tally:
    tally = Tally()
    with open_unpacked(source) as reader, open_packed_as(source, target) as writer:
        for block in blocks_of_lines(reader):
            text = block.decode("utf-8", "surrogateescape")
            if traces.may_concern(text):
                block = "".join(_kept(text.split("\n"), traces, tally)).encode("utf-8", "surrogateescape")
            writer.write(block)
    return tally


def _kept(lines: list[str], traces: Traces, tally: Tally) -> Iterator[str]:
    last = len(lines) - 1  # what follows the last line feed: a line without one, or nothing
    for number, line in enumerate(lines):
        pieces = read_line(line.encode("utf-8", "surrogateescape")) if traces.may_concern(line) else []
        # A line of one object stays as it is, to the blanks at its ends.
        texts = [piece.content.decode("utf-8", "surrogateescape") for piece in pieces] if len(pieces) > 1 else [line]
        found = zip(texts, pieces, strict=False)
        left = [_left(text, piece.text, piece.fields, traces, tally) for text, piece in found] if pieces else [line]
        kept = [text for text in left if text is not None]
        if kept:
            yield "".join(kept) + ("" if number == last else "\n")


def _left(text: str, read: str, fields: Fields | None, traces: Traces, tally: Tally) -> str | None:
    """What is left of a record that was read: itself, itself masked, or None where it is theirs."""
    verdict = traces.judge_record(read, fields)
    tally.gone += verdict is Verdict.OWN
    tally.masked += verdict is Verdict.MENTION
    return None if verdict is Verdict.OWN else traces.mask_record(text) if verdict is Verdict.MENTION else text


def _sift_document(source: Path, target: Path, traces: Traces) -> Tally | None:
    """Take the objects of the people out of a file that is one JSON array, or has its objects over several lines.

    Returns
    -------
    Tally or None
        None where the file is neither, or nobody is sought in it.
    """
    with open_unpacked(source) as reader:
        first = next((line for line in reader if line.strip()), b"")
        if not first.lstrip(b"\xef\xbb\xbf \t").startswith((b"[", b"{")) or all(p.fields for p in read_line(first)):
            return None
        content = first + reader.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    objects = find_objects(text)
    if not objects or not traces.may_concern(text):
        return None
    tally, kept, place = Tally(), [], 0
    for start, end, fields in objects:
        kept.append(text[place:start])
        record, place = text[start:end], end
        left = _left(record, record, fields, traces, tally)
        if left is not None:
            kept.append(left)
            continue
        comma = COMMA.match(text, end)
        place = comma.end()
        if "," not in comma[0]:  # the last one goes with the comma before it
            kept = ["".join(kept).rstrip().removesuffix(",")]
    with open_packed_as(source, target) as writer:
        writer.write("".join([*kept, text[place:]]).encode("utf-8"))
    return tally


def _sift_text(source: Path, target: Path, traces: Traces) -> Tally:
    tally = Tally()
    with open_unpacked(source) as reader:
        content = reader.read()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None or "\0" in text or foreign_format(content[:HEAD_BYTES]):
        tally.stuck = any(traces.stands_in(text) for part in _parts(content) for text in _readings(part))
        return tally
    if traces.stands_in(text):
        tally.masked = sum(map(traces.stands_in, text.split("\n"))) or 1  # one that is spelled over two lines
        text = traces.mask(text)
    with open_packed_as(source, target) as writer:
        writer.write(text.encode())
    return tally


def _parts(content: bytes) -> Iterator[bytes]:
    """What a file of another format holds.

    Raises
    ------
    ValueError
        If nobody here can look into it.
    """
    kind = foreign_format(content[:HEAD_BYTES])
    if kind is None:
        yield content
    elif kind == "xz":
        yield lzma.decompress(content)
    elif kind == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from map(archive.read, archive.namelist())
    else:
        raise ValueError(f"it is {kind}, which cannot be looked into")


def _readings(content: bytes) -> Iterator[str]:
    """The texts that bytes of unknown encoding may be."""
    yield content.decode("latin-1")
    yield content.decode("utf-8", "replace")
    if b"\0" in content:
        yield from (content.decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be", "utf-32"))


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
    owned = any(name.lower() in OWNER for name in table.column_names)
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
