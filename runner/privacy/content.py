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
    """What became of one file, or would; false where they are not in it."""

    gone: int = 0
    """Rows or lines of theirs."""
    masked: int = 0
    """Rows or lines of somebody else, and places in texts, in which a mention is masked."""
    stuck: bool = False
    """Whether they stand where nobody can take them out: in a format that is only read here, or in a file's name."""
    rows: int | None = None
    """How many rows a Parquet file is left with."""

    def __bool__(self) -> bool:
        return bool(self.gone or self.masked or self.stuck)


def sift(name: str, source: Path, target: Path, traces: Traces) -> Tally:
    """Write a file without the people.

    Parameters
    ----------
    name : str
        Its key in the bucket, or its path among the reports: what kind of file it is.

    Raises
    ------
    OSError, EOFError, ValueError
        If it is damaged.
    """
    with open_unpacked(source) as stream:
        head = stream.read(HEAD_BYTES)
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head  # it seems to be in UTF-16 or UTF-32
    if head.startswith(b"PAR1"):
        tally = _sift_parquet(source, target, traces)
    elif name.startswith(LANDED) and not is_wide and not foreign_format(head):
        tally = _sift_landed(source, target, traces)
    else:
        tally = _sift_text(source, target, traces)
    tally.stuck |= traces.stands_in(name)
    return tally


def _sift_landed(source: Path, target: Path, traces: Traces) -> Tally:
    tally, document = Tally(), _document(source)
    objects = find_objects(document) if document and traces.may_concern(document) else []
    with open_unpacked(source) as reader, open_packed_as(source, target) as writer:
        if objects:  # such a document is not judged line by line as well
            writer.write(_sifted_document(document, objects, traces, tally).encode())
            return tally
        for block in blocks_of_lines(reader):
            if traces.may_concern(block.decode("utf-8", "surrogateescape")):
                block = b"".join(_sifted_line(line, traces, tally) for line in io.BytesIO(block))
            writer.write(block)
    return tally


def _document(source: Path) -> str | None:
    """The text of a file that may be one JSON array, or have its objects over several lines; None of JSON lines."""
    with open_unpacked(source) as reader:
        first = next((line for line in reader if line.strip()), b"")
        if not first.lstrip(b"\xef\xbb\xbf \t").startswith((b"[", b"{")) or all(p.fields for p in read_line(first)):
            return None
        content = first + reader.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _sifted_document(text: str, objects: list[tuple[int, int, Fields]], traces: Traces, tally: Tally) -> str:
    kept, place = [], 0
    for start, end, fields in objects:
        kept.append(text[place:start])
        left, place = _left(text[start:end], text[start:end], fields, traces, tally), end
        kept.append(left)
        if not left:
            comma = COMMA.match(text, end)
            place = comma.end()
            if "," not in comma[0]:  # the last one goes with the comma before it
                kept = ["".join(kept).rstrip().removesuffix(",")]
    return "".join([*kept, text[place:]])


def _sifted_line(line: bytes, traces: Traces, tally: Tally) -> bytes:
    body, end, _ = line.partition(b"\n")
    text = body.decode("utf-8", "surrogateescape")
    pieces = read_line(body) if traces.may_concern(text) else []
    if not pieces:
        return line
    # A line of one object stays as it is, to the blanks at its ends.
    texts = [piece.content.decode("utf-8", "surrogateescape") for piece in pieces] if len(pieces) > 1 else [text]
    found = zip(texts, pieces, strict=True)
    left = "".join(_left(text, piece.text, piece.fields, traces, tally) for text, piece in found)
    return left.encode("utf-8", "surrogateescape") + end if left else b""


def _left(text: str, read: str, fields: Fields | None, traces: Traces, tally: Tally) -> str:
    """What is left of a record that was read: itself, itself masked, or nothing where it is theirs."""
    verdict = traces.judge_record(read, fields)
    tally.gone += verdict is Verdict.OWN
    tally.masked += verdict is Verdict.MENTION
    return "" if verdict is Verdict.OWN else traces.mask_record(text) if verdict is Verdict.MENTION else text


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
    """What a file of another format holds; ValueError where nobody here can look into it."""
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
        if pa.types.is_primitive(field.type):
            continue  # numbers, times, booleans
        column = table.column(place)
        is_text = pa.types.is_string(field.type)
        texts = column if is_text else pa.array(map(_as_text, column.to_pylist()), pa.string())
        values = filter(None, pc.unique(texts).to_pylist())
        verdicts = {value: traces.judge_value(field.name, value, owned) for value in values}
        own = [value for value, verdict in verdicts.items() if verdict is Verdict.OWN]
        mentions = [value for value, verdict in verdicts.items() if verdict is Verdict.MENTION]
        gone = pc.or_(gone, pc.is_in(texts, value_set=pa.array(own, pa.string())))
        if mentions:
            masked = pc.or_(masked, pc.is_in(texts, value_set=pa.array(mentions, pa.string())))
            # In a column that is no string, such a value becomes null.
            left = {value: traces.mask(value) if is_text else None for value in mentions}
            pairs = zip(texts.to_pylist(), column.to_pylist(), strict=True)
            kept = [left.get(text, value) for text, value in pairs]
            table = table.set_column(place, field, pa.array(kept, field.type))
    keep = pc.invert(gone)
    tally.gone += pc.sum(gone).as_py() or 0
    tally.masked += pc.sum(pc.and_(masked, keep)).as_py() or 0
    return table.filter(keep)


def _as_text(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if value is None else str(value)
