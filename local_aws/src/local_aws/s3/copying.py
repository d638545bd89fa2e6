"""CopyObject."""

from werkzeug import Response

from local_aws.s3.call import Call
from local_aws.s3.checksums import ALGORITHMS
from local_aws.s3.conditions import NotModified, check_read, write_condition
from local_aws.s3.errors import S3Error, invalid_argument, invalid_request, not_implemented, precondition_failed
from local_aws.s3.metadata import ObjectInfo
from local_aws.s3.objects import copy_source, stored_headers
from local_aws.s3.store import OpenObject
from local_aws.s3.tally import Tally, checksum_elements, copy_bytes
from local_aws.s3.xml import timestamp, xml_response

MAX_COPY_BYTES = 5 << 30


def open_copy_source(call: Call) -> OpenObject:
    """Open the object that a copy reads, where the ``x-amz-copy-source-if-…`` headers allow it."""
    source = call.store.open(call.store.address(*copy_source(call)))
    try:
        check_read(source.info, call.request.headers, "x-amz-copy-source-")
    except NotModified as error:
        source.stream.close()
        raise precondition_failed("x-amz-copy-source-If-None-Match") from error
    except S3Error:
        source.stream.close()
        raise
    return source


def _directive(call: Call) -> str:
    value = call.request.headers.get("x-amz-metadata-directive", "COPY")
    if value not in ("COPY", "REPLACE"):
        raise invalid_argument("Unknown metadata directive.", "x-amz-metadata-directive", value)
    return value


def requested_algorithm(call: Call) -> list[str]:
    """The checksum that ``x-amz-checksum-algorithm`` asks for, if any."""
    value = call.request.headers.get("x-amz-checksum-algorithm")
    if value is None:
        return []
    if value.lower() not in ALGORITHMS:
        raise invalid_request(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types"
        )
    return [value.lower()]


def copy_object(call: Call) -> Response:
    """CopyObject."""
    address, directive = call.address, _directive(call)
    condition = write_condition(call.request.headers, call.key)
    if directive == "COPY" and copy_source(call) == (call.bucket, call.key):
        raise invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes."
        )
    source = open_copy_source(call)
    with source.stream, call.store.draft() as draft:
        if source.info.size > MAX_COPY_BYTES:
            raise invalid_request(
                "The specified copy source is larger than the maximum allowable size for a copy source"
            )
        if address.is_folder and source.info.size:
            raise not_implemented(f"The key {call.key!r} names a folder, and an object with content at it")
        tally = Tally(requested_algorithm(call) or source.info.checksums)
        copy_bytes(source.stream, draft, source.info.size, tally)
        headers = source.info.headers if directive == "COPY" else stored_headers(call.request)
        info = ObjectInfo(tally.size, 0, tally.etag, headers, tally.checksums)
        if address.is_folder:
            info = call.store.publish_folder(address, info, condition)
        else:
            info = call.store.publish(draft, address, info, condition)
    content = {
        "LastModified": timestamp(info.mtime_ns),
        "ETag": f'"{info.etag}"',
        **checksum_elements(info.checksums, info.checksum_type),
    }
    return xml_response("CopyObjectResult", content)
