"""Folder markers: a key that ends in a slash is an object like any other ("Organizing objects in the Amazon S3
console by using folders", Amazon S3 User Guide), and nothing else shows a folder."""

import hashlib

import pytest
from botocore.exceptions import ClientError

from local_aws.lake import open_lake
from local_aws.lifecycle import start, stop

EMPTY = f'"{hashlib.md5(b"").hexdigest()}"'


def keys(s3, bucket, **arguments):
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket, **arguments).get("Contents", [])]


def test_a_marker_stands_before_the_keys_beneath_it(s3, bucket):
    for key in ["t/", "t/a", "t!", "t0", "t/a.d/"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    assert keys(s3, bucket) == ["t!", "t/", "t/a", "t/a.d/", "t0"]
    assert keys(s3, bucket, Prefix="t/", Delimiter="/") == ["t/", "t/a"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == keys(s3, bucket)


def test_a_marker_is_read_copied_and_deleted_for_itself(s3, bucket):
    s3.put_object(Bucket=bucket, Key="t/", Body=b"", ContentType="application/x-directory")
    s3.put_object(Bucket=bucket, Key="t/a", Body=b"a")
    got = s3.get_object(Bucket=bucket, Key="t/")
    assert (got["Body"].read(), got["ETag"], got["ContentType"]) == (b"", EMPTY, "application/x-directory")
    s3.copy_object(Bucket=bucket, Key="u/", CopySource={"Bucket": bucket, "Key": "t/"})
    s3.delete_object(Bucket=bucket, Key="t/")
    assert keys(s3, bucket) == ["t/a", "u/"]
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=bucket, Key="t/")
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "u/"}, {"Key": "t/a"}]})
    assert keys(s3, bucket) == []
    s3.delete_bucket(Bucket=bucket)


def test_a_key_that_ends_in_a_slash_may_have_content(s3, bucket):
    s3.put_object(Bucket=bucket, Key="t/", Body=b"content")
    assert s3.get_object(Bucket=bucket, Key="t/")["Body"].read() == b"content"
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Size"] == 7


def test_folders_alone_are_nothing(s3, bucket, endpoint):
    (endpoint.lake.bucket(bucket) / "left/behind").mkdir(parents=True)
    assert s3.list_objects_v2(Bucket=bucket, Delimiter="/")["KeyCount"] == 0
    with pytest.raises(ClientError) as refused:
        s3.head_object(Bucket=bucket, Key="left/")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_marker_survives_a_restart(tmp_path, client_for):
    s3 = client_for(start(tmp_path / "lake"), "s3")
    s3.create_bucket(Bucket="bkt")
    s3.put_object(Bucket="bkt", Key="t/", Body=b"", Metadata={"a": "b"})
    stop(tmp_path / "lake")
    try:
        again = client_for(start(tmp_path / "lake"), "s3")
        assert again.head_object(Bucket="bkt", Key="t/")["Metadata"] == {"a": "b"}
        assert keys(again, "bkt") == ["t/"]
        assert open_lake(tmp_path / "lake").bucket("bkt").is_dir()
    finally:
        stop(tmp_path / "lake")
