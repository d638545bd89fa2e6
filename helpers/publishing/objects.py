"""Objects of the bucket by their ``s3://`` prefix."""

import json
from collections.abc import Iterator
from urllib.parse import urlparse

import boto3

LARGEST_DELETE = 1000
"""AWS S3, "DeleteObjects": at most 1,000 keys a request."""


def split_uri(location: str) -> tuple[str, str]:
    """The bucket and the key (or prefix) of an ``s3://`` URI."""
    parts = urlparse(location)
    return parts.netloc, parts.path.lstrip("/")


def list_objects(location: str) -> Iterator[dict]:
    """Every object under an ``s3://`` prefix, as S3 lists it: ``Key``, ``Size``, ``ETag``, ``LastModified``."""
    bucket, prefix = split_uri(location)
    for page in boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def list_keys(location: str) -> list[str]:
    """The keys of every object under an ``s3://`` prefix."""
    return [item["Key"] for item in list_objects(location)]


def put_json(bucket: str, key: str, document: object) -> None:
    """Put a document into the bucket as one line of JSON."""
    body = (json.dumps(document) + "\n").encode()
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")


def delete_prefix(location: str) -> int:
    """Delete every object under an ``s3://`` prefix; gives how many there were.

    Raises
    ------
    OSError
        If S3 keeps one of them (a request that deletes many reports what failed instead of failing).
    """
    bucket, _ = split_uri(location)
    keys = list_keys(location)
    for start in range(0, len(keys), LARGEST_DELETE):
        batch = [{"Key": key} for key in keys[start : start + LARGEST_DELETE]]
        answer = boto3.client("s3").delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        for error in answer.get("Errors", []):
            raise OSError(f"S3 did not delete {error['Key']}: {error['Code']}, {error['Message']}")
    return len(keys)
