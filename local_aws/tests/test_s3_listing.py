import uuid

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local_aws.lake import open_lake
from local_aws.s3.service import S3
from local_aws.s3.xml import parse

KEYS = ["a.txt", "a/1", "a/2/x", "a0", "ab/c", "b", "ü/é", "ﬀ", "𐍈/z"]


@pytest.fixture(scope="module")
def bucket(s3):
    name = f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    for key in KEYS:
        s3.put_object(Bucket=name, Key=key, Body=b"x")
    return name


def keys_of(page):
    return [entry["Key"] for entry in page.get("Contents", [])]


def prefixes_of(page):
    return [entry["Prefix"] for entry in page.get("CommonPrefixes", [])]


def test_keys_come_in_the_order_of_their_bytes(s3, bucket):
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == sorted(KEYS, key=str.encode)


def test_a_delimiter_rolls_keys_up(s3, bucket):
    page = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert (keys_of(page), prefixes_of(page)) == (["a.txt", "a0", "b", "ﬀ"], ["a/", "ab/", "ü/", "𐍈/"])
    assert page["KeyCount"] == 8
    below = s3.list_objects_v2(Bucket=bucket, Delimiter="/", Prefix="a/")
    assert (keys_of(below), prefixes_of(below)) == (["a/1"], ["a/2/"])
    other = s3.list_objects_v2(Bucket=bucket, Delimiter="a")
    assert prefixes_of(other) == ["a"]


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_pages_make_up_the_whole(s3, bucket, operation, delimiter, size):
    whole = getattr(s3, operation)(Bucket=bucket, Delimiter=delimiter)
    paginator = s3.get_paginator(operation)
    pages = list(paginator.paginate(Bucket=bucket, Delimiter=delimiter, PaginationConfig={"PageSize": size}))
    assert [key for page in pages for key in keys_of(page)] == keys_of(whole)
    assert [prefix for page in pages for prefix in prefixes_of(page)] == prefixes_of(whole)
    assert all(len(keys_of(page)) + len(prefixes_of(page)) <= size for page in pages)


def test_start_after_and_limits(s3, bucket):
    assert keys_of(s3.list_objects_v2(Bucket=bucket, StartAfter="ab/c")) == ["b", "ü/é", "ﬀ", "𐍈/z"]
    none = s3.list_objects_v2(Bucket=bucket, MaxKeys=0)
    assert (none["KeyCount"], none["IsTruncated"]) == (0, False)
    assert s3.list_objects_v2(Bucket=bucket, MaxKeys=5000)["MaxKeys"] == 1000
    with pytest.raises(ClientError, match="continuation token provided is incorrect"):
        s3.list_objects_v2(Bucket=bucket, ContinuationToken="%")


@pytest.mark.parametrize("prefix", ["/", "a//", "../", "a/../", "x" * 300 + "/", "no\x00/", "no/such/"])
def test_a_prefix_that_no_key_has_lists_nothing(s3, bucket, prefix):
    assert keys_of(s3.list_objects_v2(Bucket=bucket, Prefix=prefix)) == []


def test_folder_markers_are_objects(s3):
    name = f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="empty/", Body=b"")
    assert keys_of(s3.list_objects_v2(Bucket=name)) == ["empty/"]
    page = s3.list_objects_v2(Bucket=name, Delimiter="/")
    assert (keys_of(page), prefixes_of(page)) == ([], ["empty/"])
    s3.put_object(Bucket=name, Key="empty/x", Body=b"")
    s3.delete_object(Bucket=name, Key="empty/x")
    assert s3.head_object(Bucket=name, Key="empty/")["ContentLength"] == 0
    s3.delete_object(Bucket=name, Key="empty/")
    assert keys_of(s3.list_objects_v2(Bucket=name)) == []


segments = st.text(alphabet="ab.-é/", min_size=1, max_size=6)
key_sets = st.sets(segments, max_size=8)


def _storable(keys):
    chosen = []
    for key in sorted(keys):
        parts = key.split("/")
        clash = any(other.startswith(f"{key}/") or key.startswith(f"{other}/") for other in chosen)
        if not clash and not any(part in ("", ".", "..") for part in parts):
            chosen.append(key)
    return chosen


def _expected(keys, prefix, delimiter):
    entries = []
    for key in sorted((key for key in keys if key.startswith(prefix)), key=str.encode):
        head, separator, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        entry = prefix + head + separator if separator else key
        if entry not in entries:
            entries.append(entry)
    return entries


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=key_sets, prefix=st.text(alphabet="ab.é/", max_size=3), delimiter=st.sampled_from(["", "/", "a"]))
def test_a_listing_equals_a_plain_sort(tmp_path_factory, keys, prefix, delimiter):
    lake = open_lake(tmp_path_factory.mktemp("lake"))
    stored = _storable(keys)
    for key in stored:
        path = lake.bucket("bkt") / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    lake.bucket("bkt").mkdir(exist_ok=True)
    seen, token = [], None
    while True:
        query = {"list-type": "2", "prefix": prefix, "delimiter": delimiter, "max-keys": "2"}
        environ = EnvironBuilder(path="/bkt", query_string=query | ({"continuation-token": token} if token else {}))
        page = parse(S3(lake).respond(Request(environ.get_environ())).get_data(), "ListBucketResult")
        entries = [*page.findall("Contents/Key"), *page.findall("CommonPrefixes/Prefix")]
        seen += sorted((entry.text for entry in entries), key=str.encode)
        token = page.findtext("NextContinuationToken")
        if not token:
            break
    assert seen == _expected(stored, prefix, delimiter)
