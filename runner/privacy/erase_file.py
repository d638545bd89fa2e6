"""One object of the bucket, or one file of the reports, without some people."""

import lzma
import zipfile
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from runner.aws_errors import OVERTAKEN, error_code
from runner.errors import UserError
from runner.pipeline.copies import SOURCE_SHA256, digest_of
from runner.privacy.content import Tally, sift
from runner.privacy.places import Copies, Thing
from runner.privacy.traces import Traces

ATHENA = ("athena/", "athena-science/")
KEPT_HEADERS = ("ContentType", "ContentEncoding", "CacheControl", "StorageClass", "ServerSideEncryption", "SSEKMSKeyId")
DAMAGED = (OSError, EOFError, ValueError, zipfile.BadZipFile, lzma.LZMAError)


@dataclass(frozen=True)
class Finding:
    """What one file holds of the people; false where it is nothing."""

    name: str
    place: str
    tally: Tally
    what: str
    """What happens to it: rewritten, deleted, or nothing can be done."""

    def __bool__(self) -> bool:
        return bool(self.tally)


def erase_thing(thing: Thing, copies: Copies, traces: Traces, change: bool) -> Finding:
    """Look for the people in one object, and take them out of it where it is to be changed.

    The object is replaced in one request, under the condition that it is still what was looked at. A result of Athena's
    and an earlier object version are deleted: the one can be asked for again, the other cannot be written.

    Raises
    ------
    UserError
        If the object is damaged, or was changed meanwhile.
    """
    with copies.lend(thing) as (source, answer):
        try:
            tally = sift(thing.key, source, copies.target, traces)
        except DAMAGED as error:
            raise UserError(
                f"{thing.name} is damaged or in a foreign format ({error}), so nobody can tell who is in it: "
                "mend or delete it first."
            ) from error
        change &= bool(tally)
        if thing.version or thing.key.startswith(ATHENA):
            what = "earlier object version deleted" if thing.version else "deleted"
            if change:
                _forget_version(thing, answer, thing.delete())
        elif tally.stuck:
            what = "cannot be rewritten"
        else:
            what = "rewritten"
            if change:
                _replace(thing, answer, source, copies.target)
    return Finding(thing.name, thing.place, tally, what)


def erase_report(path: Path, root: Path, copies: Copies, traces: Traces, change: bool) -> Finding:
    """The same for a file of the reports."""
    name = path.relative_to(root).as_posix()
    try:
        tally = sift(name, path, copies.target, traces)
    except DAMAGED as error:
        raise UserError(f"{path} cannot be read ({error}): mend or delete it first.") from error
    if change and tally and not tally.stuck:
        draft = path.with_name(f".{path.name}.erasing")
        draft.write_bytes(copies.target.read_bytes())
        draft.chmod(path.stat().st_mode)
        draft.replace(path)
    return Finding(f"reports/{name}", "reports", tally, "cannot be rewritten" if tally.stuck else "rewritten")


def _replace(thing: Thing, answer: dict, source: Path, target: Path) -> None:
    metadata = {**answer["Metadata"]}
    # A landing file whose source was copied here is not copied again because it is another one now.
    metadata.setdefault(SOURCE_SHA256, digest_of(source))
    headers = {name: answer[name] for name in KEPT_HEADERS if answer.get(name)}
    try:
        with target.open("rb") as body:
            written = boto3.client("s3").put_object(
                Bucket=thing.bucket, Key=thing.key, Body=body, IfMatch=answer["ETag"], Metadata=metadata, **headers
            )
    except ClientError as error:
        if error_code(error) in OVERTAKEN:
            raise UserError(
                f"{thing.name} was changed by somebody else meanwhile; it was left as it is. Run the command again."
            ) from error
        raise
    _forget_version(thing, answer, written)


def _forget_version(thing: Thing, was: dict, now: dict) -> None:
    """Delete what a versioned bucket keeps of an object that was replaced or deleted."""
    version = was.get("VersionId")
    if version and version not in (thing.version, now.get("VersionId")):
        boto3.client("s3").delete_object(Bucket=thing.bucket, Key=thing.key, VersionId=version)
