"""The Parquet files of a version of a table, read where they are: of each only the columns that are asked for."""

from collections.abc import Iterator

import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyathena.filesystem.s3 import S3FileSystem

from helpers.publishing.objects import data_keys, split_uri


def open_files(location: str) -> Iterator[tuple[str, pq.ParquetFile]]:
    """Key and content of each file under an ``s3://`` prefix."""
    bucket, _ = split_uri(location)
    # pyarrow's own S3 client reads neither a profile nor its endpoint_url; this one asks boto3, for ranges of bytes.
    files = S3FileSystem(skip_instance_cache=True)
    for key in data_keys(location):
        with files.open(f"s3://{bucket}/{key}") as stream, pq.ParquetFile(stream) as file:
            yield key, file


def distinct_values(file: pq.ParquetFile, column: str, known_by: str | None = None) -> set:
    """The values that a column has, null left out, in the rows in which ``known_by`` is not null either.

    Names are in any case: the catalog has them in lower case, and so have tables that Athena wrote. A file without such
    a column has none.
    """
    names = {name.lower(): name for name in file.schema_arrow.names}
    if column.lower() not in names:
        return set()
    wanted = [names[name.lower()] for name in (column, known_by) if name]
    found = set()
    for batch in file.iter_batches(columns=wanted):
        found.update(pc.unique(batch.column(wanted[0]).filter(batch.column(wanted[-1]).is_valid())).to_pylist())
    return found - {None}
