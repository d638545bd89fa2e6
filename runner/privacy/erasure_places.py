"""Where people may stand: the objects of the bucket and the files of the reports."""

import lzma
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from helpers.tables import TABLES
from runner.errors import UserError
from runner.pipeline.landing import SOURCE_ETAG
from runner.privacy.content import Tally, sift
from runner.privacy.traces import Traces
from runner.privacy.walk import Thing

ATHENA = "athena/"
KEPT_HEADERS = ("ContentType", "ContentEncoding", "CacheControl", "StorageClass", "ServerSideEncryption", "SSEKMSKeyId")


@dataclass(frozen=True)
class Finding:
    """What one file holds of the people."""

    name: str
    place: str
    """The table or the room of the bucket."""
    tally: Tally
    what: str
    """What happens to it: rewritten, deleted, or nothing can be done."""


def place_of(key: str) -> str:
    """The table that an object belongs to, or the room of the bucket."""
    return next((name for name, table in TABLES.items() if key.startswith(table.prefix)), key.partition("/")[0])


def erase_thing(thing: Thing, traces: Traces, change: bool) -> Finding | Tally:
    """Look for the people in one object, and take them out of it.

    The object is replaced in one request, under the condition that it is still what was looked at. A result of Athena's
    and an earlier object version are deleted: the one can be asked for again, the other cannot be written.

    Parameters
    ----------
    change : bool
        Whether to do it, or only to say what would be done.

    Returns
    -------
    Finding or Tally
        The tally alone where the object holds nothing of them.

    Raises
    ------
    UserError
        If the object is damaged, or was changed meanwhile.
    """
    with _scratch() as folder:
        source, target = folder / "source", folder / "target"
        answer = thing.get()
        with source.open("wb") as stream:
            for chunk in answer["Body"].iter_chunks(1024 * 1024):
                stream.write(chunk)
        try:
            tally = sift(thing.key, source, target, traces)
        except (OSError, EOFError, ValueError, zipfile.BadZipFile, lzma.LZMAError) as error:
            raise UserError(
                f"{thing.name} is damaged or in a foreign format ({error}), so nobody can tell who is in it: "
                "mend or delete it first."
            ) from error
        if not tally:
            return tally
        s3 = boto3.client("s3")
        if thing.version:
            if change:
                s3.delete_object(Bucket=thing.bucket, Key=thing.key, VersionId=thing.version)
            return Finding(thing.name, place_of(thing.key), tally, "earlier object version deleted")
        if thing.key.startswith(ATHENA):
            if change:
                s3.delete_object(Bucket=thing.bucket, Key=thing.key)
            return Finding(thing.name, place_of(thing.key), tally, "deleted")
        if tally.stuck:
            return Finding(thing.name, place_of(thing.key), tally, "cannot be rewritten")
        if change:
            _replace(s3, thing, answer, source, target)
        return Finding(thing.name, place_of(thing.key), tally, "rewritten")


def erase_report(path: Path, root: Path, traces: Traces, change: bool) -> Finding | Tally:
    """The same for a file of the reports."""
    name = path.relative_to(root).as_posix()
    with _scratch() as folder:
        target = folder / "target"
        try:
            tally = sift(name, path, target, traces)
        except (OSError, EOFError, ValueError) as error:
            raise UserError(f"{path} cannot be read ({error}): mend or delete it first.") from error
        if not tally:
            return tally
        if tally.stuck:
            return Finding(f"reports/{name}", "reports", tally, "cannot be rewritten")
        if change:
            draft = path.with_name(f".{path.name}.erasing")
            draft.write_bytes(target.read_bytes())
            draft.chmod(path.stat().st_mode)
            draft.replace(path)
        return Finding(f"reports/{name}", "reports", tally, "rewritten")


def report_files(root: Path) -> Iterator[Path]:
    """The files under the reports' folder; links lead to files that are there anyway."""
    for folder, _, names in os.walk(root):
        yield from (path for name in sorted(names) if not (path := Path(folder) / name).is_symlink())


def _replace(s3, thing: Thing, answer: dict, source: Path, target: Path) -> None:
    metadata = {**answer["Metadata"]}
    # A landing file whose source was copied here is not copied again because it is another one now.
    metadata.setdefault(SOURCE_ETAG, answer["ETag"].strip('"'))
    headers = {name: answer[name] for name in KEPT_HEADERS if answer.get(name)}
    try:
        with target.open("rb") as body:
            s3.put_object(
                Bucket=thing.bucket, Key=thing.key, Body=body, IfMatch=answer["ETag"], Metadata=metadata, **headers
            )
    except ClientError as error:
        if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"):
            raise UserError(
                f"{thing.name} was changed by somebody else meanwhile; it was left as it is. Run the command again."
            ) from error
        raise


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="stedi-erase-") as folder:
        yield Path(folder)
