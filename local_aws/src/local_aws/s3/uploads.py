"""Multipart uploads under way: parts wait outside the bucket until the upload is completed."""

import json
import os
import re
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from local_aws.s3.errors import S3Error
from local_aws.s3.keys import Address
from local_aws.s3.metadata import write_json
from local_aws.s3.tally import Tally

_UPLOAD_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Upload:
    """What CreateMultipartUpload fixed for the object to come.

    Parameters
    ----------
    upload_id, bucket, key : str
        Whose parts these are.
    headers : dict
        The stored headers of the object to come.
    algorithm : str
        Of the checksums, lower case; empty for none.
    checksum_type : str
        ``FULL_OBJECT`` or ``COMPOSITE``.
    started_ns : int
        Epoch nanoseconds.
    """

    upload_id: str
    bucket: str
    key: str
    headers: dict[str, str]
    algorithm: str
    checksum_type: str
    started_ns: int


@dataclass(frozen=True)
class Part:
    """One uploaded part; ``file`` is the name of its bytes beside this record."""

    number: int
    file: str
    size: int
    etag: str
    checksums: dict[str, str]
    mtime_ns: int


def no_such_upload() -> S3Error:
    """An upload id that was never given out, or is completed or aborted."""
    return S3Error(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
        "completed.",
        404,
    )


class Uploads:
    """The uploads of a lake.

    Parameters
    ----------
    root : Path
        One folder an upload, in the same file system as the buckets.
    """

    def __init__(self, root: Path):
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def start(self, address: Address, headers: dict[str, str], algorithm: str, checksum_type: str) -> Upload:
        """Begin an upload."""
        upload_id = secrets.token_hex(32)
        upload = Upload(upload_id, address.bucket, address.key, headers, algorithm, checksum_type, time.time_ns())
        write_json(self._root / upload_id / "upload.json", asdict(upload))
        return upload

    def find(self, upload_id: str, bucket: str, key: str) -> Upload:
        """The upload of a key; raises ``NoSuchUpload``."""
        upload = self._read(upload_id) if _UPLOAD_ID.fullmatch(upload_id) else None
        if upload is None or (upload.bucket, upload.key) != (bucket, key):
            raise no_such_upload()
        return upload

    def _read(self, upload_id: str) -> Upload | None:
        try:
            return Upload(**json.loads((self._root / upload_id / "upload.json").read_text("utf-8")))
        except FileNotFoundError:
            return None

    def of_bucket(self, bucket: str) -> list[Upload]:
        """The uploads under way in a bucket, in S3's order: by key, then by start."""
        found = [self._read(folder.name) for folder in self._root.iterdir()]
        mine = [upload for upload in found if upload and upload.bucket == bucket]
        return sorted(mine, key=lambda upload: (upload.key.encode(), upload.started_ns))

    def add_part(self, upload: Upload, number: int, draft: str, tally: Tally) -> Part:
        """Keep a finished draft as a part; one of the same number is replaced."""
        folder = self._root / upload.upload_id
        record = folder / f"{number}.json"
        file = f"{number}-{secrets.token_hex(4)}.part"
        part = Part(number, file, tally.size, tally.etag, tally.checksums, time.time_ns())
        try:
            os.replace(draft, folder / part.file)
        except FileNotFoundError as error:  # aborted or completed meanwhile
            raise no_such_upload() from error
        replaced = json.loads(record.read_text("utf-8"))["file"] if record.exists() else None
        write_json(record, asdict(part))
        if replaced:
            (folder / replaced).unlink(missing_ok=True)
        return part

    def parts(self, upload: Upload) -> dict[int, Part]:
        """The parts of an upload by number, ascending."""
        records = (self._root / upload.upload_id).glob("[0-9]*.json")
        parts = [Part(**json.loads(record.read_text("utf-8"))) for record in records]
        return {part.number: part for part in sorted(parts, key=lambda part: part.number)}

    def path(self, upload: Upload, part: Part) -> Path:
        """The file of a part's bytes."""
        return self._root / upload.upload_id / part.file

    def end(self, upload: Upload) -> None:
        """Forget an upload and its parts."""
        shutil.rmtree(self._root / upload.upload_id, ignore_errors=True)

    def end_all(self, bucket: str) -> None:
        """Forget the uploads of a bucket that goes away."""
        for upload in self.of_bucket(bucket):
            self.end(upload)
