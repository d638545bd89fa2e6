"""What a versioned bucket keeps of objects that were deleted or written over.

A delete without a version's id removes nothing there: it puts a marker on top (Amazon S3 User Guide, "Deleting object
versions from a versioning-enabled bucket").
"""

import boto3

from helpers.publishing.objects import delete_objects, split_uri


def is_versioned(bucket: str) -> bool:
    """Whether a bucket keeps, or once kept, earlier versions of its objects."""
    return bool(boto3.client("s3").get_bucket_versioning(Bucket=bucket).get("Status"))


def purge_earlier_objects(location: str) -> int:
    """Remove every version under an ``s3://`` prefix that is not what a reader sees, and every delete marker.

    Gives how many versions there were.

    Raises
    ------
    OSError
        If S3 keeps one of them.
    """
    bucket, prefix = split_uri(location)
    versions, markers = [], []
    for page in boto3.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        versions += [_named(item) for item in page.get("Versions", []) if not item["IsLatest"]]
        markers += [_named(item) for item in page.get("DeleteMarkers", [])]
    delete_objects(bucket, versions)
    delete_objects(bucket, markers)  # last: without its marker, what lies beneath would be what a reader sees
    return len(versions)


def _named(item: dict) -> dict[str, str]:
    return {"Key": item["Key"], "VersionId": item["VersionId"]}
