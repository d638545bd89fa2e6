"""From a landing directory to the landing zone of the bucket: only what is new, and the source stays as it is."""

import bz2
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

import boto3
from boto3.s3.transfer import TransferConfig

from runner.errors import UserError

ZONES = ("customer/landing", "accelerometer/landing", "step_trainer/landing")
PART = 8 * 1024 * 1024
"""Bytes of one part of a multipart upload; S3's ETag of such an object depends on it."""
UNPACKERS = {".gz": gzip.decompress, ".bz2": bz2.decompress}
SOURCE_ETAG = "stedi-source-etag"
"""Metadata of a landing object from which people were erased: the ETag that it had as it was copied."""


@dataclass(frozen=True)
class SourceFile:
    """One file of the landing directory and the key that it has in the bucket."""

    path: Path
    key: str


def find_files(landing: Path) -> list[SourceFile]:
    """The files of a landing directory, at any depth, without hidden ones (names that begin with ``_`` or ``.``).

    Raises
    ------
    UserError
        If the directory or a zone is missing, a zone has no row, or a file cannot be read.
    """
    if not landing.is_dir():
        raise UserError(
            f"The landing directory {landing} {'is no directory' if landing.exists() else 'does not exist'}."
        )
    sources = []
    for zone in ZONES:
        root = landing / zone
        if not root.is_dir():
            raise UserError(f"{landing} has no {zone}/: a landing directory holds {', '.join(f'{z}/' for z in ZONES)}.")
        files = [_source(landing, path) for path in sorted(root.rglob("*")) if _is_landing_file(root, path)]
        if not any(file.path.stat().st_size for file in files):
            raise UserError(f"{root} holds no file with content: put JSON-lines files there.")
        sources += files
    return sources


def _is_landing_file(root: Path, path: Path) -> bool:
    hidden = any(part.startswith(("_", ".")) for part in path.relative_to(root).parts)
    return not hidden and not path.is_dir()


def _source(landing: Path, path: Path) -> SourceFile:
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise UserError(f"The landing file {path} cannot be read: {error.strerror}.") from error
    return SourceFile(path, path.relative_to(landing).as_posix())


def copy_new_files(files: list[SourceFile], bucket: str) -> tuple[int, int]:
    """Copy to the bucket what is not there yet, or is there with other content.

    Returns
    -------
    tuple of int
        How many files were copied, and how many files of the landing zone are not from this directory.
    """
    s3 = boto3.client("s3")
    there: dict[str, str] = {}
    for zone in ZONES:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{zone}/"):
            there.update({item["Key"]: item["ETag"].strip('"') for item in page.get("Contents", [])})
    config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=2)
    new = [file for file in files if not _is_there(bucket, file, there.get(file.key))]
    for file in new:
        s3.upload_file(str(file.path), bucket, file.key, Config=config)
    return len(new), len(set(there) - {file.key for file in files})


def unpack(key: str, body: bytes) -> bytes:
    """The lines of a landing object, which its name says to be packed or not.

    Raises
    ------
    OSError, EOFError, ValueError
        If the archive is damaged.
    """
    return next((unpacker for suffix, unpacker in UNPACKERS.items() if key.endswith(suffix)), bytes)(body)


def _is_there(bucket: str, file: SourceFile, found: str | None) -> bool:
    """Whether an object holds what a file does, or what is left of it since people were erased from it."""
    if found is None:
        return False
    mine = etag(file.path)
    return mine == found or mine == boto3.client("s3").head_object(Bucket=bucket, Key=file.key)["Metadata"].get(
        SOURCE_ETAG
    )


def etag(path: Path) -> str:
    """The ETag that S3 gives a file uploaded in parts of ``PART`` bytes: its MD5, or the MD5 of the parts' MD5s."""
    with path.open("rb") as stream:
        digests = [hashlib.md5(block).digest() for block in iter(lambda: stream.read(PART), b"")]
    if path.stat().st_size < PART:
        return digests[0].hex() if digests else hashlib.md5(b"").hexdigest()
    return f"{hashlib.md5(b''.join(digests)).hexdigest()}-{len(digests)}"
