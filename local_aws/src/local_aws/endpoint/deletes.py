"""DeleteObjects for who may not delete every key: S3 refuses each by itself (S3 API Reference, "DeleteObjects")."""

import base64
import hashlib
import io
from collections.abc import Callable
from xml.etree import ElementTree

from werkzeug import Request, Response

from local_aws.endpoint.actions import Permission, delete_permission

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_OF_THE_BODY = ("HTTP_CONTENT_MD5", "HTTP_X_AMZ_CHECKSUM_", "HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM", "local_aws.content_")
"""What an environment says of the body that came, which is not so of another one."""
ElementTree.register_namespace("", _NAMESPACE)


def delete_key_by_key(
    request: Request,
    bucket: str,
    body: bytes,
    refusal: Callable[[Permission], dict[str, str] | None],
    respond: Callable[[Request], Response],
) -> Response:
    """Let S3 delete the keys that may be, and tell of each other one why it may not.

    Parameters
    ----------
    refusal : Callable
        The ``Code`` and ``Message`` of a permission that is denied; None where it is granted.
    respond : Callable
        S3's own answer.
    """
    try:
        document = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        document = ElementTree.Element("Delete")  # S3 refuses what cannot be read
    refused = []
    for entry in document.findall("{*}Object"):
        key, version = entry.findtext("{*}Key", ""), entry.findtext("{*}VersionId")
        if told := refusal(delete_permission(bucket, key, version)):
            refused.append({"Key": key, "VersionId": version, **told})
            document.remove(entry)
    if not refused:
        return respond(Request(request.environ | {"wsgi.input": io.BytesIO(body)}))
    answer = ElementTree.Element(f"{{{_NAMESPACE}}}DeleteResult")
    if document.find("{*}Object") is not None:
        response = respond(_with_body(request, ElementTree.tostring(document, "utf-8")))
        if response.status_code != 200:
            return response
        answer = ElementTree.fromstring(response.get_data())
    for error in refused:
        element = ElementTree.SubElement(answer, f"{{{_NAMESPACE}}}Error")
        for name, text in error.items():
            if text:
                ElementTree.SubElement(element, f"{{{_NAMESPACE}}}{name}").text = text
    return Response(ElementTree.tostring(answer, "utf-8", xml_declaration=True), content_type="application/xml")


def _with_body(request: Request, body: bytes) -> Request:
    """The request with another body, and what S3 demands to be said of one."""
    kept = {name: value for name, value in request.environ.items() if not name.startswith(_OF_THE_BODY)}
    kept.pop("werkzeug.request", None)
    said = {
        "HTTP_CONTENT_MD5": base64.b64encode(hashlib.md5(body).digest()).decode(),
        "HTTP_X_AMZ_CONTENT_SHA256": "UNSIGNED-PAYLOAD",
        "CONTENT_LENGTH": str(len(body)),
    }
    return Request(kept | said | {"wsgi.input": io.BytesIO(body)})
