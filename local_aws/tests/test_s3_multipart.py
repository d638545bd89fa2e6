import hashlib
import io
import os
import uuid

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

MIB = 1 << 20


@pytest.fixture(scope="module")
def bucket(s3):
    name = f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    return name


def code_of(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"]


@pytest.fixture
def upload(s3, bucket):
    started = s3.create_multipart_upload(Bucket=bucket, Key="d/k", ContentType="text/x", Metadata={"a": "b"})
    yield {"Bucket": bucket, "Key": "d/k", "UploadId": started["UploadId"]}
    left = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    if started["UploadId"] in [entry["UploadId"] for entry in left]:
        s3.abort_multipart_upload(Bucket=bucket, Key="d/k", UploadId=started["UploadId"])


def complete(s3, upload, *parts):
    listed = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
    return s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": listed})


def test_parts_become_one_object(s3, upload):
    bodies = [os.urandom(5 * MIB), b"the end"]
    first = s3.upload_part(**upload, PartNumber=1, Body=bodies[0])["ETag"]
    s3.upload_part(**upload, PartNumber=7, Body=b"replaced")
    last = s3.upload_part(**upload, PartNumber=7, Body=bodies[1])["ETag"]
    answer = complete(s3, upload, (1, first), (7, last))
    digests = hashlib.md5(bodies[0]).digest() + hashlib.md5(bodies[1]).digest()
    assert answer["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    got = s3.get_object(Bucket=upload["Bucket"], Key="d/k")
    assert got["Body"].read() == bodies[0] + bodies[1]
    assert (got["ETag"], got["ContentType"], got["Metadata"]) == (answer["ETag"], "text/x", {"a": "b"})
    assert code_of(s3.upload_part, **upload, PartNumber=1, Body=b"") == "NoSuchUpload"


def test_wrong_lists_of_parts_are_refused(s3, upload):
    small = s3.upload_part(**upload, PartNumber=1, Body=b"small")["ETag"]
    other = s3.upload_part(**upload, PartNumber=2, Body=b"other")["ETag"]
    for code, parts in [
        ("InvalidPartOrder", [(2, other), (1, small)]),
        ("InvalidPart", [(1, other)]),
        ("InvalidPart", [(3, small)]),
        ("EntityTooSmall", [(1, small), (2, other)]),
        ("MalformedXML", []),
    ]:
        with pytest.raises(ClientError) as refused:
            complete(s3, upload, *parts)
        assert refused.value.response["Error"]["Code"] == code
    assert code_of(s3.upload_part, **upload, PartNumber=10001, Body=b"") == "InvalidArgument"


def test_an_aborted_upload_is_gone(s3, upload):
    s3.upload_part(**upload, PartNumber=1, Body=b"x")
    s3.abort_multipart_upload(**upload)
    assert code_of(s3.upload_part, **upload, PartNumber=1, Body=b"x") == "NoSuchUpload"
    assert code_of(s3.abort_multipart_upload, **upload) == "NoSuchUpload"


def test_parts_can_be_copied(s3, bucket, upload):
    s3.put_object(Bucket=bucket, Key="source", Body=b"0123456789")
    source = {"Bucket": bucket, "Key": "source"}
    behind = {"PartNumber": 1, "CopySource": source, "CopySourceRange": "bytes=2-10"}
    assert code_of(s3.upload_part_copy, **upload, **behind) == "InvalidArgument"
    part = s3.upload_part_copy(**upload, PartNumber=1, CopySource=source, CopySourceRange="bytes=2-4")
    complete(s3, upload, (1, part["CopyPartResult"]["ETag"]))
    assert s3.get_object(Bucket=bucket, Key="d/k")["Body"].read() == b"234"


@pytest.mark.parametrize(("algorithm", "kind"), [("CRC32", "COMPOSITE"), ("CRC32", "FULL_OBJECT"), ("SHA256", None)])
def test_checksums_of_parts(s3, bucket, algorithm, kind):
    at = {"Bucket": bucket, "Key": f"sums/{algorithm}{kind}"}
    chosen = {"ChecksumType": kind} if kind else {}
    started = s3.create_multipart_upload(**at, ChecksumAlgorithm=algorithm, **chosen)["UploadId"]
    part = s3.upload_part(**at, UploadId=started, PartNumber=1, Body=b"x", ChecksumAlgorithm=algorithm)
    listed = [{"PartNumber": 1, "ETag": part["ETag"], f"Checksum{algorithm}": part[f"Checksum{algorithm}"]}]
    done = s3.complete_multipart_upload(**at, UploadId=started, MultipartUpload={"Parts": listed})
    checksum = done[f"Checksum{algorithm}"]
    assert done["ChecksumType"] == (kind or "COMPOSITE")
    assert checksum.endswith("-1") == (kind != "FULL_OBJECT")
    assert s3.head_object(**at, ChecksumMode="ENABLED")[f"Checksum{algorithm}"] == checksum


def test_boto3_moves_a_large_file_in_parts(s3, bucket):
    data = os.urandom(17 * MIB + 3)
    config = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB)
    s3.upload_fileobj(io.BytesIO(data), bucket, "large", Config=config)
    s3.copy({"Bucket": bucket, "Key": "large"}, bucket, "copy", Config=config)
    target = io.BytesIO()
    s3.download_fileobj(bucket, "copy", target, Config=config)
    assert target.getvalue() == data


def test_uploads_are_listed_in_pages(s3, bucket):
    started = [s3.create_multipart_upload(Bucket=bucket, Key=f"pages/{n}") for n in (2, 1, 3)]
    paginator = s3.get_paginator("list_multipart_uploads")
    pages = paginator.paginate(Bucket=bucket, Prefix="pages/", PaginationConfig={"PageSize": 1})
    assert [upload["Key"] for page in pages for upload in page.get("Uploads", [])] == ["pages/1", "pages/2", "pages/3"]
    for upload in started:
        s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
