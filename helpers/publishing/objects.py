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


def data_keys(location: str) -> list[str]:
    """The keys under an ``s3://`` prefix that are files with data: what is read or counted as such.

    Left out is what marks a directory: empty objects, keys that end in ``/`` (Apache Hadoop, "Controlling the S3A
    Directory Marker Behavior": kept since 3.4) or in ``_$folder$`` (EMRFS, which Glue had before 5.1); and what Spark
    and Athena pass over, a part that begins with ``_`` or ``.``.
    """
    prefix = split_uri(location)[1]
    return [item["Key"] for item in list_objects(location) if _is_data(item, prefix)]


def is_hidden(name: str) -> bool:
    """Whether Athena and Spark pass over a path below a prefix (Athena, "Table location in Amazon S3")."""
    return any(part.startswith(("_", ".")) for part in name.split("/"))


def _is_data(item: dict, prefix: str) -> bool:
    name = item["Key"][len(prefix) :]
    return item["Size"] > 0 and not is_hidden(name) and not name.endswith(("/", "_$folder$"))


def put_json(bucket: str, key: str, document: object) -> None:
    """Put a document into the bucket as one line of JSON."""
    body = (json.dumps(document) + "\n").encode()
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")


def delete_prefix(location: str) -> int:
    """Delete every object under an ``s3://`` prefix; gives how many files with data there were (`data_keys`).

    Raises
    ------
    OSError
        If S3 keeps one of them.
    """
    bucket, prefix = split_uri(location)
    items = list(list_objects(location))
    delete_objects(bucket, [{"Key": item["Key"]} for item in items])
    return sum(_is_data(item, prefix) for item in items)


def delete_objects(bucket: str, named: list[dict[str, str]]) -> None:
    """Delete objects by their ``Key``, or versions by their ``VersionId`` too; OSError if S3 keeps one of them.

    A request that deletes many reports what failed instead of failing.
    """
    for start in range(0, len(named), LARGEST_DELETE):
        batch = {"Objects": named[start : start + LARGEST_DELETE], "Quiet": True}
        for error in boto3.client("s3").delete_objects(Bucket=bucket, Delete=batch).get("Errors", []):
            what = f"a version of {error['Key']}" if error.get("VersionId") else error["Key"]
            raise OSError(f"S3 did not delete {what}: {error['Code']}, {error['Message']}")
