"""Whether an object of the bucket is a copy of what is here, however the bucket is encrypted.

The ETag of an object is the MD5 of its content only where S3 keeps the keys or none are used (Amazon S3 API Reference,
"Object"). So each copy says in its metadata of what content it was made, and goes on saying so when people are erased
from it: the source that still holds them is not taken for something new.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import boto3

SOURCE_SHA256 = "stedi-source-sha256"
"""Metadata of a copied object: the SHA-256 of the file that it was copied from."""
CHUNK = 1024 * 1024


def is_copy(bucket: str, key: str, found: str, etag: str, sha256: Callable[[], str]) -> bool:
    """Whether an object was made from this content.

    Parameters
    ----------
    found : str
        The object's ETag.
    etag : str
        The ETag that S3 gives the content where ETags are MD5s.
    sha256 : callable
        Gives the content's SHA-256; asked for only where the ETag does not tell.
    """
    if found == etag:
        return True
    metadata = boto3.client("s3").head_object(Bucket=bucket, Key=key)["Metadata"]
    return metadata.get(SOURCE_SHA256) == sha256()


def put_copy(bucket: str, key: str, body: bytes) -> None:
    """Put a content into the bucket in one request, marked as a copy of itself."""
    mark = {SOURCE_SHA256: hashlib.sha256(body).hexdigest()}
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body, Metadata=mark)


def digest_of(path: Path, algorithm: str = "sha256") -> str:
    """The digest of a file's content, in hexadecimal."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as stream:
        for chunk in iter(lambda: stream.read(CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()
