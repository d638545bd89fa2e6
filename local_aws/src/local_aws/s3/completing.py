"""CompleteMultipartUpload: the parts become one object."""

import hashlib
from base64 import b64decode, b64encode
from xml.etree.ElementTree import Element

from werkzeug import Response

from local_aws.s3.body import promised_checksums, receive_document
from local_aws.s3.call import Call
from local_aws.s3.checksums import ALGORITHMS, Tally, checksum_elements, copy_bytes
from local_aws.s3.errors import S3Error, bad_digest, invalid_request, malformed_xml, no_such_upload
from local_aws.s3.multipart import find_upload, is_part_number
from local_aws.s3.records import ObjectInfo
from local_aws.s3.uploads import Part, Upload
from local_aws.s3.writing import write_condition
from local_aws.s3.xml import parse, xml_response

MIN_PART_BYTES = 5 << 20
"""Every part but the last is at least as long ("Amazon S3 multipart upload limits")."""


def _number(entry: Element) -> int:
    value = (entry.findtext("PartNumber") or "").strip()
    if not is_part_number(value):
        raise malformed_xml()
    return int(value)


def _same(entry: Element, part: Part) -> bool:
    checksums = checksum_elements(part.checksums)
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
    entries = [(_number(entry), entry) for entry in document.findall("Part")]
    numbers = [number for number, _ in entries]
    if not numbers:
        raise malformed_xml()
    if numbers != sorted(set(numbers)):
        message = (
            "The list of parts was not in ascending order. The parts list must be specified in order by part number."
        )
        raise S3Error("InvalidPartOrder", message)
    if any(number not in known or not _same(entry, known[number]) for number, entry in entries):
        message = "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
        raise S3Error("InvalidPart", f"{message}specified entity tag may not match the part's entity tag.")
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
    kind = upload.checksum_type or "FULL_OBJECT"
    return ObjectInfo(tally.size, 0, etag, upload.headers, checksums, kind, upload.kms)


def _verify(call: Call, info: ObjectInfo) -> None:
    if call.header("x-amz-mp-object-size", str(info.size)) != str(info.size):
        message = f"The provided 'x-amz-mp-object-size' header does not match what was computed: {info.size}."
        raise invalid_request(message)
    for name, value in promised_checksums(call.request.headers, composite=True).items():
        if info.checksums.get(name) != value:
            raise bad_digest(name.upper())


def complete_multipart_upload(call: Call) -> Response:
    """CompleteMultipartUpload."""
    address, upload = call.address, find_upload(call)
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
