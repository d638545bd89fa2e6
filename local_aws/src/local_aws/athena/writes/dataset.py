"""The files that one statement writes: drafts until all are whole, then objects of the lake."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from local_aws.athena.reading.files import split_uri
from local_aws.athena.reading.partitions import NO_VALUE
from local_aws.athena.writes.formats import Writer, too_many_partitions
from local_aws.caller import require_object
from local_aws.lake import Lake

MOST_PARTITIONS = 100
Values = tuple[str, ...]


class Dataset:
    """Takes an answer's batches apart by partition.

    Parameters
    ----------
    scratch : Path
        Where the drafts are.
    open_file : callable
        Opens a writer at a path for the schema without partition columns.
    keys : list of str
        The partition columns, which are the last ones of each batch.
    """

    def __init__(self, scratch: Path, open_file: Callable[[Path, pa.Schema], Writer], keys: list[str]):
        self._scratch = scratch
        self._open_file = open_file
        self._keys = keys
        self._open: dict[Values, tuple[Path, Writer]] = {}
        self.rows = 0

    def write(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Write an answer.

        Raises
        ------
        QueryFailed
            Where it has more partitions than Athena writes at once.
        """
        try:
            for batch in batches:
                self.rows += batch.num_rows
                for values, part in self._parts(batch):
                    self._writer(values, part.schema).write(part)
        finally:
            for _, writer in self._open.values():
                writer.close()

    def _parts(self, batch: pa.RecordBatch) -> Iterator[tuple[Values, pa.RecordBatch]]:
        if not batch.num_rows:
            return
        if not self._keys:
            yield (), batch
            return
        texts = [partition_texts(batch.column(name)) for name in self._keys]
        stored = batch.select([name for name in batch.schema.names if name not in self._keys])
        groups: dict[Values, list[int]] = {}
        for place, values in enumerate(zip(*texts, strict=True)):
            groups.setdefault(values, []).append(place)
        for values, places in groups.items():
            yield values, stored.take(pa.array(places))

    def _writer(self, values: Values, schema: pa.Schema) -> Writer:
        if values not in self._open:
            if len(self._open) >= MOST_PARTITIONS:
                raise too_many_partitions()
            path = self._scratch / str(uuid.uuid4())
            self._open[values] = (path, self._open_file(path, schema))
        return self._open[values][1]

    def publish(self, lake: Lake, locate: Callable[[Values], str], ending: str) -> tuple[list[str], list[Values]]:
        """Make objects of the drafts; give their addresses and the partitions."""
        places = {
            values: f"{locate(values).rstrip('/')}/{path.name}{ending}" for values, (path, _) in self._open.items()
        }
        for uri in places.values():
            require_object("s3:PutObject", uri)
        for values, uri in places.items():
            bucket, key = split_uri(uri)
            target = lake.bucket(bucket) / key
            target.parent.mkdir(parents=True, exist_ok=True)
            self._open[values][0].replace(target)
        return list(places.values()), [values for values in places if values]


def partition_texts(column: pa.Array) -> list[str]:
    """Write partition values as Hive names their folders."""
    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column, format="%Y-%m-%d %H:%M:%S")
    return [_text(value) for value in column.to_pylist()]


def _text(value: Any) -> str:
    if value is None or value == "":
        return NO_VALUE
    return str(value).lower() if isinstance(value, bool) else str(value)
