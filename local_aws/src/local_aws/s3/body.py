"""Request bodies: streamed to a file, decoded from ``aws-chunked`` and verified against what the client promised.

Source of the rules: "Signature calculations for the Authorization header: Transferring payload in multiple chunks"
and "Checking object integrity" (Amazon S3 documentation).
"""

import hashlib
import io
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import BinaryIO

from werkzeug import Request
from werkzeug.exceptions import ClientDisconnected

from local_aws.s3.call import is_chunked
from local_aws.s3.checksums import ALGORITHMS, CHUNK_BYTES, Tally
from local_aws.s3.errors import S3Error, invalid_request, not_implemented

MAX_OBJECT_BYTES = 5 << 30
"""The most that one PutObject, CopyObject or UploadPart can carry."""
MAX_DOCUMENT_BYTES = 2 << 20
"""More than S3's longest document (1,000 keys of 1,024 bytes, or 10,000 parts) needs."""
_NOT_VALUES = {"algorithm", "type", "mode"}


class ChunkedPayload:
    """The data within an ``aws-chunked`` body, and the trailing headers behind it.

    The signatures of the single chunks are not checked: the request's own signature, which is, already proves the
    sender, and nothing stands between a client and 127.0.0.1.
    """

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._buffer = b""
        self.trailers: dict[str, str] = {}

    def __iter__(self) -> Iterator[bytes]:
        while left := self._chunk_length():
            while left:
                data = self._take(left)
                left -= len(data)
                yield data
            if self._line():
                raise _incomplete()
        while line := self._line():
            name, _, value = line.partition(":")
            self.trailers[name.strip().lower()] = value.strip()

    def _take(self, most: int) -> bytes:
        if not self._buffer:
            self._buffer = self._stream.read(CHUNK_BYTES)
        if not self._buffer:
            raise _incomplete()
        data, self._buffer = self._buffer[:most], self._buffer[most:]
        return data

    def _line(self) -> str:
        # By read() alone: cheroot's readline() never ends on a body with Transfer-Encoding: chunked.
        while b"\n" not in self._buffer and len(self._buffer) < CHUNK_BYTES:
            more = self._stream.read(CHUNK_BYTES)
            if not more:
                break
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r").decode("latin-1")

    def _chunk_length(self) -> int:
        try:
            return int(self._line().partition(";")[0], 16)
        except ValueError as error:
            raise _incomplete() from error


def _incomplete() -> S3Error:
    message = "The request body terminated unexpectedly: it is not the bytes or chunks that its headers promise."
    return S3Error("IncompleteBody", message)


def _promised_length(request: Request) -> int | None:
    name = "x-amz-decoded-content-length" if is_chunked(request) else "Content-Length"
    value = request.headers.get(name)
    if value is None and not is_chunked(request):
        raise S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)
    if value is not None and not value.isdecimal():
        raise invalid_request(f"The header {name} must be a number of bytes, found {value!r}.")
    return None if value is None else int(value)


def _is_digest(value: str, length: int) -> bool:
    try:
        return len(b64decode(value, validate=True)) == length
    except Base64Error:
        return False


def promised_checksums(headers: Mapping[str, str], composite: bool = False) -> dict[str, str]:
    """The ``x-amz-checksum-<name>`` headers of a request or its trailers, by name.

    Raises ``InvalidRequest`` for a value that is no such checksum (nor, where they may be ``composite``, a checksum of
    checksums, ``<base64>-<parts>``); ``NotImplemented`` for an unknown algorithm.
    """
    prefix = "x-amz-checksum-"
    found = {name.lower()[len(prefix) :]: value for name, value in headers.items() if name.lower().startswith(prefix)}
    checksums = {name: value for name, value in found.items() if name not in _NOT_VALUES}
    for name, value in checksums.items():
        if name not in ALGORITHMS:
            raise not_implemented(f"The checksum algorithm {name!r}")
        plain = value.partition("-")[0] if composite else value
        if not _is_digest(plain, len(ALGORITHMS[name]().digest())):
            raise invalid_request(f"Value for x-amz-checksum-{name} header is invalid.")
    return checksums


def _announced_trailers(request: Request) -> list[str]:
    names = request.headers.get("x-amz-trailer", "").lower().split(",")
    return [name.strip() for name in names if name.strip()]


def _announced(request: Request) -> list[str]:
    """The checksum algorithms that the request carries or will carry in its trailer."""
    names = list(promised_checksums(request.headers))
    for trailer in _announced_trailers(request):
        name = trailer.removeprefix("x-amz-checksum-")
        if name not in ALGORITHMS:
            raise not_implemented(f"The trailing header {trailer!r}")
        names.append(name)
    if len(names) > 1:
        raise invalid_request("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    if not names and "x-amz-sdk-checksum-algorithm" in request.headers:
        message = "specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found."
        raise invalid_request(f"x-amz-sdk-checksum-algorithm {message}")
    return names


def receive(
    request: Request,
    target: BinaryIO,
    algorithms: Iterable[str] = (),
    limit: int = MAX_OBJECT_BYTES,
    checksums_of_body: bool = True,
) -> Tally:
    """Stream a request's body into ``target`` and verify it; what is wrong with it raises `S3Error`.

    Parameters
    ----------
    request : werkzeug.Request
        Its environ may hold ``local_aws.content_sha256``: the digest that the verified signature covers.
    target : BinaryIO
        Where the bytes go.
    algorithms : iterable of str
        Checksums to compute besides those that the client sends.
    limit : int
        The most bytes that the operation takes.
    checksums_of_body : bool
        Whether the request's checksum headers are about its body; those of CompleteMultipartUpload are not.

    Returns
    -------
    Tally
        Size, MD5 and checksums of the decoded body. Its ``checksums`` hold what the client sent or the caller asked.
    """
    length = _promised_length(request)
    payload = ChunkedPayload(request.stream) if is_chunked(request) else None
    tally = Tally({*algorithms, *(_announced(request) if checksums_of_body else ())})
    signed = None if payload else request.environ.get("local_aws.content_sha256")
    whole = hashlib.sha256()
    try:
        for data in payload or iter(partial(request.stream.read, CHUNK_BYTES), b""):
            if max(length or 0, tally.size + len(data)) > limit:
                raise S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
            if signed:
                whole.update(data)
            tally.update(data)
            target.write(data)
    except ClientDisconnected as error:
        raise _incomplete() from error
    if length not in (None, tally.size):
        raise _incomplete()
    if signed and whole.hexdigest() != signed.lower():
        message = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise S3Error("XAmzContentSHA256Mismatch", message)
    trailers = payload.trailers if payload else {}
    if any(name not in trailers for name in _announced_trailers(request)):
        raise S3Error("MalformedTrailerError", "The trailing headers that the request announces are not there.")
    headers = promised_checksums(request.headers) if checksums_of_body else {}
    verify_checksums({**headers, **promised_checksums(trailers)}, tally.checksums)
    _verify_md5(request.headers.get("Content-MD5"), tally)
    return tally


def _verify_md5(promised: str | None, tally: Tally) -> None:
    if promised is not None and not _is_digest(promised, 16):
        raise S3Error("InvalidDigest", "The Content-MD5 you specified is not valid.")
    if promised is not None and b64decode(promised).hex() != tally.etag:
        raise S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.")


def verify_checksums(promised: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Hold the checksums that a client sent against those of the bytes; raises ``BadDigest``."""
    for name, value in promised.items():
        if found.get(name) != value:
            raise S3Error("BadDigest", f"The {name.upper()} you specified did not match the calculated checksum.")


def receive_document(request: Request, checksums_of_body: bool = True) -> bytes:
    """Receive a body that is an XML document (or empty), which is small enough to be held; see `receive`."""
    target = io.BytesIO()
    receive(request, target, limit=MAX_DOCUMENT_BYTES, checksums_of_body=checksums_of_body)
    return target.getvalue()
