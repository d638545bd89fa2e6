"""Multipart uploads, from their parts to the object ("Uploading and copying objects using multipart upload")."""

import hashlib
import re
from base64 import b64decode
from xml.etree.ElementTree import Element

from werkzeug import Response

from local_aws.s3.body import promised_checksums, receive, receive_document, verify_checksums
from local_aws.s3.call import Call
from local_aws.s3.checksums import Tally, checksum_elements, checksum_headers, copy_bytes
from local_aws.s3.errors import S3Error, invalid_argument, invalid_request, malformed_xml, no_such_upload
from local_aws.s3.listing import behind
from local_aws.s3.records import ObjectInfo, encryption_headers
from local_aws.s3.uploads import Part, Upload
from local_aws.s3.writing import open_copy_source, requested_algorithm, stored_headers, write_condition
from local_aws.s3.xml import OWNER, Answer, parse, timestamp, xml_response

MAX_PARTS = 10_000
MAX_LISTED = 1000
MIN_PART_BYTES = 5 << 20
"""Every part but the last is at least as long ("Amazon S3 multipart upload limits")."""
_FULL_OBJECT = {"crc32", "crc32c", "crc64nvme"}
_COMPOSITE = {"crc32", "crc32c", "sha1", "sha256"}
_SOURCE_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


def _find_upload(call: Call) -> Upload:
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
    kms = call.store.unkind.sse_kms if call.kms is None else call.kms
    upload = call.store.uploads.start(call.address, stored_headers(call.request), algorithm, kind, kms)
    headers = {"x-amz-checksum-algorithm": algorithm.upper(), "x-amz-checksum-type": kind} if algorithm else {}
    content = {"Bucket": call.bucket, "Key": call.key, "UploadId": upload.upload_id}
    return xml_response("InitiateMultipartUploadResult", content, headers | encryption_headers(kms))


def _is_part_number(value: str) -> bool:
    return value.isdecimal() and 1 <= int(value) <= MAX_PARTS


def _part_number(call: Call) -> int:
    value = call.query("partNumber") or ""
    if not _is_part_number(value):
        message = f"Part number must be an integer between 1 and {MAX_PARTS}, inclusive"
        raise invalid_argument(message, "partNumber", value)
    return int(value)


def upload_part(call: Call) -> Response:
    """UploadPart."""
    upload, number = _find_upload(call), _part_number(call)
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
    upload, number = _find_upload(call), _part_number(call)
    source = open_copy_source(call)
    with source.stream, call.store.draft() as draft:
        first, length = _source_range(call, source.info.size)
        source.stream.seek(first)
        tally = Tally(filter(None, [upload.algorithm]))
        copy_bytes(source.stream, draft, length, tally)
        part = call.store.uploads.add_part(upload, number, draft, tally)
    told = {"LastModified": timestamp(part.mtime_ns), "ETag": f'"{part.etag}"', **checksum_elements(part.checksums)}
    return xml_response("CopyPartResult", told, encryption_headers(upload.kms))


def abort_multipart_upload(call: Call) -> Response:
    """AbortMultipartUpload."""
    call.store.uploads.end(_find_upload(call))
    return Answer(status=204)


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


def _same(entry: Element, part: Part) -> bool:
    checksums = checksum_elements(part.checksums)
    told = {child.tag: (child.text or "").strip() for child in entry if child.tag.startswith("Checksum")}
    etag = (entry.findtext("ETag") or "").strip().strip('"')
    return etag == part.etag and all(checksums.get(name) == value for name, value in told.items())


def _chosen_parts(document: Element, known: dict[int, Part]) -> list[Part]:
    """The parts that the client lists, checked."""
    entries = document.findall("Part")
    named = [(entry.findtext("PartNumber") or "").strip() for entry in entries]
    if not named or not all(map(_is_part_number, named)):
        raise malformed_xml()
    numbers = [int(number) for number in named]
    if numbers != sorted(set(numbers)):
        message = "The list of parts was not in ascending order. The parts list must be specified in order by part"
        raise S3Error("InvalidPartOrder", f"{message} number.")
    asked = dict(zip(numbers, entries, strict=True))
    if any(number not in known or not _same(entry, known[number]) for number, entry in asked.items()):
        message = "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
        raise S3Error("InvalidPart", f"{message}specified entity tag may not match the part's entity tag.")
    chosen = [known[number] for number in numbers]
    for part in chosen[:-1]:
        if part.size < MIN_PART_BYTES:
            sizes = {"ProposedSize": str(part.size), "MinSizeAllowed": str(MIN_PART_BYTES)}
            message = "Your proposed upload is smaller than the minimum allowed size"
            raise S3Error("EntityTooSmall", message, PartNumber=str(part.number), ETag=part.etag, **sizes)
    return chosen


def _object_info(upload: Upload, parts: list[Part], tally: Tally) -> ObjectInfo:
    digests = b"".join(bytes.fromhex(part.etag) for part in parts)
    etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
    checksums = tally.checksums
    if upload.checksum_type == "COMPOSITE":
        of_parts = Tally([upload.algorithm])
        of_parts.update(b"".join(b64decode(part.checksums[upload.algorithm]) for part in parts))
        checksums = {upload.algorithm: f"{of_parts.checksums[upload.algorithm]}-{len(parts)}"}
    kind = upload.checksum_type or "FULL_OBJECT"
    return ObjectInfo(tally.size, 0, etag, upload.headers, checksums, kind, upload.kms)


def _verify(call: Call, info: ObjectInfo) -> None:
    if call.header("x-amz-mp-object-size", str(info.size)) != str(info.size):
        message = f"The provided 'x-amz-mp-object-size' header does not match what was computed: {info.size}."
        raise invalid_request(message)
    verify_checksums(promised_checksums(call.request.headers, composite=True), info.checksums)


def complete_multipart_upload(call: Call) -> Response:
    """CompleteMultipartUpload."""
    address, upload = call.address, _find_upload(call)
    condition = write_condition(call)
    # The checksum headers of this request are about the object, not about its body.
    document = parse(receive_document(call.request, checksums_of_body=False), "CompleteMultipartUpload")
    try:
        parts = _chosen_parts(document, call.store.uploads.parts(upload))
        tally = Tally([upload.algorithm] if upload.checksum_type == "FULL_OBJECT" else [])
        with call.store.draft() as draft:
            for part in parts:
                with call.store.uploads.path(upload, part).open("rb") as source:
                    copy_bytes(source, draft, part.size, tally)
            info = _object_info(upload, parts, tally)
            _verify(call, info)
            info = call.store.publish(draft, address, info, condition)
    except FileNotFoundError as error:  # aborted, or completed by another request, meanwhile
        raise no_such_upload() from error
    call.store.uploads.end(upload)
    content = {
        "Location": f"{call.request.host_url}{call.bucket}/{call.key}",
        "Bucket": call.bucket,
        "Key": call.key,
        "ETag": f'"{info.etag}"',
        **checksum_elements(info.checksums, info.checksum_type),
    }
    return xml_response("CompleteMultipartUploadResult", content, info.answered())
