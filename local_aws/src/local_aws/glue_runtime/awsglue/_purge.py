"""Deleting old objects under a prefix (AWS: "GlueContext class", purge_s3_path)."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3

from awsglue._files import split_address
from awsglue._step import check_options

DEFAULT_RETENTION_HOURS = 168


def purge_prefix(path: str, options: Mapping[str, Any]) -> None:
    """Delete the objects under an ``s3://`` path that were last changed before the retention period."""
    check_options("purge_s3_path", options, {"retentionPeriod"})
    bucket, prefix = split_address(path)
    hours = float(options.get("retentionPeriod", DEFAULT_RETENTION_HOURS))
    limit = datetime.now(timezone.utc) - timedelta(hours=hours)
    client = boto3.client("s3")
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        old = [{"Key": entry["Key"]} for entry in page.get("Contents", []) if entry["LastModified"] <= limit]
        if old:
            client.delete_objects(Bucket=bucket, Delete={"Objects": old, "Quiet": True})
