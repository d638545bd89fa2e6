"""Versioned buckets ("Using versioning in S3 buckets" and the pages below it, Amazon S3 User Guide)."""

import pytest
from botocore.exceptions import ClientError
from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local_aws.lake import open_lake
from local_aws.s3 import store
from local_aws.s3.service import S3
from local_aws.s3.xml import parse
from local_aws.unkind import Unkind, write_unkind


@pytest.fixture
def versioning(endpoint):
    write_unkind(endpoint.lake, Unkind(versioning=True))
    yield
    write_unkind(endpoint.lake, Unkind())


def refused(call, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response


def body(s3, **arguments):
    return s3.get_object(**arguments)["Body"].read()


def versions(s3, bucket, **arguments):
    page = s3.list_object_versions(Bucket=bucket, **arguments)
    objects = [(entry["Key"], entry["VersionId"], entry["IsLatest"]) for entry in page.get("Versions", [])]
    markers = [(entry["Key"], entry["VersionId"], entry["IsLatest"]) for entry in page.get("DeleteMarkers", [])]
    return objects, markers


def test_without_versioning_each_object_is_the_null_version(s3, bucket):
    """ "How S3 Versioning works"."""
    assert "VersionId" not in s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    s3.put_object(Bucket=bucket, Key="k", Body=b"2")
    assert versions(s3, bucket) == ([("k", "null", True)], [])
    assert body(s3, Bucket=bucket, Key="k", VersionId="null") == b"2"
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId="0" * 32)["Error"]["Code"] == "NoSuchVersion"
    assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId="x")["Error"]["Code"] == "InvalidArgument"
    assert "DeleteMarker" not in s3.delete_object(Bucket=bucket, Key="k")
    assert versions(s3, bucket) == ([], [])


def test_what_is_written_over_stays(s3, bucket, versioning):
    """ "Adding objects to versioning-enabled buckets"."""
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    at = {"Bucket": bucket, "Key": "k"}
    first = s3.put_object(**at, Body=b"1", Metadata={"n": "1"})["VersionId"]
    second = s3.put_object(**at, Body=b"22")["VersionId"]
    assert body(s3, **at) == b"22"
    assert s3.head_object(**at)["VersionId"] == second
    assert body(s3, **at, VersionId=first) == b"1"
    assert s3.head_object(**at, VersionId=first)["Metadata"] == {"n": "1"}
    assert versions(s3, bucket) == ([("k", second, True), ("k", first, False)], [])
    copied = s3.copy_object(Bucket=bucket, Key="c", CopySource={**at, "VersionId": first})
    assert (copied["CopySourceVersionId"], body(s3, Bucket=bucket, Key="c")) == (first, b"1")


def test_what_was_there_before_versioning_is_the_null_version(s3, bucket, endpoint):
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    (endpoint.lake.bucket(bucket) / "spark").write_bytes(b"spark")
    write_unkind(endpoint.lake, Unkind(versioning=True))
    try:
        for key in ("k", "spark"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"after")
    finally:
        write_unkind(endpoint.lake, Unkind())
    assert body(s3, Bucket=bucket, Key="k", VersionId="null") == b"before"
    assert body(s3, Bucket=bucket, Key="spark", VersionId="null") == b"spark"


def test_a_delete_marker_hides_an_object_until_it_is_deleted(s3, bucket, versioning):
    """ "Working with delete markers", "Managing delete markers"."""
    at = {"Bucket": bucket, "Key": "d/k"}
    version = s3.put_object(**at, Body=b"x")["VersionId"]
    deleted = s3.delete_object(**at)
    assert deleted["DeleteMarker"] is True
    marker = deleted["VersionId"]
    missing = refused(s3.get_object, **at)
    assert missing["Error"]["Code"] == "NoSuchKey"
    assert missing["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    assert refused(s3.head_object, **at)["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert refused(s3.get_object, **at, VersionId=marker)["Error"]["Code"] == "MethodNotAllowed"
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    assert versions(s3, bucket) == ([("d/k", version, False)], [("d/k", marker, True)])
    assert body(s3, **at, VersionId=version) == b"x"
    removed = s3.delete_object(**at, VersionId=marker)
    assert (removed["DeleteMarker"], removed["VersionId"]) == (True, marker)
    assert body(s3, **at) == b"x"
    assert versions(s3, bucket) == ([("d/k", version, True)], [])


def test_a_version_is_deleted_for_good(s3, bucket, versioning):
    """ "Deleting object versions from a versioning-enabled bucket"."""
    at = {"Bucket": bucket, "Key": "k"}
    ids = [s3.put_object(**at, Body=content)["VersionId"] for content in (b"1", b"2", b"3")]
    assert s3.delete_object(**at, VersionId=ids[2])["VersionId"] == ids[2]
    assert body(s3, **at) == b"2"
    s3.delete_object(**at, VersionId=ids[0])
    assert refused(s3.get_object, **at, VersionId=ids[0])["Error"]["Code"] == "NoSuchVersion"
    s3.delete_object(**at, VersionId=ids[1])
    assert versions(s3, bucket) == ([], [])
    s3.delete_object(**at, VersionId=ids[1])
    s3.delete_bucket(Bucket=bucket)


def test_a_marker_of_nothing_and_the_bucket_it_keeps(s3, bucket, versioning):
    """A delete of a key that is not there makes a marker; a bucket of markers is not empty ("DeleteBucket")."""
    marker = s3.delete_object(Bucket=bucket, Key="no")["VersionId"]
    assert versions(s3, bucket) == ([], [("no", marker, True)])
    assert refused(s3.delete_bucket, Bucket=bucket)["Error"]["Code"] == "BucketNotEmpty"
    s3.delete_object(Bucket=bucket, Key="no", VersionId=marker)
    s3.delete_bucket(Bucket=bucket)


def test_delete_objects_takes_versions(s3, bucket, versioning):
    """ "DeleteObjects", Amazon S3 API Reference."""
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="k", Body=b"2")["VersionId"]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}]})["Deleted"][0]
    assert answer["DeleteMarker"] is True
    marker = answer["DeleteMarkerVersionId"]
    named = [{"Key": "k", "VersionId": version} for version in (first, second, marker)]
    deleted = s3.delete_objects(Bucket=bucket, Delete={"Objects": named})["Deleted"]
    assert [entry["VersionId"] for entry in deleted] == [first, second, marker]
    assert versions(s3, bucket) == ([], [])


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("arguments", [{}, {"Prefix": "b"}, {"Delimiter": "/"}])
def test_pages_of_versions_make_up_the_whole(s3, bucket, versioning, arguments, size):
    """ "ListObjectVersions", Amazon S3 API Reference."""
    for key in ["a", "a", "b/1", "b/1", "b/ü", "c"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    for key in ["a", "b/1"]:
        s3.delete_object(Bucket=bucket, Key=key)
    s3.put_object(Bucket=bucket, Key="a", Body=b"again")
    whole = s3.list_object_versions(Bucket=bucket, **arguments)
    paginator = s3.get_paginator("list_object_versions")
    pages = list(paginator.paginate(Bucket=bucket, **arguments, PaginationConfig={"PageSize": size}))
    for name in ("Versions", "DeleteMarkers", "CommonPrefixes"):
        assert [entry for page in pages for entry in page.get(name, [])] == whole.get(name, [])
    assert len(pages) > 1
    latest = [
        entry["Key"] for name in ("Versions", "DeleteMarkers") for entry in whole.get(name, []) if entry["IsLatest"]
    ]
    assert len(latest) == len(set(latest))


def test_folder_markers_have_versions_too(s3, bucket, versioning):
    s3.put_object(Bucket=bucket, Key="t/", Body=b"")
    s3.put_object(Bucket=bucket, Key="t/a", Body=b"")
    s3.delete_object(Bucket=bucket, Key="t/")
    assert [key for key, _, _ in versions(s3, bucket)[0]] == ["t/", "t/a"]
    assert [key for key, _, _ in versions(s3, bucket)[1]] == ["t/"]


def test_a_suspended_bucket_writes_null_versions_and_keeps_the_others(s3, bucket, endpoint):
    """ "Adding objects to versioning-suspended buckets", "Deleting objects from versioning-suspended buckets"."""
    at = {"Bucket": bucket, "Key": "k"}
    write_unkind(endpoint.lake, Unkind(versioning=True))
    try:
        kept = s3.put_object(**at, Body=b"kept")["VersionId"]
    finally:
        write_unkind(endpoint.lake, Unkind())
    s3.put_object(**at, Body=b"null 1")
    s3.put_object(**at, Body=b"null 2")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"
    assert versions(s3, bucket) == ([("k", "null", True), ("k", kept, False)], [])
    assert s3.delete_object(**at)["VersionId"] == "null"
    assert versions(s3, bucket) == ([("k", kept, False)], [("k", "null", True)])
    s3.put_object(**at, Body=b"null 3")
    assert versions(s3, bucket) == ([("k", "null", True), ("k", kept, False)], [])


def test_a_write_that_ends_half_way_loses_no_version_and_tells_none_twice(tmp_path, monkeypatch):
    lake = open_lake(tmp_path / "lake")
    lake.bucket("bkt").mkdir()
    write_unkind(lake, Unkind(versioning=True))

    def ask(method, query="", body=b""):
        environ = EnvironBuilder(method=method, path="/bkt" if query else "/bkt/k", query_string=query, data=body)
        return S3(lake).respond(Request(environ.get_environ()))

    def killed(source, address):
        raise KeyboardInterrupt

    first = ask("PUT", body=b"1").headers["x-amz-version-id"]
    with monkeypatch.context() as patched:
        patched.setattr(store, "place", killed)
        with pytest.raises(KeyboardInterrupt):
            ask("PUT", body=b"2")
    assert b"".join(ask("GET").response) == b"1"
    listed = parse(ask("GET", "versions").get_data(), "ListVersionsResult")
    assert [entry.text for entry in listed.iter("VersionId")] == [first]
    second = ask("PUT", body=b"2").headers["x-amz-version-id"]
    listed = parse(ask("GET", "versions").get_data(), "ListVersionsResult")
    assert [entry.text for entry in listed.iter("VersionId")] == [second, first]
