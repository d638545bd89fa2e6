"""Multipart uploads: create, upload or copy parts, list, abort ("Uploading and copying objects using multipart")."""

import re

from werkzeug import Response

from local_aws.s3.answer import Answer
from local_aws.s3.body import receive
from local_aws.s3.call import Call
from local_aws.s3.copying import open_copy_source, requested_algorithm
from local_aws.s3.errors import S3Error, invalid_argument, invalid_request, not_implemented
from local_aws.s3.objects import stored_headers
from local_aws.s3.tally import Tally, checksum_elements, checksum_headers, copy_bytes
from local_aws.s3.uploads import Part, Upload
from local_aws.s3.xml import OWNER, timestamp, xml_response

MAX_PARTS = 10_000
MAX_LISTED = 1000
_FULL_OBJECT = {"crc32", "crc32c", "crc64nvme"}
_COMPOSITE = {"crc32", "crc32c", "sha1", "sha256"}
_SOURCE_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


def find_upload(call: Call) -> Upload:
    """The upload that the query names; raises ``NoSuchUpload``."""
    address = call.address
    return call.store.uploads.find(call.query("uploadId") or "", address.bucket, address.key)


def _checksum_type(call: Call, algorithm: str) -> str:
    default = "FULL_OBJECT" if algorithm == "crc64nvme" else "COMPOSITE"
    kind = call.request.headers.get("x-amz-checksum-type", default).upper()
    allowed = {"FULL_OBJECT": _FULL_OBJECT, "COMPOSITE": _COMPOSITE}
    if algorithm not in allowed.get(kind, set()):
        raise invalid_request(f"The {kind} checksum type cannot be used with the {algorithm} checksum algorithm.")
    return kind


def create_multipart_upload(call: Call) -> Response:
    """CreateMultipartUpload."""
    address = call.address
    if address.is_folder:
        raise not_implemented(f"The key {call.key!r} names a folder, and an upload in parts to it")
    algorithm = "".join(requested_algorithm(call))
    kind = _checksum_type(call, algorithm) if algorithm else ""
    upload = call.store.uploads.start(address, stored_headers(call.request), algorithm, kind)
    headers = {"x-amz-checksum-algorithm": algorithm.upper(), "x-amz-checksum-type": kind} if algorithm else {}
    content = {"Bucket": call.bucket, "Key": call.key, "UploadId": upload.upload_id}
    return xml_response("InitiateMultipartUploadResult", content, headers)


def _part_number(call: Call) -> int:
    value = call.query("partNumber") or ""
    if not value.isdecimal() or not 1 <= int(value) <= MAX_PARTS:
        message = f"Part number must be an integer between 1 and {MAX_PARTS}, inclusive"
        raise invalid_argument(message, "partNumber", value)
    return int(value)


def upload_part(call: Call) -> Response:
    """UploadPart, and UploadPartCopy where a copy source is named."""
    upload, number = find_upload(call), _part_number(call)
    if "x-amz-copy-source" in call.request.headers:
        return _upload_part_copy(call, upload, number)
    with call.store.draft() as draft:
        tally = receive(call.request, draft, filter(None, [upload.algorithm]))
        draft.flush()
        part = call.store.uploads.add_part(upload, number, draft.name, tally)
    headers = {"ETag": f'"{part.etag}"', **checksum_headers(part.checksums, "")}
    headers.pop("x-amz-checksum-type", None)
    return Answer(status=200, headers=headers)


def _source_range(call: Call, size: int) -> tuple[int, int]:
    """First byte and length of the part's source."""
    header = call.request.headers.get("x-amz-copy-source-range")
    if header is None:
        return 0, size
    found = _SOURCE_RANGE.fullmatch(header)
    if found is None or int(found[1]) > int(found[2]):
        message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
        raise invalid_argument(f"{message}zero-based offsets of the first and last bytes to copy")
    first, last = int(found[1]), int(found[2])
    if last >= size:
        message = f"Range specified is not valid for source object of size: {size}"
        raise S3Error("InvalidArgument", message, 400)
    return first, last - first + 1


def _upload_part_copy(call: Call, upload: Upload, number: int) -> Response:
    source = open_copy_source(call)
    with source.stream, call.store.draft() as draft:
        first, length = _source_range(call, source.info.size)
        source.stream.seek(first)
        tally = Tally(filter(None, [upload.algorithm]))
        copy_bytes(source.stream, draft, length, tally)
        draft.flush()
        part = call.store.uploads.add_part(upload, number, draft.name, tally)
    return xml_response("CopyPartResult", _part_content(part))


def _part_content(part: Part) -> dict[str, object]:
    elements = checksum_elements(part.checksums, "")
    elements.pop("ChecksumType", None)
    return {"LastModified": timestamp(part.mtime_ns), "ETag": f'"{part.etag}"', **elements}


def abort_multipart_upload(call: Call) -> Response:
    """AbortMultipartUpload."""
    call.store.uploads.end(find_upload(call))
    return Answer(status=204)


def list_parts(call: Call) -> Response:
    """ListParts."""
    upload = find_upload(call)
    marker = call.number("part-number-marker", 0, MAX_PARTS)
    limit = call.number("max-parts", MAX_LISTED, MAX_LISTED)
    later = [part for part in call.store.uploads.parts(upload).values() if part.number > marker]
    page = later[:limit]
    content = {
        "Bucket": call.bucket,
        "Key": call.key,
        "UploadId": upload.upload_id,
        "Initiator": OWNER,
        "Owner": OWNER,
        "StorageClass": "STANDARD",
        "PartNumberMarker": marker,
        "NextPartNumberMarker": page[-1].number if page else marker,
        "MaxParts": limit,
        "IsTruncated": len(later) > len(page),
        "ChecksumAlgorithm": upload.algorithm.upper() or None,
        "ChecksumType": upload.checksum_type or None,
        "Part": [{"PartNumber": part.number, "Size": part.size, **_part_content(part)} for part in page],
    }
    return xml_response("ListPartsResult", content)


def list_multipart_uploads(call: Call) -> Response:
    """ListMultipartUploads."""
    call.store.bucket(call.bucket)
    prefix = call.query("prefix") or ""
    key_marker, id_marker = call.query("key-marker") or "", call.query("upload-id-marker") or ""
    limit = call.number("max-uploads", MAX_LISTED, MAX_LISTED)
    found = [upload for upload in call.store.uploads.of_bucket(call.bucket) if upload.key.startswith(prefix)]
    later = _behind(found, key_marker, id_marker)
    page = later[:limit]
    truncated = len(later) > len(page)
    content = {
        "Bucket": call.bucket,
        "KeyMarker": key_marker,
        "UploadIdMarker": id_marker,
        "NextKeyMarker": page[-1].key if page and truncated else None,
        "NextUploadIdMarker": page[-1].upload_id if page and truncated else None,
        "Prefix": prefix or None,
        "MaxUploads": limit,
        "IsTruncated": truncated,
        "Upload": [
            {
                "Key": upload.key,
                "UploadId": upload.upload_id,
                "Initiator": OWNER,
                "Owner": OWNER,
                "StorageClass": "STANDARD",
                "Initiated": timestamp(upload.started_ns),
            }
            for upload in page
        ],
    }
    return xml_response("ListMultipartUploadsResult", content)


def _behind(uploads: list[Upload], key_marker: str, id_marker: str) -> list[Upload]:
    """Uploads behind the markers: later keys, and later uploads of the marked key where its upload is named too."""
    if not key_marker:
        return uploads
    later = [upload for upload in uploads if upload.key.encode() > key_marker.encode()]
    same = [upload for upload in uploads if upload.key == key_marker]
    ids = [upload.upload_id for upload in same]
    rest = same[ids.index(id_marker) + 1 :] if id_marker in ids else []
    return rest + later
