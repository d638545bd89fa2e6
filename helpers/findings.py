"""What a step finds besides its rows: ``s3://<bucket>/runs/<run_id>/_<name>.json``, for the report of the run.

It is written as it is found, so that a step that fails leaves what made it fail. Athena's ``runs`` table does not see
such names.
"""

import json

import boto3

from helpers.settings import Settings


def finding_key(run_id: str, name: str) -> str:
    """Where a finding stands in the bucket."""
    return f"runs/{run_id}/_{name}.json"


def write_finding(settings: Settings, name: str, document: object) -> None:
    """Note a finding, such as the outcome of a table's audit; it must hold no identity."""
    boto3.client("s3").put_object(
        Bucket=settings.bucket,
        Key=finding_key(settings.run_id, name),
        Body=(json.dumps(document) + "\n").encode(),
        ContentType="application/json",
    )
