"""One request, as the operations see it."""

from dataclasses import dataclass

from werkzeug import Request

from local_aws.profile import ACCOUNT
from local_aws.s3.errors import S3Error, invalid_argument, not_implemented
from local_aws.s3.folders import Address
from local_aws.s3.records import KMS_KEY
from local_aws.s3.store import ObjectStore

_REFUSED_HEADERS = (
    "x-amz-bypass-governance-retention",
    "x-amz-copy-source-server-side-encryption",
    "x-amz-grant-",
    "x-amz-if-match-",
    "x-amz-mfa",
    "x-amz-object-lock-",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-server-side-encryption-context",
    "x-amz-server-side-encryption-customer",
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


@dataclass(frozen=True)
class Call:
    """A request, whose signature is verified, with its target: empty where it is about the level above."""

    store: ObjectStore
    request: Request
    bucket: str
    key: str

    @property
    def address(self) -> Address:
        """The object's place; raises for a bucket that is not there or a key that cannot be."""
        return self.store.address(self.bucket, self.key)

    @property
    def uri(self) -> str:
        """The ``s3://`` address of what the request is about; a star for all buckets."""
        return f"s3://{self.bucket or '*'}" + (f"/{self.key}" if self.key else "")

    def header(self, name: str, default: str = "") -> str:
        """A header of the request."""
        return self.request.headers.get(name, default)

    @property
    def kms(self) -> bool | None:
        """Whether a write asks for SSE-KMS, or for SSE-S3; None where it leaves that to the bucket.

        Raises ``NotImplemented`` for another encryption or key than the bucket's own.
        """
        name, key = "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"
        algorithm = self.header(name)
        if algorithm not in ("", "AES256") and not (algorithm == "aws:kms" and self.store.unkind.sse_kms):
            raise not_implemented(f"The header {name!r} with the value {algorithm!r}")
        if self.header(key, KMS_KEY) != KMS_KEY:
            raise not_implemented(f"The header {key!r} with the value {self.header(key)!r}")
        return algorithm == "aws:kms" if algorithm else None

    def query(self, name: str) -> str | None:
        """A query parameter, None where it is not given."""
        return self.request.args.get(name)

    def number(self, name: str, default: int, highest: int) -> int:
        """A whole number of the query, capped at ``highest``; raises ``InvalidArgument`` for what is none."""
        value = self.query(name)
        if not value:
            return default
        if not value.isdecimal() or int(value) > 2**31 - 1:
            raise invalid_argument(f"Provided {name} not an integer or within integer range", name, value)
        return min(int(value), highest)


def is_chunked(request: Request) -> bool:
    """Whether the body is ``aws-chunked``."""
    return request.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")


def refuse_headers(request: Request) -> None:
    """Refuse a header that asks for what the lake directory does not do, instead of ignoring it.

    Raises ``NotImplemented``, naming the header, or ``AccessDenied`` where another owner of the bucket is expected.
    """
    for name, value in request.headers.items():
        name = name.lower()
        if name in _OWNERS and value != ACCOUNT:
            raise S3Error("AccessDenied", "Access Denied", 403)
        harmless = _HARMLESS_VALUES.get(name)
        if name.startswith(_REFUSED_HEADERS) or (harmless is not None and value.lower() not in harmless):
            raise not_implemented(f"The header {name!r} with the value {value!r}")
    # S3 itself takes this encoding only together with aws-chunked.
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower() and not is_chunked(request):
        raise not_implemented("A body with the header Transfer-Encoding: chunked that is not aws-chunked")
