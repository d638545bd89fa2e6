"""Multipart uploads under way: parts wait outside the bucket until the upload is completed."""

import os
import re
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from local_aws.s3.checksums import Tally
from local_aws.s3.errors import no_such_upload
from local_aws.s3.folders import Address
from local_aws.s3.records import read_json, write_json

_UPLOAD_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Upload:
    """What CreateMultipartUpload fixed for the object to come.

    ``algorithm`` is that of the checksums, lower case, empty for none; ``checksum_type`` FULL_OBJECT or COMPOSITE.
    """

    upload_id: str
    bucket: str
    key: str
    headers: dict[str, str]
    algorithm: str
    checksum_type: str
    started_ns: int
    kms: bool = False
    """Started while buckets were encrypted with SSE-KMS: the parts' ETags say nothing of their content."""


@dataclass(frozen=True)
class Part:
    """One uploaded part; ``file`` is the name of its bytes beside this record."""

    number: int
    file: str
    size: int
    etag: str
    checksums: dict[str, str]
    mtime_ns: int


class Uploads:
    """The uploads of a lake: one folder each, in the same file system as the buckets."""

    def __init__(self, root: Path):
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def start(self, address: Address, headers: dict[str, str], algorithm: str, checksum_type: str, kms: bool) -> Upload:
        """Begin an upload."""
        upload_id, now = secrets.token_hex(32), time.time_ns()
        upload = Upload(upload_id, address.bucket, address.key, headers, algorithm, checksum_type, now, kms)
        write_json(self._root / upload_id / "upload.json", asdict(upload))
        return upload

    def find(self, upload_id: str, bucket: str, key: str) -> Upload:
        """The upload of a key; raises ``NoSuchUpload``."""
        upload = self._read(upload_id) if _UPLOAD_ID.fullmatch(upload_id) else None
        if upload is None or (upload.bucket, upload.key) != (bucket, key):
            raise no_such_upload()
        return upload

    def _read(self, upload_id: str) -> Upload | None:
        record = read_json(self._root / upload_id / "upload.json")
        return Upload(**record) if record else None

    def of_bucket(self, bucket: str) -> list[Upload]:
        """The uploads under way in a bucket, in S3's order: by key, then by start."""
        found = [self._read(folder.name) for folder in self._root.iterdir()]
        mine = [upload for upload in found if upload and upload.bucket == bucket]
        return sorted(mine, key=lambda upload: (upload.key.encode(), upload.started_ns))

    def add_part(self, upload: Upload, number: int, draft: BinaryIO, tally: Tally) -> Part:
        """Keep a finished draft as a part; one of the same number is replaced."""
        draft.flush()
        folder = self._root / upload.upload_id
        record = folder / f"{number}.json"
        file = f"{number}-{secrets.token_hex(4)}.part"
        etag = secrets.token_hex(16) if upload.kms else tally.etag
        part = Part(number, file, tally.size, etag, tally.checksums, time.time_ns())
        try:
            os.replace(draft.name, folder / part.file)
        except FileNotFoundError as error:  # aborted or completed meanwhile
            raise no_such_upload() from error
        replaced = read_json(record)
        write_json(record, asdict(part))
        if replaced:
            (folder / replaced["file"]).unlink(missing_ok=True)
        return part

    def parts(self, upload: Upload) -> dict[int, Part]:
        """The parts of an upload by number, ascending."""
        records = (self._root / upload.upload_id).glob("[0-9]*.json")
        parts = [Part(**record) for record in map(read_json, records) if record]
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
