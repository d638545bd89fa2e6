"""Everything that a bucket holds, the earlier versions of objects on a versioned bucket included."""

from collections.abc import Iterator
from dataclasses import dataclass

import boto3

from helpers.publishing.objects import list_keys


@dataclass(frozen=True)
class Thing:
    """One object, or one earlier version of one.

    Parameters
    ----------
    bucket, key : str
        Where it is.
    version : str, optional
        The version's id, where it is not what a plain GET returns.
    """

    bucket: str
    key: str
    version: str | None = None

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return f"{self.key} (version {self.version})" if self.version else self.key

    def get(self) -> dict:
        """GetObject's answer."""
        version = {"VersionId": self.version} if self.version else {}
        return boto3.client("s3").get_object(Bucket=self.bucket, Key=self.key, **version)

    def read(self) -> bytes:
        """Its bytes."""
        return self.get()["Body"].read()


def walk(bucket: str, prefix: str = "") -> Iterator[Thing]:
    """Every object under a prefix, and every earlier version that the bucket keeps of one."""
    s3 = boto3.client("s3")
    yield from (Thing(bucket, key) for key in list_keys(f"s3://{bucket}/{prefix}"))
    if s3.get_bucket_versioning(Bucket=bucket).get("Status"):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Versions", []):
                if not item["IsLatest"]:
                    yield Thing(bucket, item["Key"], item["VersionId"])
