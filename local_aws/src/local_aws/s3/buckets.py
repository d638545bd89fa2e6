"""Buckets: folders of the lake directory."""

import os
import time
from pathlib import Path

from werkzeug import Response

from local_aws.profile import REGION
from local_aws.s3.body import receive_document
from local_aws.s3.call import Call
from local_aws.s3.errors import S3Error, not_implemented
from local_aws.s3.folders import check_bucket_name, is_bucket_name, remove_empty_folders
from local_aws.s3.records import read_json, write_json
from local_aws.s3.store import ObjectStore
from local_aws.s3.walk import Walk
from local_aws.s3.xml import OWNER, Answer, parse, timestamp, xml_response


def _record(store: ObjectStore, bucket: str) -> Path:
    return store.state / "buckets" / f"{bucket}.json"


def _created_ns(store: ObjectStore, bucket: str) -> int:
    """Creation time, epoch nanoseconds; of a bucket that was made as a folder, the time of its last change."""
    record = read_json(_record(store, bucket))
    return record["created_ns"] if record else store.lake.bucket(bucket).stat().st_mtime_ns


def _check_region(call: Call) -> None:
    """Refuse a bucket in another region; us-east-1 itself is asked for by saying nothing."""
    body = receive_document(call.request)
    if not body.strip():
        return
    document = parse(body, "CreateBucketConfiguration")
    if {child.tag for child in document} - {"LocationConstraint"}:
        raise not_implemented("CreateBucket with other settings than a LocationConstraint")
    region = (document.findtext("LocationConstraint") or "").strip()
    if region == REGION:
        message = "The specified location-constraint is not valid"
        raise S3Error("InvalidLocationConstraint", message, 400, LocationConstraint=region)
    if region:
        raise S3Error(
            "IllegalLocationConstraintException",
            f"The {region} location constraint is incompatible for the region specific endpoint this request was "
            f"sent to ({REGION}).",
            400,
        )


def create_bucket(call: Call) -> Response:
    """CreateBucket; a bucket that is there already answers as us-east-1 does, with 200."""
    check_bucket_name(call.bucket)
    _check_region(call)
    try:
        call.store.lake.bucket(call.bucket).mkdir()
    except FileExistsError:
        call.store.bucket(call.bucket)
    else:
        write_json(_record(call.store, call.bucket), {"created_ns": time.time_ns()})
    return Answer(status=200, headers={"Location": f"/{call.bucket}"})


def delete_bucket(call: Call) -> Response:
    """DeleteBucket; versions are content, and so is Hadoop's unfinished work, as its files would be in S3."""
    store, path = call.store, call.store.bucket(call.bucket)
    if not any(Walk(store, call.bucket)) and not store.versions.of_bucket(call.bucket):
        remove_empty_folders(path)
    if path.exists():
        raise S3Error("BucketNotEmpty", "The bucket you tried to delete is not empty", 409, BucketName=call.bucket)
    store.uploads.end_all(call.bucket)
    store.records.forget_bucket(call.bucket)
    store.versions.forget_bucket(call.bucket)
    _record(store, call.bucket).unlink(missing_ok=True)
    return Answer(status=204)


def head_bucket(call: Call) -> Response:
    """HeadBucket."""
    call.store.bucket(call.bucket)
    return Answer(status=200, headers={"x-amz-bucket-region": REGION}, content_type="application/xml")


def list_buckets(call: Call) -> Response:
    """ListBuckets, whole: a lake has few."""
    prefix = call.query("prefix") or ""
    with os.scandir(call.store.lake.root) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    buckets = [
        {"Name": name, "CreationDate": timestamp(_created_ns(call.store, name)), "BucketRegion": REGION}
        for name in names
        if is_bucket_name(name) and name.startswith(prefix)
    ]
    content = {"Owner": OWNER, "Buckets": {"Bucket": buckets}, "Prefix": prefix or None}
    return xml_response("ListAllMyBucketsResult", content)


def get_bucket_location(call: Call) -> Response:
    """GetBucketLocation; us-east-1 has an empty constraint."""
    call.store.bucket(call.bucket)
    return xml_response("LocationConstraint", {})


def get_bucket_versioning(call: Call) -> Response:
    """GetBucketVersioning: empty, unless it is or was enabled ("Using versioning in S3 buckets", S3 User Guide)."""
    call.store.bucket(call.bucket)
    suspended = "Suspended" if call.store.versions.has_been_versioned(call.bucket) else None
    content = {"Status": "Enabled" if call.store.unkind.versioning else suspended}
    return xml_response("VersioningConfiguration", content)
