"""The result file of a query, in Athena's CSV: every value quoted, nulls as nothing at all.

Source: "Work with query results and recent queries" (Athena user guide). Athena's ``.csv.metadata`` file, a format of
its own that no client here reads, is not written.
"""

import os
import re
import tempfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.lake import Lake

Row = list["str | None"]
_FIELD = re.compile(r'(?:"((?:[^"]|"")*)")?(?:,|\Z)')


def result_path(lake: Lake, output_location: str) -> Path:
    """The file of the S3 object ``output_location``."""
    bucket, _, key = output_location.removeprefix("s3://").partition("/")
    return lake.bucket(bucket) / key


def write_csv(lake: Lake, target: Path, header: list[str], rows: Iterable[Row]) -> None:
    """Write a result file whole or not at all."""
    _write(lake, target, _lines(header, rows))


def write_text(lake: Lake, target: Path, rows: Iterable[Row]) -> None:
    """Write the plain text file of a DDL statement, whole or not at all."""
    _write(lake, target, ("\t".join(value or "" for value in row) + "\n" for row in rows))


def _lines(header: list[str], rows: Iterable[Row]) -> Iterable[str]:
    yield _line(header)
    for row in rows:
        yield _line(row)


def _line(row: Iterable["str | None"]) -> str:
    return ",".join("" if value is None else '"' + value.replace('"', '""') + '"' for value in row) + "\n"


def _write(lake: Lake, target: Path, lines: Iterable[str]) -> None:
    with tempfile.TemporaryDirectory(dir=lake.state, prefix="athena-result-") as folder:
        draft = Path(folder, target.name)
        with draft.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(target)


def read_page(target: Path, offset: int, count: int, width: int) -> tuple[list[Row], int | None]:
    """Read ``count`` rows from a byte offset of a result file; give them and the offset of the next, if any.

    Raises
    ------
    AwsError
        Where the result file is gone.
    """
    rows: list[Row] = []
    try:
        with target.open("rb") as stream:
            stream.seek(offset)
            while len(rows) < count:
                line = stream.readline()
                while line.count(b'"') % 2:
                    # A line break within a value.
                    line += stream.readline()
                if not line:
                    return rows, None
                rows.append(_parse(line.decode("utf-8").removesuffix("\n"), width))
            return rows, stream.tell() if stream.peek(1) else None
    except FileNotFoundError as error:
        raise AwsError("InvalidRequestException", "Could not find results") from error


def _parse(line: str, width: int) -> Row:
    fields = islice(_FIELD.finditer(line), width)
    return [None if field[1] is None else field[1].replace('""', '"') for field in fields]
