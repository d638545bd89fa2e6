"""The project as one zip, named by the hash of what is in it: what the nightly batch runs."""

import hashlib
import io
import zipfile

import boto3

from runner.paths import PROJECT
from runner.pipeline.scripts import EPOCH, PREFIX

ROOMS = ("helpers", "infra", "jobs", "notebooks", "runner", "sql")
FILES = ("README.md", "pyproject.toml", "requirements-conda.lock")


def zip_project() -> bytes:
    """What a night needs of the project, the same bytes for the same files."""
    paths = [PROJECT / name for name in FILES]
    paths += [path for room in ROOMS for path in (PROJECT / room).rglob("*")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(paths):
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
                entry = zipfile.ZipInfo(path.relative_to(PROJECT).as_posix(), EPOCH)
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


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
