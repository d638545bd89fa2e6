"""An erased person stays erased, however the bucket is encrypted and whatever it keeps."""

import boto3
import pytest

from helpers.publishing.objects import delete_prefix, list_objects
from local_aws.lake import open_lake
from local_aws.unkind import Unkind, write_unkind
from runner.lake.purge import purge_earlier_objects
from runner.pipeline.landing import PART, copy_new_files, find_files
from runner.pipeline.scripts import ensure_bucket, upload_scripts
from tests.erasing import ADA, ADAS, BOB, BOBS, customer, erase, lines, motion, put, step

WAYS = {
    "as new buckets are": Unkind(),
    "SSE-KMS": Unkind(sse_kms=True),
    "versions": Unkind(versioning=True),
    "both": Unkind(sse_kms=True, versioning=True),
}


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def unkind_lake(request, lake_folder, lake):
    write_unkind(open_lake(lake_folder), request.param)
    yield lake
    write_unkind(open_lake(lake_folder), Unkind())


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A landing directory with Ada and Bob, one file of which is uploaded in parts."""
    monkeypatch.setattr("runner.pipeline.landing.WHOLE", PART)
    landing = tmp_path / "landing"
    many = lines(motion(ADA), motion(BOB)) + lines(motion(BOB)) * (PART // 60)
    for key, body in {
        "customer/landing/a.json": lines(customer(ADA, "Ada Lovelace", ADAS), customer(BOB, "Bob Lee", BOBS)),
        "accelerometer/landing/m.json": many,
        "step_trainer/landing/s.json": lines(step(ADAS), step(BOBS)),
    }.items():
        (landing / key).parent.mkdir(parents=True)
        (landing / key).write_bytes(body)
    return find_files(landing)


def who_stands(bucket, person):
    """Every object version of a bucket with a person in it."""
    s3 = boto3.client("s3")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    versions = [(item["Key"], item["VersionId"]) for page in pages for item in page.get("Versions", [])]
    bodies = ((key, s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"]) for key, version in versions)
    return [key for key, body in bodies if person.encode() in body.read()]


def test_an_erased_person_does_not_come_back_with_the_source(unkind_lake, source, tmp_path):
    """Amazon S3 API Reference, "Object": under SSE-KMS an ETag is no MD5; a delete in a versioned bucket hides only."""
    bucket = unkind_lake.bucket
    put(unkind_lake, "athena/x.csv", f'"{ADA}"\n'.encode())
    copy_new_files(source, bucket)
    assert copy_new_files(source, bucket) == (0, 0)
    assert who_stands(bucket, ADA)
    erase(unkind_lake, tmp_path / "reports")
    assert not who_stands(bucket, ADA)
    assert copy_new_files(source, bucket)[0] == 0
    assert not who_stands(bucket, ADA)
    assert len(who_stands(bucket, BOB)) == 2


def test_scripts_are_uploaded_once(unkind_lake):
    bucket = unkind_lake.bucket
    ensure_bucket(bucket)
    upload_scripts(bucket)
    before = list(list_objects(f"s3://{bucket}/scripts/"))
    upload_scripts(bucket)
    assert list(list_objects(f"s3://{bucket}/scripts/")) == before
    assert before


def test_what_was_deleted_is_purged_and_what_is_seen_stays(unkind_lake):
    place = f"s3://{unkind_lake.bucket}/customer/trusted/"
    for run in ("run=1/a", "run=2/a"):
        put(unkind_lake, f"customer/trusted/{run}", ADA.encode())
    put(unkind_lake, "customer/trusted/run=2/a", BOB.encode())
    delete_prefix(f"{place}run=1/")
    purge_earlier_objects(place)
    assert not [key for key in who_stands(unkind_lake.bucket, ADA) if "trusted" in key]
    assert "customer/trusted/run=2/a" in who_stands(unkind_lake.bucket, BOB)
