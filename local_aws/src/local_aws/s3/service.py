"""S3's front: which operation a request is, and its answer or refusal."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug import Request, Response

from local_aws.errors import AwsError
from local_aws.lake import Lake
from local_aws.s3 import buckets, completing, copying, listing, multipart, objects, reading
from local_aws.s3.call import Call
from local_aws.s3.errors import S3Error, from_os_error, not_implemented
from local_aws.s3.refusals import operation_name, refuse_headers, subresource
from local_aws.s3.store import ObjectStore
from local_aws.s3.xml import error_response


@dataclass(frozen=True)
class Operation:
    """An operation and the query parameters that it reads; any other parameter is refused."""

    answer: Callable[[Call], Response]
    parameters: frozenset[str] = frozenset()


def _operation(answer: Callable[[Call], Response], parameters: str = "") -> Operation:
    return Operation(answer, frozenset(parameters.split()))


_READ = _operation(
    reading.get_object,
    "versionId response-content-type response-content-language response-expires response-cache-control "
    "response-content-disposition response-content-encoding",
)
_OPERATIONS = {
    ("service", "GET", ""): _operation(buckets.list_buckets, "prefix"),
    ("bucket", "PUT", ""): _operation(buckets.create_bucket),
    ("bucket", "HEAD", ""): _operation(buckets.head_bucket),
    ("bucket", "DELETE", ""): _operation(buckets.delete_bucket),
    ("bucket", "GET", "location"): _operation(buckets.get_bucket_location),
    ("bucket", "GET", "versioning"): _operation(buckets.get_bucket_versioning),
    ("bucket", "GET", ""): _operation(
        listing.list_objects,
        "list-type prefix delimiter max-keys marker encoding-type continuation-token start-after fetch-owner",
    ),
    ("bucket", "GET", "uploads"): _operation(
        multipart.list_multipart_uploads, "prefix key-marker upload-id-marker max-uploads"
    ),
    ("bucket", "POST", "delete"): _operation(objects.delete_objects),
    ("object", "GET", ""): _READ,
    ("object", "HEAD", ""): _READ,
    ("object", "PUT", ""): _operation(objects.put_object),
    ("object", "PUT", "x-amz-copy-source"): _operation(copying.copy_object),
    ("object", "DELETE", ""): _operation(objects.delete_object, "versionId"),
    ("object", "GET", "tagging"): _operation(reading.get_object_tagging, "versionId"),
    ("object", "POST", "uploads"): _operation(multipart.create_multipart_upload),
    ("object", "PUT", "uploadId"): _operation(multipart.upload_part, "partNumber"),
    ("object", "POST", "uploadId"): _operation(completing.complete_multipart_upload),
    ("object", "DELETE", "uploadId"): _operation(multipart.abort_multipart_upload),
    ("object", "GET", "uploadId"): _operation(multipart.list_parts, "part-number-marker max-parts"),
}


def _target(request: Request) -> str:
    """The decoded path. Not ``request.path``, which joins leading slashes: they would belong to the names."""
    return request.environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")


def _find(call: Call) -> Operation:
    """The operation of a request.

    Raises
    ------
    S3Error
        ``NotImplemented`` naming the operation or the parameter; ``MethodNotAllowed``.
    """
    level = "object" if call.key else "bucket" if call.bucket else "service"
    method, sub = call.request.method, subresource(call.request)
    operation = _OPERATIONS.get((level, method, sub))
    if operation is None:
        name = operation_name(level, method, sub)
        if name:
            raise not_implemented(f"The operation S3:{name}")
        raise S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    allowed = operation.parameters | {sub, "x-id"}
    for name, value in call.request.args.items():
        if name not in allowed and not name.lower().startswith("x-amz-"):
            raise not_implemented(f"The query parameter {name!r} of S3:{operation_name(level, method, sub)}")
        if name == "versionId" and value != "null":
            raise not_implemented("Reading or deleting a version of an object")
    return operation


class S3:
    """S3 over a lake directory.

    Parameters
    ----------
    lake : Lake
        Each folder in it with the name of a bucket is one.

    Examples
    --------
    >>> S3(open_lake("lake")).respond(request)  # doctest: +SKIP
    <Response 200 bytes [200 OK]>
    """

    def __init__(self, lake: Lake):
        self._store = ObjectStore(lake)

    def respond(self, request: Request) -> Response:
        """Answer a path-style S3 request, whose signature was verified before; refusals are answers too."""
        request_id = secrets.token_hex(8).upper()
        path = _target(request)
        try:
            response = self._answer(request, path)
        except AwsError as error:
            response = error_response(error, path, request_id)
        except OSError as error:
            response = error_response(from_os_error(error), path, request_id)
        response.headers["x-amz-request-id"] = request_id
        return response

    def _answer(self, request: Request, path: str) -> Response:
        bucket, _, key = path.removeprefix("/").partition("/")
        call = Call(self._store, request, bucket, key)
        operation = _find(call)
        refuse_headers(request)
        return operation.answer(call)
