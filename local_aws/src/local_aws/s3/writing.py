"""PutObject, CopyObject, DeleteObject and DeleteObjects, and their conditions ("Conditional writes", S3 User Guide)."""

from collections.abc import Mapping
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from werkzeug import Request, Response

from local_aws.caller import require_object
from local_aws.errors import AwsError
from local_aws.s3.body import MAX_OBJECT_BYTES, receive, receive_document
from local_aws.s3.call import Call
from local_aws.s3.checksums import ALGORITHMS, Tally, checksum_elements, checksum_headers, copy_bytes
from local_aws.s3.errors import (
    S3Error,
    from_os_error,
    invalid_argument,
    invalid_request,
    malformed_xml,
    no_such_key,
    not_implemented,
    precondition_failed,
)
from local_aws.s3.objects import OpenObject, marker_headers
from local_aws.s3.reading import NotModified, check_read, check_version, etag_is
from local_aws.s3.records import DEFAULT_CONTENT_TYPE, ObjectInfo
from local_aws.s3.store import Condition, Current
from local_aws.s3.xml import Answer, parse, timestamp, xml_response

MAX_METADATA_BYTES = 2048
MAX_DELETES = 1000
_STORED = ("Content-Type", "Content-Disposition", "Content-Encoding", "Content-Language", "Cache-Control", "Expires")


def stored_headers(request: Request) -> dict[str, str]:
    """The headers of a write that come back with each read; raises ``MetadataTooLarge``."""
    headers = {name: request.headers[name] for name in _STORED if request.headers.get(name)}
    headers.setdefault("Content-Type", DEFAULT_CONTENT_TYPE)
    encodings = [part.strip() for part in headers.pop("Content-Encoding", "").split(",")]
    kept = ",".join(part for part in encodings if part and part != "aws-chunked")
    if kept:
        headers["Content-Encoding"] = kept
    prefix = "x-amz-meta-"
    metadata = {name.lower(): value for name, value in request.headers.items() if name.lower().startswith(prefix)}
    if sum(len(name) - len(prefix) + len(value) for name, value in metadata.items()) > MAX_METADATA_BYTES:
        raise S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", 400)
    return {**headers, **metadata}


def unconditional(current: Current) -> None:
    """The condition of a write that has none."""


def write_condition(call: Call) -> Condition:
    """The condition that a write's headers state: ``If-None-Match: *`` or ``If-Match: <etag>``.

    Raises ``NotImplemented`` for an ``If-None-Match`` with an ETag, as S3 itself answers, or both at once.
    """
    match, none_match = call.request.headers.get("If-Match"), call.request.headers.get("If-None-Match")
    if none_match is not None and (none_match.strip() != "*" or match is not None):
        raise not_implemented("A conditional write by other headers than 'If-Match' or 'If-None-Match: *'")

    def only_new(current: Current) -> None:
        if current() is not None:
            raise precondition_failed("If-None-Match")

    def only_over(current: Current) -> None:
        present = current()
        if present is None:
            raise no_such_key(call.key)
        if not etag_is(match or "", present.etag):
            raise precondition_failed("If-Match")

    if none_match is not None:
        return only_new
    return unconditional if match is None else only_over


def put_object(call: Call) -> Response:
    """PutObject."""
    address, headers, condition = call.address, stored_headers(call.request), write_condition(call)
    with call.store.draft() as draft:
        tally = receive(call.request, draft)
        info = ObjectInfo(tally.size, 0, tally.etag, headers, tally.checksums, kms=call.kms)
        info = call.store.publish(draft, address, info, condition)
    told = {"ETag": f'"{info.etag}"', **checksum_headers(info.checksums, info.checksum_type)}
    return Answer(status=200, headers=told | info.answered())


def _copy_source(call: Call) -> tuple[str, str, str | None]:
    """Bucket, key and version of the ``x-amz-copy-source`` header; raises ``InvalidArgument`` if it names none."""
    path, _, version = call.header("x-amz-copy-source").partition("?versionId=")
    bucket, separator, key = unquote(path).removeprefix("/").partition("/")
    if not separator or not key:
        raise S3Error("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
    return bucket, key, check_version(version or None)


def open_copy_source(call: Call) -> OpenObject:
    """Open the object that a copy reads, where the ``x-amz-copy-source-if-…`` headers allow it."""
    bucket, key, version = _copy_source(call)
    require_object("s3:GetObjectVersion" if version else "s3:GetObject", f"s3://{bucket}/{key}")
    source = call.store.open(call.store.address(bucket, key), version)
    try:
        check_read(source.info, call.request.headers, "x-amz-copy-source-")
    except NotModified as error:
        source.stream.close()
        raise precondition_failed("x-amz-copy-source-If-None-Match") from error
    except S3Error:
        source.stream.close()
        raise
    return source


def requested_algorithm(call: Call) -> list[str]:
    """The checksum that ``x-amz-checksum-algorithm`` asks for, if any."""
    value = call.header("x-amz-checksum-algorithm").lower()
    if value and value not in ALGORITHMS:
        message = "Checksum algorithm provided is unsupported. Please try again with any of the valid types"
        raise invalid_request(message)
    return [value] if value else []


def copy_object(call: Call) -> Response:
    """CopyObject."""
    address, condition = call.address, write_condition(call)
    directive = call.header("x-amz-metadata-directive", "COPY")
    if directive not in ("COPY", "REPLACE"):
        raise invalid_argument("Unknown metadata directive.", "x-amz-metadata-directive", directive)
    if directive == "COPY" and _copy_source(call) == (call.bucket, call.key, None):
        raise invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes."
        )
    source = open_copy_source(call)
    with source.stream, call.store.draft() as draft:
        if source.info.size > MAX_OBJECT_BYTES:
            message = "The specified copy source is larger than the maximum allowable size for a copy source"
            raise invalid_request(message)
        tally = Tally(requested_algorithm(call) or source.info.checksums)
        copy_bytes(source.stream, draft, source.info.size, tally)
        headers = source.info.headers if directive == "COPY" else stored_headers(call.request)
        info = ObjectInfo(tally.size, 0, tally.etag, headers, tally.checksums, kms=call.kms)
        info = call.store.publish(draft, address, info, condition)
    content = {
        "LastModified": timestamp(info.mtime_ns),
        "ETag": f'"{info.etag}"',
        **checksum_elements(info.checksums, info.checksum_type),
    }
    told = info.answered()
    if source.info.version_id:
        told["x-amz-copy-source-version-id"] = source.info.version_id
    return xml_response("CopyObjectResult", content, told)


def delete_object(call: Call) -> Response:
    """DeleteObject; a key that is not there is deleted already."""
    version = check_version(call.query("versionId"))
    changed = call.store.delete(call.address, write_condition(call), version)
    headers = {"x-amz-version-id": version} if version else {}
    return Answer(status=204, headers=marker_headers(changed) if changed and changed.deleted else headers)


def _delete_one(call: Call, entry: Element) -> tuple[str, dict[str, object]]:
    """Delete one key of a DeleteObjects request; the answer's element and its content."""
    key, version = entry.findtext("Key"), entry.findtext("VersionId")
    if not key:
        raise malformed_xml()
    if {child.tag for child in entry} - {"Key", "VersionId"}:
        raise not_implemented("DeleteObjects with conditions")
    content: dict[str, object] = {"Key": key, "VersionId": version}
    try:
        require_object("s3:DeleteObjectVersion" if version else "s3:DeleteObject", f"s3://{call.bucket}/{key}")
        changed = call.store.delete(call.store.address(call.bucket, key), unconditional, check_version(version))
    except OSError as error:
        refusal: AwsError = from_os_error(error)
    except AwsError as error:
        refusal = error
    else:
        if changed and changed.deleted:
            content |= {"DeleteMarker": True, "DeleteMarkerVersionId": changed.version}
        return "Deleted", content
    return "Error", {**content, "Code": refusal.code, "Message": refusal.message}


def delete_objects(call: Call) -> Response:
    """DeleteObjects: up to 1,000 keys, each answered for itself."""
    call.store.bucket(call.bucket)
    if not _has_integrity(call.request.headers):
        raise invalid_request("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
    document = parse(receive_document(call.request), "Delete")
    entries = document.findall("Object")
    if not 0 < len(entries) <= MAX_DELETES:
        raise malformed_xml()
    answers: dict[str, list[dict[str, object]]] = {"Deleted": [], "Error": []}
    for entry in entries:
        name, content = _delete_one(call, entry)
        answers[name].append(content)
    if (document.findtext("Quiet") or "").strip().lower() == "true":
        del answers["Deleted"]
    return xml_response("DeleteResult", answers)


def _has_integrity(headers: Mapping[str, str]) -> bool:
    names = {name.lower() for name, _ in headers.items()}
    return bool(names & {"content-md5", "x-amz-trailer"}) or any(name.startswith("x-amz-checksum-") for name in names)
