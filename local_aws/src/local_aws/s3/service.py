"""S3's front: which operation a request is, and its answer or refusal."""

import secrets
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import botocore.session
from werkzeug import Request, Response

from local_aws.caller import require_object
from local_aws.errors import AwsError
from local_aws.lake import Lake
from local_aws.s3 import buckets, listing, multipart, reading, writing
from local_aws.s3.call import Call, refuse_headers
from local_aws.s3.errors import S3Error, from_os_error, not_implemented
from local_aws.s3.store import ObjectStore
from local_aws.s3.xml import error_response

_LIST = "prefix delimiter encoding-type"
_OPERATIONS: dict[str, tuple[Callable[[Call], Response], str]] = {
    "ListBuckets": (buckets.list_buckets, "prefix"),
    "CreateBucket": (buckets.create_bucket, ""),
    "HeadBucket": (buckets.head_bucket, ""),
    "DeleteBucket": (buckets.delete_bucket, ""),
    "GetBucketLocation": (buckets.get_bucket_location, ""),
    "GetBucketVersioning": (buckets.get_bucket_versioning, ""),
    "ListObjects": (listing.list_objects, f"{_LIST} max-keys marker"),
    "ListObjectsV2": (listing.list_objects_v2, f"{_LIST} max-keys continuation-token start-after fetch-owner"),
    "ListObjectVersions": (listing.list_object_versions, f"{_LIST} max-keys key-marker version-id-marker"),
    "GetObject": (reading.get_object, "versionId"),
    "HeadObject": (reading.get_object, "versionId"),
    "GetObjectTagging": (reading.get_object_tagging, "versionId"),
    "PutObject": (writing.put_object, ""),
    "CopyObject": (writing.copy_object, ""),
    "DeleteObject": (writing.delete_object, "versionId"),
    "DeleteObjects": (writing.delete_objects, ""),
    "CreateMultipartUpload": (multipart.create_multipart_upload, ""),
    "UploadPart": (multipart.upload_part, ""),
    "UploadPartCopy": (multipart.upload_part_copy, ""),
    "CompleteMultipartUpload": (multipart.complete_multipart_upload, ""),
    "AbortMultipartUpload": (multipart.abort_multipart_upload, ""),
    "ListMultipartUploads": (
        multipart.list_multipart_uploads,
        "prefix key-marker upload-id-marker max-uploads",
    ),
}
"""The operations that there are, and the query parameters that each reads: any other is refused."""

_ACTIONS = {
    "ListBuckets": "ListAllMyBuckets",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "HeadObject": "GetObject",
    **dict.fromkeys(["HeadBucket", "ListObjects", "ListObjectsV2"], "ListBucket"),
    **dict.fromkeys(["CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy"], "PutObject"),
    "CompleteMultipartUpload": "PutObject",
}
"""The IAM actions that are not called as their operation ("Required permissions for Amazon S3 API operations")."""


class _Route(NamedTuple):
    """How S3 tells an operation: by method, level, and what its query and headers must have."""

    name: str
    method: str
    level: str
    query: frozenset[str]
    headers: frozenset[str]


@cache
def _routes() -> list[_Route]:
    """All operations of S3, as botocore's service model has them; the most demanding first."""
    model = botocore.session.get_session().get_service_model("s3")
    routes = []
    for operation in map(model.operation_model, model.operation_names):
        path, _, query = operation.http["requestUri"].partition("?")
        required = {"querystring": set(query.replace("=2", "").split("&")) - {""}, "header": set()}
        for name in operation.input_shape.required_members:
            at = operation.input_shape.members[name].serialization
            required.get(at.get("location", ""), set()).add(at.get("name"))
        level = "object" if "{Key" in path else "bucket" if path == "/{Bucket}" else path
        wanted = (frozenset(required["querystring"]), frozenset(required["header"]))
        routes.append(_Route(operation.name, operation.http["method"], level, *wanted))
    # Of names for the same, the one that there is; else the longer, which is the newer (GetBucketLifecycle).
    return sorted(
        routes,
        key=lambda route: (-len(route.query) - len(route.headers), route.name not in _OPERATIONS, -len(route.name)),
    )


def _find(call: Call) -> str:
    """The operation that a request is; raises ``NotImplemented`` naming it or its parameter, ``MethodNotAllowed``."""
    level = "object" if call.key else "bucket" if call.bucket else "/"
    given = set(call.request.args)
    for route in _routes():
        if (
            (route.method, route.level) == (call.request.method, level)
            and route.query <= given
            and all(name in call.request.headers for name in route.headers)
        ):
            break
    else:
        raise S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    if route.name not in _OPERATIONS:
        raise not_implemented(f"The operation S3:{route.name}")
    for name in sorted(given - route.query - {"x-id", *_OPERATIONS[route.name][1].split()}):
        if not name.lower().startswith("x-amz-"):
            raise not_implemented(f"The query parameter {name!r} of S3:{route.name}")
    return route.name


def _require_permission(call: Call, operation: str) -> None:
    """Refuse what the caller may not do; what a copy reads and DeleteObjects deletes is asked where it is known."""
    action = _ACTIONS.get(operation, operation)
    if action in ("GetObject", "DeleteObject") and call.query("versionId"):
        action += "Version"
    context = {"s3:prefix": call.query("prefix") or ""} if action.startswith("ListBucket") else {}
    if action != "DeleteObjects":
        require_object(f"s3:{action}", call.uri, **context)


class S3:
    """S3 over a lake directory: each folder in it with the name of a bucket is one."""

    def __init__(self, lake: Lake):
        self._store = ObjectStore(lake)

    def respond(self, request: Request) -> Response:
        """Answer a path-style S3 request, whose signature was verified before; refusals are answers too."""
        request_id = secrets.token_hex(8).upper()
        # Not ``request.path``, which joins leading slashes: they would belong to the names.
        path = request.environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        bucket, _, key = path.removeprefix("/").partition("/")
        try:
            call = Call(self._store, request, bucket, key)
            operation = _find(call)
            _require_permission(call, operation)
            refuse_headers(request)
            response = _OPERATIONS[operation][0](call)
        except AwsError as error:
            response = error_response(error, path, request_id)
        except OSError as error:
            response = error_response(from_os_error(error), path, request_id)
        response.headers["x-amz-request-id"] = request_id
        return response
