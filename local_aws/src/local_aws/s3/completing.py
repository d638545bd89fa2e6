"""CompleteMultipartUpload: the parts become one object."""

import hashlib
from base64 import b64decode, b64encode
from xml.etree.ElementTree import Element

from werkzeug import Response

from local_aws.s3.body import promised_checksums, receive_document
from local_aws.s3.call import Call
from local_aws.s3.checksums import ALGORITHMS
from local_aws.s3.conditions import write_condition
from local_aws.s3.errors import S3Error, invalid_request, malformed_xml
from local_aws.s3.metadata import ObjectInfo
from local_aws.s3.multipart import MAX_PARTS, find_upload
from local_aws.s3.tally import Tally, checksum_elements, copy_bytes
from local_aws.s3.uploads import Part, Upload, no_such_upload
from local_aws.s3.xml import parse, xml_response

MIN_PART_BYTES = 5 << 20
"""Every part but the last is at least as long ("Amazon S3 multipart upload limits")."""


def _number(entry: Element) -> int:
    value = (entry.findtext("PartNumber") or "").strip()
    if not value.isdecimal() or not 1 <= int(value) <= MAX_PARTS:
        raise malformed_xml()
    return int(value)


def _same(entry: Element, part: Part) -> bool:
    checksums = {f"Checksum{name.upper()}": value for name, value in part.checksums.items()}
    told = {child.tag: (child.text or "").strip() for child in entry if child.tag.startswith("Checksum")}
    etag = (entry.findtext("ETag") or "").strip().strip('"')
    return etag == part.etag and all(checksums.get(name) == value for name, value in told.items())


def _chosen_parts(document: Element, known: dict[int, Part]) -> list[Part]:
    """The parts that the client lists, checked.

    Raises
    ------
    S3Error
        ``MalformedXML``, ``InvalidPartOrder``, ``InvalidPart``, ``EntityTooSmall``.
    """
    entries = {_number(entry): entry for entry in document.findall("Part")}
    numbers = [_number(entry) for entry in document.findall("Part")]
    if not numbers:
        raise malformed_xml()
    if numbers != sorted(set(numbers)):
        raise S3Error(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
            400,
        )
    if any(number not in known or not _same(entries[number], known[number]) for number in numbers):
        raise S3Error(
            "InvalidPart",
            "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
            "specified entity tag may not match the part's entity tag.",
            400,
        )
    chosen = [known[number] for number in numbers]
    for part in chosen[:-1]:
        if part.size < MIN_PART_BYTES:
            raise S3Error(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                400,
                ProposedSize=str(part.size),
                MinSizeAllowed=str(MIN_PART_BYTES),
                PartNumber=str(part.number),
                ETag=part.etag,
            )
    return chosen


def _composite_checksum(algorithm: str, parts: list[Part]) -> str:
    checksum = ALGORITHMS[algorithm]()
    for part in parts:
        checksum.update(b64decode(part.checksums[algorithm]))
    return f"{b64encode(checksum.digest()).decode()}-{len(parts)}"


def _object_info(upload: Upload, parts: list[Part], tally: Tally) -> ObjectInfo:
    digests = b"".join(bytes.fromhex(part.etag) for part in parts)
    etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
    checksums = tally.checksums
    if upload.checksum_type == "COMPOSITE":
        checksums = {upload.algorithm: _composite_checksum(upload.algorithm, parts)}
    return ObjectInfo(tally.size, 0, etag, upload.headers, checksums, upload.checksum_type or "FULL_OBJECT")


def _verify(call: Call, info: ObjectInfo) -> None:
    size = call.request.headers.get("x-amz-mp-object-size")
    if size is not None and size != str(info.size):
        raise invalid_request(
            f"The provided 'x-amz-mp-object-size' header does not match what was computed: {info.size}."
        )
    for name, value in promised_checksums(call.request.headers, composite=True).items():
        if info.checksums.get(name) != value:
            message = f"The {name.upper()} you specified did not match the calculated checksum."
            raise S3Error("BadDigest", message, 400)


def complete_multipart_upload(call: Call) -> Response:
    """CompleteMultipartUpload."""
    address, upload = call.address, find_upload(call)
    condition = write_condition(call.request.headers, call.key)
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
            call.store.publish(draft, address, info, condition)
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
    return xml_response("CompleteMultipartUploadResult", content)
