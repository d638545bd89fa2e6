"""What notebooks and nights need in the bucket: the helpers, the SQL files, the job scripts, the project itself."""

import hashlib
import io
import zipfile
from collections.abc import Iterable

import boto3
from botocore.exceptions import ClientError

from helpers.publishing.objects import list_objects
from runner.aws_errors import error_code, find
from runner.errors import UserError
from runner.paths import HELPERS, JOBS, PROJECT, SQL
from runner.pipeline.copies import is_copy, put_copy

PREFIX = "scripts/"
HELPERS_KEY = f"{PREFIX}helpers.zip"
OF_A_NIGHT = ("helpers", "infra", "jobs", "notebooks", "runner", "sql")
FILES_OF_A_NIGHT = ("README.md", "pyproject.toml", "requirements-conda.lock")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip, so that equal helpers give equal bytes."""


def zip_rooms(rooms: Iterable[str], names: Iterable[str] = ()) -> bytes:
    """Folders and files of the project as one zip, the same bytes for the same files."""
    paths = [PROJECT / name for name in names]
    paths += [path for room in rooms for path in (PROJECT / room).rglob("*")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(paths):
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
                entry = zipfile.ZipInfo(path.relative_to(PROJECT).as_posix(), EPOCH)
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def zip_helpers() -> bytes:
    """The helpers package as one zip."""
    return zip_rooms([HELPERS.name])


def zip_project() -> bytes:
    """What a night needs of the project."""
    return zip_rooms(OF_A_NIGHT, FILES_OF_A_NIGHT)


def package_key(body: bytes) -> str:
    """Where a package is in the bucket: other files, another key."""
    return f"{PREFIX}project-{hashlib.sha256(body).hexdigest()[:16]}.zip"


def owns_bucket(bucket: str) -> bool:
    """Whether there is such a bucket of this account in this region.

    Raises
    ------
    UserError
        If it is somebody else's (Amazon S3 User Guide, "Verifying bucket ownership with bucket owner condition"), or
        in another region.
    """
    account, here = boto3.client("sts").get_caller_identity()["Account"], boto3.client("s3").meta.region_name
    try:
        found = find("s3", "head_bucket", Bucket=bucket, ExpectedBucketOwner=account)
        if not found:
            return False
        region = found.get("BucketRegion") or here
    except ClientError as error:
        code = error_code(error)
        if code == "403":
            raise UserError(
                f"The bucket name {bucket} is taken by another account than {account}, or the profile lacks "
                "s3:ListBucket on it: bucket names are shared by all of AWS, so name one of your own."
            ) from error
        if code not in ("301", "400"):
            raise
        region = "another region"
    if region != here:
        raise UserError(
            f"The bucket {bucket} is in {region}, the profile in {here}: use one region, or another bucket."
        )
    return True


def ensure_bucket(bucket: str) -> None:
    """Make the bucket where there is none, and let no record out to one that is not this account's (`owns_bucket`)."""
    if not owns_bucket(bucket):
        s3 = boto3.client("s3")
        region = s3.meta.region_name
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **place)


def upload_scripts(bucket: str, more: dict[str, bytes] | None = None) -> None:
    """Put the helpers, the SQL files and the job scripts under ``scripts/``, where they differ from what is there.

    ``more`` has further objects of that folder, by their keys.
    """
    documents = {HELPERS_KEY: zip_helpers()} | (more or {})
    documents |= {f"{PREFIX}sql/{path.relative_to(SQL).as_posix()}": path.read_bytes() for path in SQL.rglob("*.sql")}
    documents |= {f"{PREFIX}{path.relative_to(JOBS).as_posix()}": path.read_bytes() for path in JOBS.rglob("*.py")}
    s3 = boto3.client("s3")
    there = {item["Key"]: item["ETag"].strip('"') for item in list_objects(f"s3://{bucket}/{PREFIX}")}
    for key, body in documents.items():
        etag = hashlib.md5(body).hexdigest()
        if key not in there or not is_copy(bucket, key, there[key], etag, hashlib.sha256(body).hexdigest):
            put_copy(bucket, key, body)
    for key in there.keys() - documents.keys():
        if key.startswith(f"{PREFIX}sql/"):
            s3.delete_object(Bucket=bucket, Key=key)  # a check that the project no longer has
