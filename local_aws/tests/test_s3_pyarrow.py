"""pyarrow's S3 client (C++), which sends bodies as aws-chunked within Transfer-Encoding: chunked."""

import uuid

import pyarrow as pa
import pytest
from pyarrow import fs, parquet

from local_aws.profile import read_credentials


@pytest.fixture
def s3fs(endpoint):
    credentials = read_credentials(endpoint.lake)
    return fs.S3FileSystem(
        access_key=credentials.access_key,
        secret_key=credentials.secret_key,
        region="us-east-1",
        scheme="http",
        endpoint_override=endpoint.url.removeprefix("http://"),
        request_timeout=10,
    )


def test_a_table_is_written_read_and_removed(aws, s3fs):
    bucket = f"b-{uuid.uuid4()}"
    aws("s3").create_bucket(Bucket=bucket)
    table = pa.table({"a": list(range(200_000)), "b": ["x" * (n % 50) for n in range(200_000)]})
    parquet.write_table(table, f"{bucket}/t/x.parquet", filesystem=s3fs, compression="none")
    assert parquet.read_table(f"{bucket}/t", filesystem=s3fs).equals(table)
    found = s3fs.get_file_info(fs.FileSelector(bucket, recursive=True))
    assert sorted(entry.path for entry in found) == [f"{bucket}/t", f"{bucket}/t/x.parquet"]
    s3fs.create_dir(f"{bucket}/dir/sub", recursive=True)
    s3fs.delete_dir(f"{bucket}/dir")
    s3fs.delete_dir_contents(f"{bucket}/t")
    assert "x.parquet" not in str(aws("s3").list_objects_v2(Bucket=bucket))
