"""From a landing directory to the landing zone of the bucket: only what is new, and the source stays as it is."""

import hashlib
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from boto3.s3.transfer import TransferConfig

from helpers.landing.files import is_passed_over
from helpers.publishing.objects import list_objects
from helpers.tables import LANDING, TABLES, tables_of
from runner.errors import UserError
from runner.pipeline.copies import SOURCE_SHA256, digest_of, is_copy, put_copy
from runner.pipeline.packing import HEAD_BYTES, foreign_format, landed_name, packing_of

ZONES = tuple(TABLES[name].prefix.rstrip("/") for name in tables_of(LANDING))
"""The folders of a landing directory, which are named as in the bucket."""
WHOLE = 64 * 1024 * 1024
"""Bytes of a file up to which it is sent in one request: of parts S3 has to make one object, byte by byte."""
PART = 8 * 1024 * 1024
"""Bytes of one part of a multipart upload, as AWS's own tools have it; S3's ETag of such an object depends on it."""
AT_ONCE = 4
"""How many files are copied side by side."""
LONGEST_KEY = 1024
"""Bytes of a key at the most (Amazon S3, "Naming Amazon S3 objects")."""


@dataclass(frozen=True)
class SourceFile:
    """One file of the landing directory and the key that it has in the bucket."""

    path: Path
    key: str


def find_files(landing: Path) -> list[SourceFile]:
    """The files of a landing directory, at any depth and behind links, but for those that are passed over.

    Raises
    ------
    UserError
        If the directory or a zone is missing, a zone has no row, or a file cannot be read or land.
    """
    if not landing.is_dir():
        raise UserError(
            f"The landing directory {landing} {'is no directory' if landing.exists() else 'does not exist'}."
        )
    sources: dict[str, SourceFile] = {}
    for zone in ZONES:
        root = landing / zone
        if not root.is_dir():
            raise UserError(f"{landing} has no {zone}/: a landing directory holds {', '.join(f'{z}/' for z in ZONES)}.")
        paths = [path for path in _walk(root) if not is_passed_over(path.relative_to(root).as_posix())]
        files = [_source(landing, path) for path in paths]
        if not any(file.path.stat().st_size for file in files):
            raise UserError(f"{root} holds no file with content: put JSON-lines files there.")
        for file in files:
            other = sources.setdefault(file.key, file)
            if other is not file:
                raise UserError(f"{other.path} and {file.path} would both land as {file.key}: rename one of them.")
    return list(sources.values())


def passed_over(landing: Path) -> list[str]:
    """The files that do not land, since they are hidden or in transit: their paths in the landing directory."""
    paths = ((zone, path) for zone in ZONES for path in _walk(landing / zone))
    names = ((zone, path.relative_to(landing).as_posix()) for zone, path in paths)
    return [name for zone, name in names if is_passed_over(name.removeprefix(f"{zone}/"))]


def _walk(folder: Path, above: tuple[str, ...] = ()) -> Iterator[Path]:
    """Everything in a folder that is no folder, by name; a link that leads back to a folder above is not followed."""
    place = os.path.realpath(folder)
    if place in above:
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _walk(path, (*above, place))
        else:
            yield path


def _source(landing: Path, path: Path) -> SourceFile:
    name = path.relative_to(landing).as_posix()
    try:
        encoded = name.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        raise UserError(
            f"The name of the landing file {shown} is no UTF-8, as a key in S3 must be: rename it."
        ) from error
    with _reading(path):
        if not stat.S_ISREG(path.stat().st_mode):
            raise UserError(
                f"{path} is no file (a named pipe, a socket or a device): take it out of the landing directory."
            )
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    if foreign := foreign_format(head):
        raise UserError(f"The landing file {path} is {foreign}: unpack it to JSON lines, or pack those as .gz or .bz2.")
    key = landed_name(name, packing_of(head))
    if len(encoded) + len(key) - len(name) > LONGEST_KEY:
        raise UserError(f"The path of the landing file {path} is too long for a key in S3: shorten it.")
    return SourceFile(path, key)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Name a landing file that cannot be read, or, though it was there when it was found, not any more."""
    try:
        yield
    except OSError as error:
        raise UserError(f"The landing file {path} cannot be read: {error.strerror}.") from error


def copy_new_files(files: list[SourceFile], bucket: str) -> tuple[int, int]:
    """Copy to the bucket what is not there yet, or is there with other content.

    Returns
    -------
    tuple of int
        How many files were copied, and how many files of the landing zone are not from this directory.

    Raises
    ------
    UserError
        If a file is gone by now, or cannot be read any more.
    """
    there = {item["Key"]: item["ETag"].strip('"') for zone in ZONES for item in list_objects(f"s3://{bucket}/{zone}/")}
    s3 = boto3.client("s3")
    config = TransferConfig(multipart_chunksize=PART, max_concurrency=2)
    new = [file for file in files if not _is_there(bucket, file, there.get(file.key))]

    def copy(file: SourceFile) -> None:
        with _reading(file.path):
            if file.path.stat().st_size > WHOLE:
                mark = {"Metadata": {SOURCE_SHA256: digest_of(file.path)}}
                s3.upload_file(str(file.path), bucket, file.key, Config=config, ExtraArgs=mark)
            else:  # read once, for digest, checksum, signature and transfer
                put_copy(bucket, file.key, file.path.read_bytes())

    with ThreadPoolExecutor(AT_ONCE) as side_by_side:
        list(side_by_side.map(copy, new))
    return len(new), len(set(there) - {file.key for file in files})


def _is_there(bucket: str, file: SourceFile, found: str | None) -> bool:
    """Whether an object holds what a file does, or what is left of it since people were erased from it."""
    if found is None:
        return False
    with _reading(file.path):
        return is_copy(bucket, file.key, found, etag(file.path, "-" in found), lambda: digest_of(file.path))


def etag(path: Path, in_parts: bool) -> str:
    """The ETag that S3 gives a file: its MD5, or the MD5 of the MD5s of its parts of ``PART`` bytes."""
    if not in_parts:
        return digest_of(path, "md5")
    with path.open("rb") as stream:
        digests = [hashlib.md5(block).digest() for block in iter(lambda: stream.read(PART), b"")]
    return f"{hashlib.md5(b''.join(digests)).hexdigest()}-{len(digests)}"
