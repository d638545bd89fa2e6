"""Where people may stand: the objects of the bucket, the files of the reports, and what one run made of both."""

import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import boto3
import pyarrow as pa

from helpers.publishing.catalog import get_table, location_of
from helpers.publishing.objects import list_objects
from helpers.tables import TABLES
from runner.lake.parquet import distinct_values, open_files
from runner.lake.purge import is_versioned

BLOCK = 8 * 1024 * 1024
PAGES = (".html", ".ipynb", ".json", ".svg", ".txt", ".log")
LOGS = "sparkHistoryLogs/"
MEASURES = ("Update", "Value")
"""What Spark calls an accumulator's numbers in event logs (`org.apache.spark.util.JsonProtocol`)."""
NUMBERS = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)


@dataclass(frozen=True)
class Thing:
    """One object of a bucket, or one earlier version of one."""

    bucket: str
    key: str
    version: str | None = None
    """The version's id, where it is not what a plain GET returns."""

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return f"{self.key} (version {self.version})" if self.version else self.key

    @property
    def place(self) -> str:
        """The table that it belongs to, or the room of the bucket."""
        return next((t.name for t in TABLES.values() if self.key.startswith(t.prefix)), self.key.partition("/")[0])

    @property
    def _address(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key} | ({"VersionId": self.version} if self.version else {})

    def delete(self) -> dict:
        """Take it out of the bucket; DeleteObject's answer."""
        return boto3.client("s3").delete_object(**self._address)

    def download(self, path: Path) -> dict:
        """Write its bytes to a file; GetObject's answer."""
        answer = boto3.client("s3").get_object(**self._address)
        with path.open("wb") as stream:
            stream.writelines(answer["Body"].iter_chunks(BLOCK))
        return answer


def walk(bucket: str, prefix: str = "") -> Iterator[Thing]:
    """Every object under a prefix, and every earlier version that the bucket keeps of one."""
    s3 = boto3.client("s3")
    yield from (Thing(bucket, item["Key"]) for item in list_objects(f"s3://{bucket}/{prefix}"))
    if is_versioned(bucket):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Versions", []):
                if not item["IsLatest"]:
                    yield Thing(bucket, item["Key"], item["VersionId"])


class Copies:
    """Local copies of objects, each for one look; but who is read twice is asked for once. The folder stays."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._kept: dict[Thing, tuple[Path, dict]] = {}
        self.target = folder / "target"
        """Where a file is written that takes another's place; each one over the last."""

    def keep(self, thing: Thing) -> Path:
        """A copy that stays for the next look."""
        path = self._folder / str(len(self._kept))
        self._kept[thing] = (path, thing.download(path))
        return path

    @contextmanager
    def lend(self, thing: Thing) -> Iterator[tuple[Path, dict]]:
        """A copy for this look, and GetObject's answer."""
        path, answer = self._kept.pop(thing, (self._folder / "copy", None))
        try:
            yield path, answer or thing.download(path)
        finally:
            path.unlink(missing_ok=True)


def report_files(root: Path) -> Iterator[Path]:
    """The files under the reports' folder; links lead to files that are there anyway."""
    for folder, _, names in os.walk(root):
        yield from (path for name in sorted(names) if not (path := Path(folder) / name).is_symlink())


@dataclass(frozen=True)
class Place:
    """A text that a run made, or a part of it."""

    name: str
    text: str
    """What it says; of a Parquet file its schema and its strings, of JSON all but its numbers."""
    is_log: bool = False
    """Whether it is Spark's own log, full of words that are Spark's."""


def report_places(folder: Path) -> Iterator[Place]:
    """The pages, notebooks and documents of one report."""
    for path in report_files(folder):
        if path.suffix in PAGES:
            text = path.read_text("utf-8", "replace")
            is_json = path.suffix == ".json"
            yield Place(f"{folder.name}/{path.relative_to(folder)}", without_numbers(text) if is_json else text)


def bucket_places(
    bucket: str, run_id: str, since: datetime, await_logs: Callable[[], None] = lambda: None
) -> Iterator[Place]:
    """The records of one run, and, once they are all there, the event logs that were written to since it began."""
    s3 = boto3.client("s3")
    for prefix in (f"runs/{run_id}/", LOGS):
        if prefix == LOGS:
            await_logs()
        for item in list_objects(f"s3://{bucket}/{prefix}"):
            if prefix != LOGS or item["LastModified"] >= since:
                body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"]
                for lines in blocks_of_lines(io.BufferedReader(body, BLOCK)):
                    yield Place(item["Key"], without_numbers(lines.decode("utf-8", "replace")), prefix == LOGS)


def without_numbers(text: str) -> str:
    """A JSON document, or one a line, without its numbers: they count, and are nobody's phone, which is a string.

    Spark writes what it measures by the thousand, so that of many people's phones one would be among it by chance;
    some of it as strings of digits.
    """
    try:
        document = json.loads(text, parse_int=_no_number, parse_float=_no_number, object_hook=_without_measures)
    except ValueError:
        lines = text.splitlines()
        return "\n".join(map(without_numbers, lines)) if len(lines) > 1 else text
    return json.dumps(document, ensure_ascii=False)


def _no_number(_: str) -> None:
    return None


def _without_measures(fields: dict) -> dict:
    """What an event log says of an accumulator, without how much that is."""
    for name in MEASURES:
        if "ID" in fields and str(fields.get(name)).isdecimal():
            fields[name] = None
    return fields


def blocks_of_lines(stream: BinaryIO) -> Iterator[bytes]:
    """A stream in blocks of whole lines."""
    while block := stream.read(BLOCK):
        yield block + stream.readline()


def research_places(database: str) -> Iterator[Place]:
    """The files of the tables for research as they are published: names of columns, metadata and every string."""
    for name in (table.name for table in TABLES.values() if table.for_research):
        table = get_table(database, name)
        for key, file in open_files(location_of(table)) if table else ():
            strings = [column.name for column in file.schema_arrow if not any(is_(column.type) for is_ in NUMBERS)]
            values = {str(value) for name in strings for value in distinct_values(file, name)}
            yield Place(key, "\n".join([str(file.schema_arrow), str(file.metadata.metadata), *values]))
