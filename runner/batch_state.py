"""What the bucket knows of a batch: ``runs/<run_id>/_batch.json``. Athena's ``runs`` table does not see such names."""

import json

import boto3
from botocore.exceptions import ClientError

from runner.session import session_id

ALIVE = ("PROVISIONING", "READY")


def write_state(bucket: str, run_id: str, status: str) -> None:
    """Note how a batch stands: RUNNING, SUCCEEDED, FAILED or CANCELLED."""
    body = json.dumps({"run_id": run_id, "status": status}) + "\n"
    boto3.client("s3").put_object(Bucket=bucket, Key=_key(run_id), Body=body.encode(), ContentType="application/json")


def read_state(bucket: str, run_id: str) -> str | None:
    """The noted status of a batch; None for a run that was no batch (a notebook by hand, a Glue job)."""
    try:
        body = boto3.client("s3").get_object(Bucket=bucket, Key=_key(run_id))["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise
    return json.loads(body)["status"]


def is_over(bucket: str, run_id: str) -> bool | None:
    """Whether a batch can write no more: it ended, or its Glue session did; None for a run that was no batch."""
    status = read_state(bucket, run_id)
    return None if status is None else status != "RUNNING" or not _session_lives(session_id(run_id))


def _session_lives(identity: str) -> bool:
    try:
        return boto3.client("glue").get_session(Id=identity)["Session"]["Status"] in ALIVE
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return False
        raise


def _key(run_id: str) -> str:
    return f"runs/{run_id}/_batch.json"
