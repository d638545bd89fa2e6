"""Multipart uploads, their parts and their lists ("Uploading and copying objects using multipart upload")."""

import re

from werkzeug import Response

from local_aws.s3.body import receive
from local_aws.s3.call import Call
from local_aws.s3.checksums import Tally, checksum_elements, checksum_headers, copy_bytes
from local_aws.s3.errors import invalid_argument, invalid_request
from local_aws.s3.listing import behind
from local_aws.s3.records import encryption_headers
from local_aws.s3.uploads import Part, Upload
from local_aws.s3.writing import open_copy_source, requested_algorithm, stored_headers
from local_aws.s3.xml import OWNER, Answer, timestamp, xml_response

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
    algorithm = "".join(requested_algorithm(call))
    kind = _checksum_type(call, algorithm) if algorithm else ""
    kms = call.store.unkind.sse_kms
    upload = call.store.uploads.start(call.address, stored_headers(call.request), algorithm, kind, kms)
    headers = {"x-amz-checksum-algorithm": algorithm.upper(), "x-amz-checksum-type": kind} if algorithm else {}
    content = {"Bucket": call.bucket, "Key": call.key, "UploadId": upload.upload_id}
    return xml_response("InitiateMultipartUploadResult", content, headers | encryption_headers(kms))


def is_part_number(value: str) -> bool:
    """Whether a part can have this number."""
    return value.isdecimal() and 1 <= int(value) <= MAX_PARTS


def _part_number(call: Call) -> int:
    value = call.query("partNumber") or ""
    if not is_part_number(value):
        message = f"Part number must be an integer between 1 and {MAX_PARTS}, inclusive"
        raise invalid_argument(message, "partNumber", value)
    return int(value)


def upload_part(call: Call) -> Response:
    """UploadPart."""
    upload, number = find_upload(call), _part_number(call)
    with call.store.draft() as draft:
        tally = receive(call.request, draft, filter(None, [upload.algorithm]))
        part = call.store.uploads.add_part(upload, number, draft, tally)
    headers = {"ETag": f'"{part.etag}"', **encryption_headers(upload.kms), **checksum_headers(part.checksums)}
    return Answer(status=200, headers=headers)


def _source_range(call: Call, size: int) -> tuple[int, int]:
    """First byte and length of the part's source."""
    header = call.header("x-amz-copy-source-range")
    if not header:
        return 0, size
    found = _SOURCE_RANGE.fullmatch(header)
    if found is None or int(found[1]) > int(found[2]):
        message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
        raise invalid_argument(f"{message}zero-based offsets of the first and last bytes to copy")
    first, last = int(found[1]), int(found[2])
    if last >= size:
        raise invalid_argument(f"Range specified is not valid for source object of size: {size}")
    return first, last - first + 1


def upload_part_copy(call: Call) -> Response:
    """UploadPartCopy."""
    upload, number = find_upload(call), _part_number(call)
    source = open_copy_source(call)
    with source.stream, call.store.draft() as draft:
        first, length = _source_range(call, source.info.size)
        source.stream.seek(first)
        tally = Tally(filter(None, [upload.algorithm]))
        copy_bytes(source.stream, draft, length, tally)
        part = call.store.uploads.add_part(upload, number, draft, tally)
    return xml_response("CopyPartResult", _told(part), encryption_headers(upload.kms))


def _told(part: Part) -> dict[str, object]:
    etag = f'"{part.etag}"'
    return {"LastModified": timestamp(part.mtime_ns), "ETag": etag, **checksum_elements(part.checksums)}


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
        "Part": [{"PartNumber": part.number, "Size": part.size, **_told(part)} for part in page],
    }
    return xml_response("ListPartsResult", content)


def list_multipart_uploads(call: Call) -> Response:
    """ListMultipartUploads."""
    call.store.bucket(call.bucket)
    prefix = call.query("prefix") or ""
    key_marker, id_marker = call.query("key-marker") or "", call.query("upload-id-marker") or ""
    limit = call.number("max-uploads", MAX_LISTED, MAX_LISTED)
    found = [upload for upload in call.store.uploads.of_bucket(call.bucket) if upload.key.startswith(prefix)]
    later = behind(found, lambda upload: (upload.key, upload.upload_id), key_marker, id_marker)
    page = later[:limit]
    last = page[-1] if len(later) > len(page) > 0 else None
    content = {
        "Bucket": call.bucket,
        "KeyMarker": key_marker,
        "UploadIdMarker": id_marker,
        "NextKeyMarker": last.key if last else None,
        "NextUploadIdMarker": last.upload_id if last else None,
        "Prefix": prefix or None,
        "MaxUploads": limit,
        "IsTruncated": len(later) > len(page),
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
