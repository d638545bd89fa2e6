"""The bucket is a folder that Spark writes to beside S3."""

import hashlib
import os
import threading

import pytest
from botocore.exceptions import ClientError

from local_aws.s3.folders import ATTEMPTS


@pytest.fixture
def folder(endpoint, bucket):
    return endpoint.lake.bucket(bucket)


def keys(s3, bucket):
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def etag(content):
    return f'"{hashlib.md5(content).hexdigest()}"'


def test_what_spark_wrote_is_listed_as_s3_would_list_it(s3, bucket, folder):
    table = folder / "t"
    (table / "_temporary/0").mkdir(parents=True)
    (table / "empty").mkdir()
    for name in ["_SUCCESS", "._SUCCESS.crc", "part-0.parquet", ".part-0.parquet.crc", "_temporary/0/part-1"]:
        (table / name).write_bytes(b"spark")
    assert keys(s3, bucket) == ["t/_SUCCESS", "t/part-0.parquet"]
    page = s3.list_objects_v2(Bucket=bucket, Prefix="t/", Delimiter="/")
    assert "CommonPrefixes" not in page
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="t/_temporary/")
    assert (
        page["Contents"][1]["ETag"] == s3.head_object(Bucket=bucket, Key="t/part-0.parquet")["ETag"] == etag(b"spark")
    )


def test_metadata_ends_with_the_file_that_it_was_put_with(s3, bucket, folder):
    s3.put_object(Bucket=bucket, Key="k", Body=b"old", Metadata={"a": "b"})
    (folder / "k").write_bytes(b"new")
    head = s3.head_object(Bucket=bucket, Key="k")
    assert (head["ETag"], head["Metadata"]) == (etag(b"new"), {})


def test_an_overwrite_takes_hadoops_checksum_away(s3, bucket, folder):
    (folder / "k").write_bytes(b"spark")
    (folder / ".k.crc").write_bytes(b"crc of spark's")
    s3.put_object(Bucket=bucket, Key="k", Body=b"other")
    assert [entry.name for entry in folder.iterdir()] == ["k"]


def test_the_last_object_takes_its_folders_with_it(s3, bucket, folder):
    s3.put_object(Bucket=bucket, Key="a/b/c/k", Body=b"")
    s3.put_object(Bucket=bucket, Key="a/x", Body=b"")
    s3.delete_object(Bucket=bucket, Key="a/b/c/k")
    assert [entry.name for entry in (folder / "a").iterdir()] == ["x"]
    s3.delete_object(Bucket=bucket, Key="a/x")
    assert list(folder.iterdir()) == []


def test_nothing_outside_the_bucket_is_reached_through_links(s3, bucket, folder, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "out").symlink_to(tmp_path)
    (folder / "file").symlink_to(tmp_path / "secret")
    assert keys(s3, bucket) == []
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="out/")
    for call, arguments in [
        (s3.get_object, {"Key": "out/secret"}),
        (s3.get_object, {"Key": "file"}),
        (s3.put_object, {"Key": "out/new", "Body": b""}),
        (s3.put_object, {"Key": "out/deep/new", "Body": b""}),
        (s3.delete_object, {"Key": "out/secret"}),
    ]:
        with pytest.raises(ClientError, match="AccessDenied"):
            call(Bucket=bucket, **arguments)
    s3.delete_object(Bucket=bucket, Key="file")
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]


def test_a_pipe_in_the_bucket_is_no_object(s3, bucket, folder):
    os.mkfifo(folder / "pipe")
    assert keys(s3, bucket) == []
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=bucket, Key="pipe")


def test_a_reader_keeps_the_object_that_it_opened(s3, bucket):
    old, new = b"a" * (8 << 20), b"b" * (8 << 20)
    s3.put_object(Bucket=bucket, Key="k", Body=old)
    body = s3.get_object(Bucket=bucket, Key="k")["Body"]
    start = body.read(10)
    s3.put_object(Bucket=bucket, Key="k", Body=new)
    assert start + body.read() == old
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == new


def test_puts_and_deletes_in_one_folder_do_not_disturb_each_other(s3, bucket):
    failures = []

    def churn(name):
        try:
            for _ in range(ATTEMPTS):
                s3.put_object(Bucket=bucket, Key=f"deep/er/{name}", Body=b"x", Metadata={"n": name})
                assert s3.head_object(Bucket=bucket, Key=f"deep/er/{name}")["Metadata"] == {"n": name}
                s3.delete_object(Bucket=bucket, Key=f"deep/er/{name}")
        except (ClientError, AssertionError) as failure:
            failures.append(failure)

    threads = [threading.Thread(target=churn, args=[str(number)]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert keys(s3, bucket) == []
