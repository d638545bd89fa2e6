import hashlib
import uuid
from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError


def code_of(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"]


def status_of(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_an_object_comes_back_with_everything_that_was_stored(s3, bucket):
    key = "a b/ü+%2F&=?#~.txt"
    put = s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=b"hello",
        ContentType="text/x",
        ContentEncoding="gzip",
        CacheControl="no-store",
        Metadata={"who": "me"},
    )
    got = s3.get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    assert got["Body"].read() == b"hello"
    assert got["ETag"] == put["ETag"] == f'"{hashlib.md5(b"hello").hexdigest()}"'
    assert (got["ContentType"], got["ContentEncoding"], got["CacheControl"]) == ("text/x", "gzip", "no-store")
    assert got["Metadata"] == {"who": "me"}
    assert got["ChecksumCRC32"] == put["ChecksumCRC32"]
    head = s3.head_object(Bucket=bucket, Key=key)
    assert (head["ContentLength"], head["ETag"], head["Metadata"]) == (5, put["ETag"], {"who": "me"})
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Key"] == key


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_are_verified_and_kept(s3, bucket, algorithm):
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 5000, ChecksumAlgorithm=algorithm)
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert head[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]
    wrong = {f"Checksum{algorithm}": put[f"Checksum{algorithm}"]}
    assert code_of(s3.put_object, Bucket=bucket, Key="k", Body=b"other", **wrong) == "BadDigest"
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x" * 5000


def test_a_wrong_content_md5_is_refused(s3, bucket):
    md5 = "XUFAKrxLKna5cZ2REBfFkg=="
    s3.put_object(Bucket=bucket, Key="k", Body=b"hello", ContentMD5=md5)
    assert code_of(s3.put_object, Bucket=bucket, Key="k", Body=b"other", ContentMD5=md5) == "BadDigest"
    assert code_of(s3.put_object, Bucket=bucket, Key="k", Body=b"other", ContentMD5="short") == "InvalidDigest"


@pytest.mark.parametrize(
    ("asked", "answer", "content_range"),
    [
        ("bytes=1-2", b"12", "bytes 1-2/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-30", b"0123456789", "bytes 0-9/10"),
        ("bytes=5-99", b"56789", "bytes 5-9/10"),
    ],
)
def test_ranges(s3, bucket, asked, answer, content_range):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    got = s3.get_object(Bucket=bucket, Key="k", Range=asked)
    assert (got["Body"].read(), got["ContentRange"]) == (answer, content_range)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206


@pytest.mark.parametrize("asked", ["bytes=2-1", "lines=1-2", "bytes=0-1,3-4"])
def test_what_is_no_single_range_is_ignored(s3, bucket, asked):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    assert s3.get_object(Bucket=bucket, Key="k", Range=asked)["Body"].read() == b"0123456789"


def test_a_range_behind_the_end_is_refused(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    assert code_of(s3.get_object, Bucket=bucket, Key="k", Range="bytes=10-") == "InvalidRange"
    assert code_of(s3.get_object, Bucket=bucket, Key="k", Range="bytes=-0") == "InvalidRange"


def test_conditional_reads(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    later, earlier = (datetime.now(timezone.utc) + timedelta(hours=sign) for sign in (1, -1))
    at = {"Bucket": bucket, "Key": "k"}
    assert s3.get_object(**at, IfMatch=etag, IfUnmodifiedSince=earlier)["Body"].read() == b"x"
    assert code_of(s3.get_object, **at, IfMatch='"other"') == "PreconditionFailed"
    assert code_of(s3.get_object, **at, IfUnmodifiedSince=earlier) == "PreconditionFailed"
    assert status_of(s3.get_object, **at, IfNoneMatch=etag) == 304
    assert status_of(s3.get_object, **at, IfModifiedSince=later) == 304
    assert s3.get_object(**at, IfModifiedSince=earlier)["Body"].read() == b"x"


def test_conditional_writes(s3, bucket):
    at = {"Bucket": bucket, "Key": "k"}
    assert code_of(s3.put_object, **at, Body=b"0", IfMatch='"any"') == "NoSuchKey"
    etag = s3.put_object(**at, Body=b"1", IfNoneMatch="*")["ETag"]
    assert code_of(s3.put_object, **at, Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
    s3.put_object(**at, Body=b"2", IfMatch=etag)
    assert code_of(s3.put_object, **at, Body=b"3", IfMatch=etag) == "PreconditionFailed"
    assert s3.get_object(**at)["Body"].read() == b"2"


def test_what_is_not_there(s3, bucket):
    assert code_of(s3.get_object, Bucket=bucket, Key="no") == "NoSuchKey"
    assert status_of(s3.head_object, Bucket=bucket, Key="no") == 404
    assert code_of(s3.get_object, Bucket="no-such-bucket", Key="k") == "NoSuchBucket"
    assert code_of(s3.list_objects_v2, Bucket=".local-aws") == "InvalidBucketName"
    s3.delete_object(Bucket=bucket, Key="no")


@pytest.mark.parametrize("key", ["a//b", "/a", "a/../../x", "..", "x" * 256, "a/_temporary/b", ".x.crc", "a\nb"])
def test_keys_that_a_directory_cannot_hold_are_refused(s3, bucket, key):
    assert code_of(s3.put_object, Bucket=bucket, Key=key, Body=b"") == "NotImplemented"


def test_a_key_of_more_than_1024_bytes_is_too_long(s3, bucket):
    assert code_of(s3.put_object, Bucket=bucket, Key="ab/" * 342, Body=b"") == "KeyTooLongError"


def test_an_object_and_a_prefix_of_one_name_are_refused(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    assert code_of(s3.put_object, Bucket=bucket, Key="a/b", Body=b"") == "NotImplemented"
    s3.put_object(Bucket=bucket, Key="p/q", Body=b"")
    assert code_of(s3.put_object, Bucket=bucket, Key="p", Body=b"") == "NotImplemented"
    assert code_of(s3.get_object, Bucket=bucket, Key="p") == "NoSuchKey"


def test_copies_keep_or_replace_metadata(s3, bucket):
    s3.put_object(Bucket=bucket, Key="from ü", Body=b"x", Metadata={"a": "1"})
    source = {"Bucket": bucket, "Key": "from ü"}
    s3.copy_object(Bucket=bucket, Key="kept", CopySource=source)
    s3.copy_object(Bucket=bucket, Key="new", CopySource=source, MetadataDirective="REPLACE", Metadata={"b": "2"})
    assert s3.head_object(Bucket=bucket, Key="kept")["Metadata"] == {"a": "1"}
    assert s3.head_object(Bucket=bucket, Key="new")["Metadata"] == {"b": "2"}
    assert code_of(s3.copy_object, Bucket=bucket, Key="from ü", CopySource=source) == "InvalidRequest"
    arguments = {"Bucket": bucket, "Key": "c", "CopySource": source, "CopySourceIfMatch": "no"}
    assert code_of(s3.copy_object, **arguments) == "PreconditionFailed"


def test_delete_objects_answers_for_each_key(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"")
    keys = [{"Key": "a/b"}, {"Key": "not-there"}, {"Key": "x//y"}]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})
    assert [entry["Key"] for entry in answer["Deleted"]] == ["a/b", "not-there"]
    assert [(entry["Key"], entry["Code"]) for entry in answer["Errors"]] == [("x//y", "NotImplemented")]
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys[:1], "Quiet": True})
    assert "Deleted" not in quiet


def test_buckets(s3, endpoint):
    name = f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    s3.create_bucket(Bucket=name)
    assert s3.head_bucket(Bucket=name)["BucketRegion"] == "us-east-1"
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] is None
    assert "Status" not in s3.get_bucket_versioning(Bucket=name)
    assert name in [entry["Name"] for entry in s3.list_buckets()["Buckets"]]
    assert ".local_aws" not in [entry["Name"] for entry in s3.list_buckets()["Buckets"]]
    s3.put_object(Bucket=name, Key="d/k", Body=b"")
    assert code_of(s3.delete_bucket, Bucket=name) == "BucketNotEmpty"
    s3.delete_object(Bucket=name, Key="d/k")
    s3.delete_bucket(Bucket=name)
    assert status_of(s3.head_bucket, Bucket=name) == 404
    assert code_of(s3.create_bucket, Bucket="Upper") == "InvalidBucketName"


def test_what_is_not_supported_is_refused_by_name(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    for call, name, arguments in [
        (s3.get_bucket_acl, "GetBucketAcl", {}),
        (s3.get_bucket_encryption, "GetBucketEncryption", {}),
        (s3.list_parts, "ListParts", {"Key": "k", "UploadId": "u"}),
        (s3.get_bucket_policy, "GetBucketPolicy", {}),
        (s3.get_bucket_policy_status, "GetBucketPolicyStatus", {}),
        (s3.put_object_tagging, "PutObjectTagging", {"Key": "k", "Tagging": {"TagSet": []}}),
        (s3.get_object_attributes, "GetObjectAttributes", {"Key": "k", "ObjectAttributes": ["ETag"]}),
        (s3.get_object, "partNumber", {"Key": "k", "PartNumber": 1}),
        (s3.put_object, "x-amz-server-side-encryption", {"Key": "k", "ServerSideEncryption": "aws:kms"}),
        (s3.put_object, "x-amz-storage-class", {"Key": "k", "StorageClass": "GLACIER"}),
    ]:
        with pytest.raises(ClientError) as refused:
            call(Bucket=bucket, **arguments)
        assert refused.value.response["Error"]["Code"] == "NotImplemented"
        assert name in refused.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    "name",
    [
        "a[1]",
        "wh?t",
        "st*r",
        "{x}",
        "50%25",
        "%2F",
        "%00",
        "h#sh",
        "b\\c",
        " blank ",
        "a+b",
        "~",
        "$HOME",
        "it's",
        'q"q',
    ]
    + ["<a>&", "a:b", "a;b|c`^", "e\u0301", "数据", "😀", "\u00a0x\u200b"],
)
def test_a_key_is_its_characters_and_nothing_more(s3, bucket, name):
    key = f"in {name}/{name}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"x"
    s3.copy_object(Bucket=bucket, Key=f"{key}.copy", CopySource={"Bucket": bucket, "Key": key})
    found = s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"]
    assert [item["Key"] for item in found] == [key, f"{key}.copy"]
    folders = s3.list_objects_v2(Bucket=bucket, Prefix=f"in {name}", Delimiter="/")["CommonPrefixes"]
    assert [item["Prefix"] for item in folders] == [f"in {name}/"]
    s3.delete_object(Bucket=bucket, Key=key)
    assert not s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": f"{key}.copy"}]}).get("Errors")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
