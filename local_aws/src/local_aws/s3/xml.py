"""S3's answers and XML documents, written from and read into plain Python values."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from xml.etree import ElementTree

from werkzeug import Response

from local_aws.errors import AwsError
from local_aws.profile import PROFILE
from local_aws.s3.errors import malformed_xml

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
OWNER = {"ID": "0" * 63 + "1", "DisplayName": PROFILE}
"""The canonical user that owns everything in a lake."""

Content = Mapping[str, object]


class Answer(Response):
    """A response that has a content type only where it is given one, as S3's empty answers have none."""

    default_mimetype = None


def _append(parent: ElementTree.Element, name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            _append(parent, name, item)
        return
    child = ElementTree.SubElement(parent, name)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _append(child, key, inner)
    elif isinstance(value, bool):
        child.text = "true" if value else "false"
    else:
        child.text = str(value)


def render(root: str, content: Content, namespace: str | None = NAMESPACE) -> bytes:
    """Write a document: mappings nest, sequences repeat their element, ``None`` is left out."""
    element = ElementTree.Element(root, {"xmlns": namespace} if namespace else {})
    for name, value in content.items():
        _append(element, name, value)
    return ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)


def xml_response(root: str, content: Content, headers: Mapping[str, str] | None = None) -> Response:
    """Answer 200 with a document."""
    return Answer(render(root, content), 200, headers, content_type="application/xml")


def error_response(error: AwsError, resource: str, request_id: str) -> Response:
    """Answer with S3's ``<Error>`` document."""
    content = {
        "Code": error.code,
        "Message": error.message,
        **getattr(error, "details", {}),
        "Resource": resource,
        "RequestId": request_id,
    }
    printable = {name: re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", "\ufffd", value) for name, value in content.items()}
    headers = getattr(error, "headers", None)
    return Answer(render("Error", printable, None), error.status, headers, content_type="application/xml")


def parse(body: bytes, root: str) -> ElementTree.Element:
    """Read a request document, whose elements come back without their namespace.

    Raises ``MalformedXML`` if it is no XML, has another root element or declares a DTD (which S3 documents never do and
    which is how XML is made to expand without end).
    """
    if b"<!DOCTYPE" in body:
        raise malformed_xml()
    try:
        document = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise malformed_xml() from error
    for element in document.iter():
        element.tag = element.tag.rpartition("}")[2]
    if document.tag != root:
        raise malformed_xml()
    return document


def timestamp(epoch_nanoseconds: int) -> str:
    """A time as S3's documents have it: ISO 8601, UTC, with milliseconds that are always zero."""
    moment = datetime.fromtimestamp(epoch_nanoseconds // 1_000_000_000, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
