"""The Parquet files of a version of a table, read where they are: of each only the columns that are asked for."""

import io
from collections.abc import Iterator

import boto3
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.publishing.objects import list_objects, split_uri


class ObjectStream(io.RawIOBase):
    """An object of S3 as a file in which one can seek; each read is a GET of just these bytes.

    pyarrow's own S3 client reads neither a profile nor its ``endpoint_url``.
    """

    def __init__(self, bucket: str, key: str, size: int):
        self._s3, self._object, self._size, self._place = boto3.client("s3"), {"Bucket": bucket, "Key": key}, size, 0

    def readable(self) -> bool:  # noqa: D102
        return True

    def seekable(self) -> bool:  # noqa: D102
        return True

    def tell(self) -> int:  # noqa: D102
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:  # noqa: D102
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # noqa: D102
        end = min(self._place + len(buffer), self._size)
        if end <= self._place:
            return 0
        answer = self._s3.get_object(**self._object, Range=f"bytes={self._place}-{end - 1}")
        found = answer["Body"].read()
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)


def open_files(location: str) -> Iterator[tuple[str, pq.ParquetFile]]:
    """Key and content of each file under an ``s3://`` prefix."""
    bucket, _ = split_uri(location)
    for item in list_objects(location):
        with pq.ParquetFile(ObjectStream(bucket, item["Key"], item["Size"])) as file:
            yield item["Key"], file


def distinct_values(file: pq.ParquetFile, column: str, known_by: str | None = None) -> set:
    """The values that a column has, null left out; no value where the file has no such column.

    Parameters
    ----------
    column : str
        Its name, in any case: the catalog has names in lower case, and so have tables that Athena wrote.
    known_by : str, optional
        A column that must not be null for a row to count.
    """
    names = {name.lower(): name for name in file.schema_arrow.names}
    found = set()
    if column.lower() not in names:
        return found
    wanted = [names[name.lower()] for name in (column, known_by) if name]
    for batch in file.iter_batches(columns=wanted):
        values = batch.column(wanted[0])
        found.update(pc.unique(values.filter(pc.is_valid(batch.column(wanted[-1])))).to_pylist())
    return found - {None}
