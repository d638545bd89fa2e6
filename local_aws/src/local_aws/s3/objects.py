"""PutObject, DeleteObject, DeleteObjects, and the headers that are stored with an object."""

from collections.abc import Mapping
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from werkzeug import Request, Response

from local_aws.errors import AwsError
from local_aws.s3.answer import Answer
from local_aws.s3.body import receive, receive_document
from local_aws.s3.call import Call
from local_aws.s3.conditions import unconditional, write_condition
from local_aws.s3.errors import S3Error, from_os_error, invalid_request, malformed_xml, not_implemented
from local_aws.s3.metadata import DEFAULT_CONTENT_TYPE, ObjectInfo
from local_aws.s3.tally import checksum_headers
from local_aws.s3.xml import parse, xml_response

MAX_METADATA_BYTES = 2048
MAX_DELETES = 1000
_STORED = ("Content-Type", "Content-Disposition", "Content-Encoding", "Content-Language", "Cache-Control", "Expires")


def stored_headers(request: Request) -> dict[str, str]:
    """The headers of a write that come back with each read.

    Raises
    ------
    S3Error
        ``MetadataTooLarge``.
    """
    headers = {name: request.headers[name] for name in _STORED if request.headers.get(name)}
    headers.setdefault("Content-Type", DEFAULT_CONTENT_TYPE)
    encodings = [part.strip() for part in headers.pop("Content-Encoding", "").split(",")]
    kept = ",".join(part for part in encodings if part and part != "aws-chunked")
    if kept:
        headers["Content-Encoding"] = kept
    metadata = {
        name.lower(): value for name, value in request.headers.items() if name.lower().startswith("x-amz-meta-")
    }
    if sum(len(name) - len("x-amz-meta-") + len(value) for name, value in metadata.items()) > MAX_METADATA_BYTES:
        raise S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", 400)
    return {**headers, **metadata}


def put_object(call: Call) -> Response:
    """PutObject."""
    address, headers = call.address, stored_headers(call.request)
    condition = write_condition(call.request.headers, call.key)
    with call.store.draft() as draft:
        tally = receive(call.request, draft)
        info = ObjectInfo(tally.size, 0, tally.etag, headers, tally.checksums)
        if not address.is_folder:
            call.store.publish(draft, address, info, condition)
        elif tally.size:
            raise not_implemented(f"The key {call.key!r} names a folder, and an object of {tally.size} bytes at it")
        else:
            call.store.publish_folder(address, info, condition)
    answer = {"ETag": f'"{info.etag}"', **checksum_headers(info.checksums, info.checksum_type)}
    return Answer(status=200, headers=answer)


def delete_object(call: Call) -> Response:
    """DeleteObject; a key that is not there is deleted already."""
    condition = write_condition(call.request.headers, call.key)
    call.store.delete(call.address, condition)
    return Answer(status=204)


def _delete_one(call: Call, entry: Element) -> tuple[str, dict[str, str]]:
    """Delete one key of a DeleteObjects request; the answer's element and its content."""
    key = entry.findtext("Key")
    if not key:
        raise malformed_xml()
    if {child.tag for child in entry} - {"Key", "VersionId"} or entry.findtext("VersionId") not in (None, "null"):
        raise not_implemented("DeleteObjects with versions or conditions")
    try:
        call.store.delete(call.store.address(call.bucket, key), unconditional)
    except OSError as error:
        refusal: AwsError = from_os_error(error)
    except S3Error as error:
        refusal = error
    else:
        return "Deleted", {"Key": key}
    return "Error", {"Key": key, "Code": refusal.code, "Message": refusal.message}


def delete_objects(call: Call) -> Response:
    """DeleteObjects: up to 1,000 keys, each answered for itself."""
    call.store.bucket(call.bucket)
    if not _has_integrity(call.request.headers):
        raise invalid_request("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
    document = parse(receive_document(call.request), "Delete")
    entries = document.findall("Object")
    if not 0 < len(entries) <= MAX_DELETES:
        raise malformed_xml()
    quiet = (document.findtext("Quiet") or "").strip().lower() == "true"
    answers: dict[str, list[dict[str, str]]] = {"Deleted": [], "Error": []}
    for entry in entries:
        name, content = _delete_one(call, entry)
        answers[name].append(content)
    if quiet:
        del answers["Deleted"]
    return xml_response("DeleteResult", answers)


def _has_integrity(headers: Mapping[str, str]) -> bool:
    names = {name.lower() for name, _ in headers.items()}
    return bool(names & {"content-md5", "x-amz-trailer"}) or any(name.startswith("x-amz-checksum-") for name in names)


def copy_source(call: Call) -> tuple[str, str]:
    """Bucket and key of the ``x-amz-copy-source`` header.

    Raises
    ------
    S3Error
        ``InvalidArgument`` where it names no object; ``NotImplemented`` for a version.
    """
    value = call.request.headers["x-amz-copy-source"]
    path, _, query = value.partition("?")
    if query and query != "versionId=null":
        raise not_implemented("Copying a version of an object")
    bucket, separator, key = unquote(path).removeprefix("/").partition("/")
    if not separator or not key:
        raise S3Error("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
    return bucket, key
