"""The project as one zip, named by the hash of what is in it: what the nightly batch runs."""

import hashlib

import boto3

from runner.pipeline.scripts import PREFIX, zip_rooms

ROOMS = ("helpers", "infra", "jobs", "notebooks", "runner", "sql")
FILES = ("README.md", "pyproject.toml", "requirements-conda.lock")


def zip_project() -> bytes:
    """What a night needs of the project."""
    return zip_rooms(ROOMS, FILES)


def package_key(body: bytes) -> str:
    """Where a package is in the bucket: other files, another key."""
    return f"{PREFIX}project-{hashlib.sha256(body).hexdigest()[:16]}.zip"


def upload_package(bucket: str, body: bytes) -> bool:
    """Put a package where the nightly batch takes it from; False where it is there already."""
    s3, key = boto3.client("s3"), package_key(body)
    if s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents"):
        return False
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return True
