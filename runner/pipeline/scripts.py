"""What the notebooks need in the bucket: ``scripts/helpers.zip``, the SQL files and the job scripts."""

import hashlib
import io
import zipfile

import boto3
from botocore.exceptions import ClientError

from helpers.publishing.objects import list_objects
from runner.errors import UserError
from runner.paths import HELPERS, JOBS, SQL
from runner.pipeline.copies import SOURCE_SHA256, is_copy

PREFIX = "scripts/"
HELPERS_KEY = f"{PREFIX}helpers.zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip, so that equal helpers give equal bytes."""


def zip_helpers() -> bytes:
    """The helpers package as one zip, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(HELPERS.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(f"helpers/{path.relative_to(HELPERS).as_posix()}", EPOCH)
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def ensure_bucket(bucket: str) -> None:
    """Make the bucket where there is none, and let no record out to one that is not this account's.

    Raises
    ------
    UserError
        If the bucket belongs to somebody else (Amazon S3 User Guide, "Verifying bucket ownership with bucket owner
        condition"), or the profile may not make one.
    """
    s3, account = boto3.client("s3"), boto3.client("sts").get_caller_identity()["Account"]
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise UserError(
                f"The bucket {bucket} is not one of the account {account}, or the profile may not use it "
                f"({error.response['Error']['Code']}): bucket names are shared by all of AWS, so name one of your own "
                "with --set bucket=NAME."
            ) from error
        region = s3.meta.region_name
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **place)


def upload_scripts(bucket: str) -> None:
    """Put the helpers, the SQL files and the job scripts under ``scripts/``, where they differ from what is there."""
    documents = {HELPERS_KEY: zip_helpers()}
    documents |= {f"{PREFIX}sql/{path.relative_to(SQL).as_posix()}": path.read_bytes() for path in SQL.rglob("*.sql")}
    documents |= {f"{PREFIX}{path.relative_to(JOBS).as_posix()}": path.read_bytes() for path in JOBS.rglob("*.py")}
    s3 = boto3.client("s3")
    there = {item["Key"]: item["ETag"].strip('"') for item in list_objects(f"s3://{bucket}/{PREFIX}")}
    for key, body in documents.items():
        etag, sha256 = hashlib.md5(body).hexdigest(), hashlib.sha256(body).hexdigest()
        if key not in there or not is_copy(bucket, key, there[key], etag, lambda mine=sha256: mine):
            s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata={SOURCE_SHA256: sha256})
    for key in there.keys() - documents.keys():
        if key.startswith(f"{PREFIX}sql/"):
            s3.delete_object(Bucket=bucket, Key=key)  # a check that the project no longer has
