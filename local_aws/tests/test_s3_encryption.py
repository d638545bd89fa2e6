"""Buckets that are encrypted with SSE-KMS: an ETag is no MD5 ("Object", Amazon S3 API Reference)."""

import hashlib
import os

import pytest
from botocore.exceptions import ClientError

from local_aws.s3.records import KMS_KEY
from local_aws.unkind import Unkind, write_unkind

MIB = 1 << 20


@pytest.fixture
def kms(endpoint):
    write_unkind(endpoint.lake, Unkind(sse_kms=True))
    yield
    write_unkind(endpoint.lake, Unkind())


def listed(s3, bucket):
    return {entry["Key"]: entry["ETag"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])}


def md5(content):
    return f'"{hashlib.md5(content).hexdigest()}"'


def test_new_buckets_are_encrypted_with_sse_s3(s3, bucket):
    """ "Setting default server-side encryption behavior for Amazon S3 buckets"."""
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert (put["ETag"], put["ServerSideEncryption"]) == (md5(b"x"), "AES256")


def test_what_is_done_anyway_may_be_asked_for_and_nothing_else(s3, bucket):
    """ "Specifying server-side encryption with Amazon S3 managed keys (SSE-S3)"."""
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="AES256")["ETag"] == md5(b"x")
    with pytest.raises(ClientError, match="x-amz-server-side-encryption"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms")


def test_what_an_object_was_read_with_may_be_asked_for_again(s3, bucket, kms):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    read = s3.head_object(Bucket=bucket, Key="k")
    again = {name: read[name] for name in ("ServerSideEncryption", "SSEKMSKeyId")}
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"y", **again)["ServerSideEncryption"] == "aws:kms"


def test_an_etag_says_nothing_of_the_content_and_stays(s3, bucket, kms, endpoint):
    at = {"Bucket": bucket, "Key": "k"}
    put, head, got = s3.put_object(**at, Body=b"x"), s3.head_object(**at), s3.get_object(**at)
    assert len(put["ETag"].strip('"')) == 32
    assert put["ETag"] == head["ETag"] == got["ETag"] == listed(s3, bucket)["k"] != md5(b"x")
    assert {(answer["ServerSideEncryption"], answer["SSEKMSKeyId"]) for answer in (put, head, got)} == {
        ("aws:kms", KMS_KEY)
    }
    assert s3.put_object(**at, Body=b"x")["ETag"] != put["ETag"]
    s3.put_object(**at, Body=b"y", IfMatch=listed(s3, bucket)["k"])
    (endpoint.lake.bucket(bucket) / "spark").write_bytes(b"spark")
    assert listed(s3, bucket)["spark"] == s3.head_object(Bucket=bucket, Key="spark")["ETag"] != md5(b"spark")


def test_a_copy_has_an_etag_of_its_own(s3, bucket, kms):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Metadata={"a": "b"})
    s3.copy_object(Bucket=bucket, Key="c", CopySource={"Bucket": bucket, "Key": "k"})
    etags = listed(s3, bucket)
    assert etags["c"] not in (etags["k"], md5(b"x"))
    assert s3.head_object(Bucket=bucket, Key="c")["Metadata"] == {"a": "b"}


def test_parts_have_such_etags_too_and_the_object_tells_their_number(s3, bucket, kms):
    at = {"Bucket": bucket, "Key": "k"}
    upload = {**at, "UploadId": s3.create_multipart_upload(**at)["UploadId"]}
    bodies = [os.urandom(5 * MIB), b"end"]
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]}
        for number, body in enumerate(bodies, 1)
    ]
    assert not {part["ETag"] for part in parts} & {md5(body) for body in bodies}
    done = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    plain = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
    assert done["ETag"].endswith('-2"')
    assert done["ETag"] == s3.head_object(**at)["ETag"] == listed(s3, bucket)["k"] != f'"{plain}-2"'
    assert done["ServerSideEncryption"] == "aws:kms"


def test_what_was_there_before_stays_as_it_was(s3, bucket, endpoint):
    """ "Default encryption" is of new objects ("Amazon S3 now automatically encrypts all new objects")."""
    s3.put_object(Bucket=bucket, Key="before", Body=b"x")
    write_unkind(endpoint.lake, Unkind(sse_kms=True))
    try:
        head = s3.head_object(Bucket=bucket, Key="before")
        assert (head["ETag"], head["ServerSideEncryption"]) == (md5(b"x"), "AES256")
        s3.put_object(Bucket=bucket, Key="during", Body=b"x")
    finally:
        write_unkind(endpoint.lake, Unkind())
    assert s3.head_object(Bucket=bucket, Key="during")["ServerSideEncryption"] == "aws:kms"


def test_a_write_may_say_what_the_answer_of_a_read_said(s3, bucket, kms):
    """ "PutObject", x-amz-server-side-encryption: who rewrites an object carries over how it is encrypted."""
    at = {"Bucket": bucket, "Key": "k"}
    plain = s3.put_object(**at, Body=b"x", ServerSideEncryption="AES256")
    assert (plain["ETag"], plain["ServerSideEncryption"]) == (md5(b"x"), "AES256")
    s3.put_object(**at, Body=b"x")
    head = s3.head_object(**at)
    again = s3.put_object(
        **at, Body=b"x", ServerSideEncryption=head["ServerSideEncryption"], SSEKMSKeyId=head["SSEKMSKeyId"]
    )
    assert again["ServerSideEncryption"] == "aws:kms"
    with pytest.raises(ClientError, match="NotImplemented"):
        s3.put_object(**at, Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId="arn:aws:kms:another")
