"""ListObjects and ListObjectsV2."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from urllib.parse import quote_plus

from werkzeug import Response

from local_aws.s3.call import Call
from local_aws.s3.errors import invalid_argument
from local_aws.s3.walk import Found, Walk, key_order
from local_aws.s3.xml import OWNER, timestamp, xml_response

MAX_KEYS = 1000


@dataclass(frozen=True)
class Page:
    """One page of a listing: objects and common prefixes in one order, and whether more follow."""

    entries: list[Found]
    truncated: bool

    @property
    def last(self) -> str:
        """The last key or common prefix of the page."""
        return self.entries[-1].key

    def objects(self, encode: Callable[[str], str], with_owner: bool) -> list[dict[str, object]]:
        """The ``Contents`` elements."""
        return [
            {
                "Key": encode(found.key),
                "LastModified": timestamp(found.info.mtime_ns),
                "ETag": f'"{found.info.etag}"',
                "ChecksumAlgorithm": [name.upper() for name in found.info.checksums],
                "ChecksumType": found.info.checksum_type if found.info.checksums else None,
                "Size": found.info.size,
                "StorageClass": "STANDARD",
                "Owner": OWNER if with_owner else None,
            }
            for found in self.entries
            if found.info is not None
        ]

    def prefixes(self, encode: Callable[[str], str]) -> list[dict[str, object]]:
        """The ``CommonPrefixes`` elements."""
        return [{"Prefix": encode(found.key)} for found in self.entries if found.info is None]


def _rolled_up(walk: Walk, delimiter: str) -> Iterator[Found]:
    """Keys that share a prefix up to the delimiter count as one entry."""

    def entry(found: Found) -> str:
        rest = found.key[len(walk.prefix) :]
        head, separator, _ = rest.partition(delimiter)
        return walk.prefix + head + separator if separator else ""

    for common, group in groupby(walk, key=lambda found: entry(found) or found.key):
        first = next(group)
        if not entry(first):
            yield first
        elif key_order(common) > key_order(walk.after):
            yield Found(common, None)


def _page(call: Call, after: str) -> Page:
    call.store.bucket(call.bucket)
    limit = call.number("max-keys", MAX_KEYS, MAX_KEYS)
    if limit == 0:
        return Page([], False)
    delimiter = call.query("delimiter") or ""
    walk = Walk(call.store, call.bucket, call.query("prefix") or "", after, shallow=delimiter == "/")
    entries = list(islice(_rolled_up(walk, delimiter) if delimiter else walk, limit + 1))
    return Page(entries[:limit], len(entries) > limit)


def _encoder(call: Call) -> Callable[[str], str]:
    encoding = call.query("encoding-type")
    if encoding not in (None, "", "url"):
        raise invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", encoding)
    if encoding:
        return lambda text: quote_plus(text, safe="/", errors="surrogateescape")
    return lambda text: text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _common(call: Call, page: Page, encode: Callable[[str], str]) -> dict[str, object]:
    delimiter = call.query("delimiter")
    return {
        "Name": call.bucket,
        "Prefix": encode(call.query("prefix") or ""),
        "MaxKeys": call.number("max-keys", MAX_KEYS, MAX_KEYS),
        "Delimiter": encode(delimiter) if delimiter else None,
        "EncodingType": call.query("encoding-type") or None,
        "IsTruncated": page.truncated,
    }


def list_objects(call: Call) -> Response:
    """ListObjects, and ListObjectsV2 where ``list-type=2``."""
    version = call.query("list-type")
    if version == "2":
        return _list_objects_v2(call)
    if version is not None:
        raise invalid_argument("The list type must be 2.", "list-type", version)
    marker = call.query("marker") or ""
    encode, page = _encoder(call), _page(call, marker)
    # S3 names the next marker only with a delimiter; without one it is the last key of the page.
    more = page.truncated and call.query("delimiter")
    content = {
        **_common(call, page, encode),
        "Marker": encode(marker),
        "NextMarker": encode(page.last) if more else None,
        "Contents": page.objects(encode, True),
        "CommonPrefixes": page.prefixes(encode),
    }
    return xml_response("ListBucketResult", content)


def _list_objects_v2(call: Call) -> Response:
    token, start_after = call.query("continuation-token"), call.query("start-after")
    encode = _encoder(call)
    page = _page(call, (start_after or "") if token is None else _decode_token(token))
    content = {
        **_common(call, page, encode),
        "KeyCount": len(page.entries),
        "ContinuationToken": token,
        "NextContinuationToken": _encode_token(page.last) if page.truncated else None,
        "StartAfter": encode(start_after) if start_after else None,
        "Contents": page.objects(encode, call.query("fetch-owner") == "true"),
        "CommonPrefixes": page.prefixes(encode),
    }
    return xml_response("ListBucketResult", content)


def _encode_token(last: str) -> str:
    return b64encode(key_order(last)).decode()


def _decode_token(token: str) -> str:
    try:
        return b64decode(token.encode(), validate=True).decode("utf-8", "surrogateescape")
    except ValueError as error:
        raise invalid_argument("The continuation token provided is incorrect", "continuation-token", token) from error
