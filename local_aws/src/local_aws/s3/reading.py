"""GetObject and HeadObject, and the conditions of reads ("Conditional reads", Amazon S3 User Guide)."""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from werkzeug import Response
from werkzeug.http import http_date, parse_date

from local_aws.caller import require_object
from local_aws.s3.call import Call
from local_aws.s3.checksums import CHUNK_BYTES, checksum_headers
from local_aws.s3.errors import S3Error, invalid_argument, precondition_failed
from local_aws.s3.objects import OpenObject
from local_aws.s3.records import ObjectInfo
from local_aws.s3.xml import Answer, xml_response

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_VERSION = re.compile(r"[0-9a-f]{32}|null")


class NotModified(Exception):
    """The reader already has this object: answer 304."""


def etag_is(header: str, etag: str) -> bool:
    """Whether an ``If-Match`` or ``If-None-Match`` header names an ETag."""
    return header.strip() == "*" or etag in (part.strip().strip('"') for part in header.split(","))


def _changed_since(info: ObjectInfo, header: str) -> bool | None:
    """Whether the object is newer than a date header says; None where that is no date, which S3 ignores."""
    moment = parse_date(header)
    return None if moment is None else info.mtime_ns // 1_000_000_000 > moment.timestamp()


def check_read(info: ObjectInfo, headers: Mapping[str, str], prefix: str = "") -> None:
    """Hold the ``If-…`` headers of a read against the object; those about a copy's source begin with a ``prefix``.

    Raises ``PreconditionFailed``, or `NotModified` where the reader's own copy is the object.
    """
    match, unmodified = headers.get(f"{prefix}If-Match"), headers.get(f"{prefix}If-Unmodified-Since")
    if match is not None:
        if not etag_is(match, info.etag):
            raise precondition_failed("If-Match")
    elif unmodified is not None and _changed_since(info, unmodified):
        raise precondition_failed("If-Unmodified-Since")
    none_match, modified = headers.get(f"{prefix}If-None-Match"), headers.get(f"{prefix}If-Modified-Since")
    if none_match is not None:
        if etag_is(none_match, info.etag):
            raise NotModified
    elif modified is not None and _changed_since(info, modified) is False:
        raise NotModified


def _parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First byte and length of a ``Range`` header; None for the whole object.

    As in S3, several ranges and what is no byte range are ignored; ``InvalidRange`` where the object has no such byte.
    """
    found = _RANGE.fullmatch(header.replace(" ", ""))
    first, last = found.groups() if found else ("", "")
    if not first and not last or first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size:
        message, asked = "The requested range is not satisfiable", {"RangeRequested": header}
        raise S3Error("InvalidRange", message, 416, **asked, ActualObjectSize=str(size))
    return start, end - start + 1


def _pieces(stream: BinaryIO, left: int) -> Iterator[bytes]:
    with stream:
        while left:
            data = stream.read(min(left, CHUNK_BYTES))
            if not data:
                raise OSError(f"the file ended {left} bytes early: it was changed in its place while it was read")
            left -= len(data)
            yield data


def check_version(version: str | None) -> str | None:
    """A version's id, if one is given; raises ``InvalidArgument`` for what is none."""
    if version is not None and not _VERSION.fullmatch(version):
        raise invalid_argument("Invalid version id specified", "versionId", version)
    return version


def _open(call: Call) -> OpenObject:
    """The object that is asked for; who may not list its bucket does not learn that it is missing ("GetObject")."""
    try:
        return call.store.open(call.address, check_version(call.query("versionId")))
    except S3Error as error:
        if error.code == "NoSuchKey":
            require_object("s3:ListBucket", f"s3://{call.bucket}")
        raise


def get_object(call: Call) -> Response:
    """GetObject, and HeadObject, which is the same without the bytes."""
    opened = _open(call)
    try:
        response = _answer(call, opened.info, opened.stream)
    except BaseException:
        opened.stream.close()
        raise
    if call.request.method == "HEAD" or response.status_code == 304:
        opened.stream.close()
    return response


def _answer(call: Call, info: ObjectInfo, stream: BinaryIO) -> Response:
    modified = http_date(info.mtime_ns // 1_000_000_000)
    headers = {
        **info.headers,
        "ETag": f'"{info.etag}"',
        **info.answered(),
        "Last-Modified": modified,
        "Accept-Ranges": "bytes",
    }
    try:
        check_read(info, call.request.headers)
    except NotModified:
        return Answer(status=304, headers=headers)
    span = _parse_range(call.header("Range"), info.size)
    start, length = span or (0, info.size)
    if span:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{info.size}"
        stream.seek(start)
    elif call.header("x-amz-checksum-mode").upper() == "ENABLED":
        headers |= checksum_headers(info.checksums, info.checksum_type)
    headers["Content-Length"] = str(length)
    body = _pieces(stream, length) if call.request.method == "GET" else ()
    response = Answer(body, 206 if span else 200, headers, direct_passthrough=True)
    response.automatically_set_content_length = False
    return response


def get_object_tagging(call: Call) -> Response:
    """GetObjectTagging: no object has tags here, since putting them is refused; the AWS CLI asks before it copies."""
    _open(call).stream.close()
    return xml_response("Tagging", {"TagSet": ""})
