"""What S3 has and this endpoint has not: operations by name, and headers that would change what a request means."""

from werkzeug import Request

from local_aws.profile import ACCOUNT
from local_aws.s3.errors import S3Error, not_implemented

_BUCKET_AND_OBJECT = {"acl": "Acl", "tagging": "Tagging"}
_BUCKET = {
    **_BUCKET_AND_OBJECT,
    "accelerate": "AccelerateConfiguration",
    "abac": "Abac",
    "analytics": "AnalyticsConfiguration",
    "cors": "Cors",
    "encryption": "Encryption",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "location": "Location",
    "logging": "Logging",
    "metadataConfiguration": "MetadataConfiguration",
    "metadataTable": "MetadataTableConfiguration",
    "metrics": "MetricsConfiguration",
    "notification": "NotificationConfiguration",
    "ownershipControls": "OwnershipControls",
    "policy": "Policy",
    "policyStatus": "PolicyStatus",
    "replication": "Replication",
    "requestPayment": "RequestPayment",
    "versioning": "Versioning",
    "website": "Website",
}
_OBJECT = {
    **_BUCKET_AND_OBJECT,
    "attributes": "Attributes",
    "legal-hold": "LegalHold",
    "retention": "Retention",
    "torrent": "Torrent",
}
_NAMED = {
    ("bucket", "GET", "versions"): "ListObjectVersions",
    ("bucket", "GET", "session"): "CreateSession",
    ("bucket", "GET", "uploads"): "ListMultipartUploads",
    ("bucket", "GET", ""): "ListObjects",
    ("bucket", "PUT", ""): "CreateBucket",
    ("bucket", "POST", ""): "PostObject",
    ("bucket", "POST", "delete"): "DeleteObjects",
    ("service", "GET", ""): "ListBuckets",
    ("object", "POST", "select"): "SelectObjectContent",
    ("object", "POST", "restore"): "RestoreObject",
    ("object", "POST", "uploads"): "CreateMultipartUpload",
    ("object", "PUT", "uploadId"): "UploadPart",
    ("object", "POST", "uploadId"): "CompleteMultipartUpload",
    ("object", "DELETE", "uploadId"): "AbortMultipartUpload",
    ("object", "GET", "uploadId"): "ListParts",
    ("object", "PUT", "x-amz-copy-source"): "CopyObject",
    ("object", "PUT", "renameObject"): "RenameObject",
}
_SUBRESOURCES = {
    *_BUCKET,
    *_OBJECT,
    *(sub for _, _, sub in _NAMED if sub),
    "object-lock",
    "publicAccessBlock",
    "select-type",
}
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "HEAD": "Head", "POST": "Post"}

_REFUSED_HEADERS = (
    "x-amz-bypass-governance-retention",
    "x-amz-copy-source-server-side-encryption",
    "x-amz-grant-",
    "x-amz-if-match-",
    "x-amz-mfa",
    "x-amz-object-lock-",
    "x-amz-server-side-encryption",
    "x-amz-website-redirect-location",
    "x-amz-write-offset-bytes",
)
_OWNERS = {"x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"}
_HARMLESS_VALUES = {
    "x-amz-acl": {"private", "bucket-owner-full-control"},
    "x-amz-bucket-object-lock-enabled": {"false"},
    "x-amz-object-ownership": {"bucketownerenforced"},
    "x-amz-storage-class": {"standard"},
    "x-amz-tagging": {""},
}


def subresource(request: Request) -> str:
    """The part of a request that selects its operation: a query parameter, or the copy source of a copy."""
    found = [name for name in request.args if name in _SUBRESOURCES]
    if "uploadId" in found or not found:
        copies = request.method == "PUT" and "x-amz-copy-source" in request.headers
        return "uploadId" if found else "x-amz-copy-source" if copies else ""
    return found[0]


def operation_name(level: str, method: str, sub: str) -> str:
    """S3's name of an operation, empty where S3 has none."""
    named = _NAMED.get((level, method, sub))
    verb = _VERBS.get(method)
    if named or not verb or level == "service":
        return named or ""
    if sub == "object-lock":
        return f"{verb}ObjectLockConfiguration"
    if sub == "publicAccessBlock":
        return f"{verb}PublicAccessBlock"
    nouns = _OBJECT if level == "object" else _BUCKET
    if sub and sub not in nouns or method == "POST":
        return ""
    return f"{verb}{level.capitalize()}{nouns.get(sub, '')}"


def refuse_headers(request: Request) -> None:
    """Refuse a header that asks for what the lake directory does not do, instead of ignoring it.

    Raises
    ------
    S3Error
        ``NotImplemented``, naming the header; ``AccessDenied`` where another owner of the bucket is expected.
    """
    for name, value in request.headers.items():
        name = name.lower()
        if name in _OWNERS and value != ACCOUNT:
            raise S3Error("AccessDenied", "Access Denied", 403)
        harmless = _HARMLESS_VALUES.get(name)
        if name.startswith(_REFUSED_HEADERS) or (harmless is not None and value.lower() not in harmless):
            raise not_implemented(f"The header {name!r} with the value {value!r}")
    # S3 itself takes this encoding only together with aws-chunked.
    plain = not request.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
    if plain and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise not_implemented("A body with the header Transfer-Encoding: chunked that is not aws-chunked")
