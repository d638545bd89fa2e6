"""GetObject and HeadObject."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from werkzeug import Response
from werkzeug.http import http_date

from local_aws.s3.answer import Answer
from local_aws.s3.call import Call
from local_aws.s3.conditions import NotModified, check_read
from local_aws.s3.errors import S3Error
from local_aws.s3.metadata import ObjectInfo
from local_aws.s3.tally import CHUNK_BYTES, checksum_headers
from local_aws.s3.xml import xml_response

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_OVERRIDES = {
    "response-content-type": "Content-Type",
    "response-content-language": "Content-Language",
    "response-expires": "Expires",
    "response-cache-control": "Cache-Control",
    "response-content-disposition": "Content-Disposition",
    "response-content-encoding": "Content-Encoding",
}


@dataclass
class Slice:
    """Bytes of an open file as a WSGI answer; closing it closes the file."""

    stream: BinaryIO
    left: int

    def __iter__(self) -> Iterator[bytes]:
        while self.left:
            data = self.stream.read(min(self.left, CHUNK_BYTES))
            if not data:
                raise OSError(f"the file ended {self.left} bytes early: it was changed in its place while it was read")
            self.left -= len(data)
            yield data

    def close(self) -> None:
        """Close the file."""
        self.stream.close()


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte of a ``Range`` header; None for the whole object.

    As in S3, several ranges and what is no byte range are ignored.

    Raises
    ------
    S3Error
        ``InvalidRange`` where the object has no such byte.
    """
    found = _RANGE.fullmatch(header.replace(" ", "")) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(size - int(last), 0), size - 1
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
        if last and int(last) < int(first):
            return None
    if start >= size:
        raise S3Error(
            "InvalidRange",
            "The requested range is not satisfiable",
            416,
            RangeRequested=header or "",
            ActualObjectSize=str(size),
        )
    return start, end


def _headers(call: Call, info: ObjectInfo) -> dict[str, str]:
    overrides = {name: call.query(parameter) for parameter, name in _OVERRIDES.items()}
    return {
        **info.headers,
        **{name: value for name, value in overrides.items() if value is not None},
        "ETag": f'"{info.etag}"',
        "Last-Modified": http_date(info.mtime_ns // 1_000_000_000),
        "Accept-Ranges": "bytes",
    }


def get_object(call: Call) -> Response:
    """GetObject, and HeadObject, which is the same without the bytes."""
    opened = call.store.open(call.address)
    try:
        response = _answer(call, opened.info, opened.stream)
    except BaseException:
        opened.stream.close()
        raise
    if call.request.method == "HEAD" or response.status_code == 304:
        opened.stream.close()
    return response


def _answer(call: Call, info: ObjectInfo, stream: BinaryIO) -> Response:
    headers = _headers(call, info)
    try:
        check_read(info, call.request.headers)
    except NotModified:
        return Answer(status=304, headers=headers)
    span = parse_range(call.request.headers.get("Range"), info.size)
    if span:
        start, length = span[0], span[1] - span[0] + 1
        headers["Content-Range"] = f"bytes {start}-{span[1]}/{info.size}"
        stream.seek(start)
    else:
        length = info.size
        if call.request.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED":
            headers |= checksum_headers(info.checksums, info.checksum_type)
    headers["Content-Length"] = str(length)
    body = Slice(stream, length) if call.request.method == "GET" else ()
    response = Answer(body, 206 if span else 200, headers, direct_passthrough=True)
    response.automatically_set_content_length = False
    return response


def get_object_tagging(call: Call) -> Response:
    """GetObjectTagging: no object has tags here, since putting them is refused; the AWS CLI asks before it copies."""
    opened = call.store.open(call.address)
    opened.stream.close()
    return xml_response("Tagging", {"TagSet": ""})
