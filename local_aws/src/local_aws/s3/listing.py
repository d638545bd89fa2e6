"""ListObjects, ListObjectsV2 and ListObjectVersions."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TypeVar
from urllib.parse import quote_plus

from werkzeug import Response

from local_aws.s3.call import Call
from local_aws.s3.errors import invalid_argument
from local_aws.s3.records import ObjectInfo
from local_aws.s3.walk import Found, Walk, key_order
from local_aws.s3.xml import OWNER, timestamp, xml_response

MAX_KEYS = 1000
Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Page:
    """One page of a listing: objects and common prefixes in one order, and whether more follow."""

    call: Call
    entries: list[Found]
    truncated: bool

    @property
    def last(self) -> Found | None:
        """The last entry, where more follow."""
        return self.entries[-1] if self.truncated else None

    def encode(self, text: str | None) -> str | None:
        """A key as the request wants it encoded; None for none."""
        if not text:
            return None
        encoding = self.call.query("encoding-type")
        if encoding not in (None, "", "url"):
            raise invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", encoding)
        if encoding:
            return quote_plus(text, safe="/", errors="surrogateescape")
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    def objects(self, with_owner: bool, with_version: bool = False) -> list[dict[str, object]]:
        """What is told of each object."""
        return [
            {
                **self._named(found, found.info, with_owner, with_version),
                "ETag": f'"{found.info.etag}"',
                "ChecksumAlgorithm": [name.upper() for name in found.info.checksums],
                "ChecksumType": found.info.checksum_type if found.info.checksums else None,
                "Size": found.info.size,
                "StorageClass": "STANDARD",
            }
            for found in self.entries
            if found.info is not None and not found.info.deleted
        ]

    def delete_markers(self) -> list[dict[str, object]]:
        """What is told of each delete marker."""
        return [
            self._named(found, found.info, True, True) for found in self.entries if found.info and found.info.deleted
        ]

    def _named(self, found: Found, info: ObjectInfo, with_owner: bool, with_version: bool) -> dict[str, object]:
        return {
            "Key": self.encode(found.key),
            "VersionId": info.version if with_version else None,
            "IsLatest": found.latest if with_version else None,
            "LastModified": timestamp(info.mtime_ns),
            "Owner": OWNER if with_owner else None,
        }

    def common(self) -> dict[str, object]:
        """What all listings tell."""
        return {
            "Name": self.call.bucket,
            "Prefix": self.encode(self.call.query("prefix")) or "",
            "MaxKeys": self.call.number("max-keys", MAX_KEYS, MAX_KEYS),
            "Delimiter": self.encode(self.call.query("delimiter")),
            "EncodingType": self.call.query("encoding-type") or None,
            "IsTruncated": self.truncated,
            "CommonPrefixes": [{"Prefix": self.encode(found.key)} for found in self.entries if found.info is None],
        }


def _rolled_up(entries: Iterable[Found], prefix: str, after: str, delimiter: str) -> Iterator[Found]:
    """Keys that share a prefix up to the delimiter count as one entry."""

    def common(found: Found) -> str:
        head, separator, _ = found.key[len(prefix) :].partition(delimiter)
        return prefix + head + separator if separator else ""

    for name, group in groupby(entries, key=common):
        if not name:
            yield from group
        elif key_order(name) > key_order(after):
            yield Found(name, None)


def _page(call: Call, entries: Iterable[Found], after: str) -> Page:
    limit = call.number("max-keys", MAX_KEYS, MAX_KEYS)
    if limit == 0:
        return Page(call, [], False)
    delimiter = call.query("delimiter")
    if delimiter:
        entries = _rolled_up(entries, call.query("prefix") or "", after, delimiter)
    found = list(islice(entries, limit + 1))
    return Page(call, found[:limit], len(found) > limit)


def _objects_page(call: Call, after: str) -> Page:
    call.store.bucket(call.bucket)
    prefix = call.query("prefix") or ""
    return _page(call, Walk(call.store, call.bucket, prefix, after, shallow=call.query("delimiter") == "/"), after)


def list_objects(call: Call) -> Response:
    """ListObjects."""
    marker = call.query("marker") or ""
    page = _objects_page(call, marker)
    # S3 names the next marker only with a delimiter; without one it is the last key of the page.
    more = page.last if call.query("delimiter") else None
    content = {
        **page.common(),
        "Marker": page.encode(marker) or "",
        "NextMarker": page.encode(more.key) if more else None,
        "Contents": page.objects(True),
    }
    return xml_response("ListBucketResult", content)


def list_objects_v2(call: Call) -> Response:
    """ListObjectsV2."""
    token, start_after = call.query("continuation-token"), call.query("start-after")
    page = _objects_page(call, (start_after or "") if token is None else _decode_token(token))
    content = {
        **page.common(),
        "KeyCount": len(page.entries),
        "ContinuationToken": token,
        "NextContinuationToken": _encode_token(page.last.key) if page.last else None,
        "StartAfter": page.encode(start_after),
        "Contents": page.objects(call.query("fetch-owner") == "true"),
    }
    return xml_response("ListBucketResult", content)


def _encode_token(last: str) -> str:
    return b64encode(key_order(last)).decode()


def _decode_token(token: str) -> str:
    try:
        return b64decode(token.encode(), validate=True).decode("utf-8", "surrogateescape")
    except ValueError as error:
        raise invalid_argument("The continuation token provided is incorrect", "continuation-token", token) from error


def _all_versions(call: Call) -> list[Found]:
    """Every version and delete marker below the prefix: by key, the newest first."""
    prefix = call.query("prefix") or ""
    present = {found.key: found for found in Walk(call.store, call.bucket, prefix)}
    kept, newest = [], set(present)
    for key, info in call.store.versions.of_bucket(call.bucket):
        twice = key in present and present[key].info.version == info.version
        if key.startswith(prefix) and not twice:
            # Without a present object and a marker, somebody removed the file in the lake directory.
            kept.append(Found(key, info, info.deleted and key not in newest))
            newest.add(key)
    return sorted([*present.values(), *kept], key=lambda found: key_order(found.key))


def behind(entries: list[Entry], names: Callable[[Entry], tuple[str, str]], key: str, identifier: str) -> list[Entry]:
    """The entries behind two markers: later keys, and the later ones of the marked key where one of them is marked.

    The entries are in the order of their keys; ``names`` gives the key of one, and what tells it from others of it.
    """
    same = [entry for entry in entries if names(entry)[0] == key]
    identifiers = [names(entry)[1] for entry in same]
    rest = same[identifiers.index(identifier) + 1 :] if identifier in identifiers else []
    return [*rest, *(entry for entry in entries if key_order(names(entry)[0]) > key_order(key))]


def list_object_versions(call: Call) -> Response:
    """ListObjectVersions; in a bucket that was never versioned each object is its one version, ``null``."""
    call.store.bucket(call.bucket)
    key_marker, version_marker = call.query("key-marker") or "", call.query("version-id-marker") or ""
    if version_marker and not key_marker:
        raise invalid_argument("A version-id marker cannot be specified without a key marker.", "version-id-marker")
    later = behind(_all_versions(call), lambda found: (found.key, found.info.version), key_marker, version_marker)
    page = _page(call, later, key_marker)
    last = page.last
    content = {
        **page.common(),
        "KeyMarker": page.encode(key_marker) or "",
        "VersionIdMarker": version_marker,
        "NextKeyMarker": page.encode(last.key) if last else None,
        "NextVersionIdMarker": last.info.version if last and last.info else None,
        "Version": page.objects(True, with_version=True),
        "DeleteMarker": page.delete_markers(),
    }
    return xml_response("ListVersionsResult", content)
