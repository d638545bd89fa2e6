"""What stands in the account already, whichever stack or run made it: data outlives the stack."""

import boto3
from botocore.exceptions import ClientError

from runner.aws_errors import error_code
from runner.errors import UserError

OUTLIVE = {
    "MakeBucket": "LakeBucket",
    "MakeKey": "ParticipantKey",
    "MakeDatabase": "Database",
    "MakeSessionLogs": "SessionOutput",
    "MakeJobLogs": "JobOutput",
}
"""Parameter -> the resource that the stack makes only where it is not there."""


def what_to_make(held: dict[str, dict], bucket: str, database: str, secret: str) -> dict[str, str]:
    """The ``Make...`` parameters: a resource that stands outside of the stack is used as it is.

    Raises
    ------
    UserError
        If the bucket's name is somebody else's, or the bucket is in another region; if the secret is to be deleted.
    """
    there = {
        "MakeBucket": lambda: owns_bucket(bucket),
        "MakeKey": lambda: _has_secret(secret),
        "MakeDatabase": lambda: bool(_found("glue", "get_database", Name=database)),
        "MakeSessionLogs": lambda: _has_logs("/aws-glue/sessions/"),
        "MakeJobLogs": lambda: _has_logs("/aws-glue/jobs/"),
    }
    return {name: "true" if OUTLIVE[name] in held or not look() else "false" for name, look in there.items()}


def owns_bucket(bucket: str) -> bool:
    """Whether there is such a bucket of this account in this region; UserError where it is somebody else's."""
    s3, account = boto3.client("s3"), boto3.client("sts").get_caller_identity()["Account"]
    try:
        answer = s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as error:
        code = error_code(error)
        if code in ("404", "NoSuchBucket"):
            return False
        if code == "403":
            raise UserError(
                f"The bucket name {bucket} is taken by another account, or the profile lacks s3:ListBucket on it: "
                "bucket names are shared by all of AWS, so name another with --bucket."
            ) from error
        if code in ("301", "400"):
            raise UserError(
                f"The bucket {bucket} is not in the region {s3.meta.region_name}: use a profile of its region, or name "
                "another with --bucket."
            ) from error
        raise
    region = answer.get("BucketRegion") or s3.meta.region_name
    if region != s3.meta.region_name:
        raise UserError(f"The bucket {bucket} is in {region}, the profile in {s3.meta.region_name}: use one region.")
    return True


def _found(service: str, method: str, **call: str) -> dict | None:
    """What AWS has of that name, None where there is none."""
    try:
        return getattr(boto3.client(service), method)(**call)
    except ClientError as error:
        if error_code(error) not in ("ResourceNotFoundException", "EntityNotFoundException"):
            raise
        return None


def _has_secret(name: str) -> bool:
    found = _found("secretsmanager", "describe_secret", SecretId=name)
    if found and found.get("DeletedDate"):
        raise UserError(
            f"The secret {name} is to be deleted: aws secretsmanager restore-secret --secret-id {name} keeps it, and "
            "with it every participant's id."
        )
    return bool(found)


def _has_logs(prefix: str) -> bool:
    found = boto3.client("logs").describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    return any(one["logGroupName"] in (f"{prefix}output", f"{prefix}error") for one in found)
