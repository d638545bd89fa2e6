"""Signature Version 4: what a request claims to be signed with, and whether that is true.

Sources: AWS Identity and Access Management User Guide, "Create a signed AWS API request"; Amazon S3 API Reference,
"Authenticating Requests (AWS Signature Version 4)". The canonical forms are written out here and not taken from
botocore, whose signer works on a request about to be sent: it chooses the headers to sign itself and drops a part of
what a received request must be checked for.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from local_aws.profile import REGION, Credentials

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_SKEW = timedelta(minutes=15)
MAX_EXPIRY_SECONDS = 7 * 24 * 3600
_TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_HEADER = re.compile(
    rf"{ALGORITHM}\s+Credential=(?P<credential>[^,\s]+),\s*SignedHeaders=(?P<headers>[^,\s]+),\s*"
    r"Signature=(?P<signature>[0-9a-f]{64})\s*"
)


class Reason(Enum):
    """Why a request is turned away."""

    MISSING = "it carries no signature"
    MALFORMED = "its signature cannot be read"
    UNKNOWN_KEY = "its access key is not this lake's"
    MISMATCH = "its signature is wrong"
    SKEWED = "it was signed at another time"
    EXPIRED = "its presigned URL is over"
    UNSIGNED_HEADER = "a header that counts is not signed"
    WRONG_REGION = "it is signed for a region that the endpoint does not play"


class SignatureRefused(Exception):
    """A request is not rightly signed; each service says so in words of its own (`local_aws.endpoint.refusals`)."""

    def __init__(self, reason: Reason, **details: str):
        super().__init__(reason.value)
        self.reason = reason
        self.details = details


@dataclass(frozen=True)
class Signature:
    """What a request says about its own signature."""

    access_key: str
    date: str
    region: str
    service: str
    headers: tuple[str, ...]
    digest: str
    timestamp: str
    expires: int | None
    """Seconds of validity of a presigned URL; None for a signature in the Authorization header."""

    @property
    def scope(self) -> str:
        """The credential scope: date, region and service that the signing key is bound to."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


@dataclass(frozen=True)
class RawRequest:
    """The parts of a request that are signed, as they came over the wire."""

    method: str
    path: str
    query: str
    headers: dict[str, str]

    @classmethod
    def from_environ(cls, environ: dict[str, Any]) -> "RawRequest":
        """Take a request out of a WSGI environment; header names become lower-case."""
        path, _, query = environ["REQUEST_URI"].partition("?")
        headers = {name[5:].replace("_", "-").lower(): v for name, v in environ.items() if name.startswith("HTTP_")}
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if environ.get(name):
                headers[name.replace("_", "-").lower()] = environ[name]
        return cls(environ["REQUEST_METHOD"], path, query, headers)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The decoded query parameters."""
        return parse_qsl(self.query, keep_blank_values=True)


def claimed_signature(request: RawRequest) -> Signature | None:
    """The signature that a request carries, in its header or in a presigned query; None where it has none.

    Raises `SignatureRefused` if it carries one that cannot be read.
    """
    header = request.headers.get("authorization")
    if header is not None:
        match = _HEADER.fullmatch(header)
        if match is None:
            raise SignatureRefused(Reason.MALFORMED)
        timestamp = request.headers.get("x-amz-date", "")
        return _signature(match["credential"], match["headers"], match["signature"], timestamp, None)
    query = dict(request.parameters)
    if "X-Amz-Signature" not in query:
        return None
    expires = query.get("X-Amz-Expires", "")
    if query.get("X-Amz-Algorithm") != ALGORITHM or not expires.isdecimal() or int(expires) > MAX_EXPIRY_SECONDS:
        raise SignatureRefused(Reason.MALFORMED)
    return _signature(
        query.get("X-Amz-Credential", ""),
        query.get("X-Amz-SignedHeaders", ""),
        query["X-Amz-Signature"],
        query.get("X-Amz-Date", ""),
        int(expires),
    )


def verify(
    request: RawRequest, claimed: Signature, credentials: Credentials, payload_hash: str, now: datetime | None = None
) -> None:
    """Check that a request was signed with the lake's credentials, recently, and as it arrived.

    Parameters
    ----------
    payload_hash : str
        What stands in the last line of the canonical request: the body's SHA-256 in hex, or what S3's
        ``x-amz-content-sha256`` says instead (such as ``UNSIGNED-PAYLOAD``).
    now : datetime, optional
        The time to judge by (UTC); the present by default.

    Raises
    ------
    SignatureRefused
        With what is wrong.
    """
    if not hmac.compare_digest(claimed.access_key.encode(), credentials.access_key.encode()):
        raise SignatureRefused(Reason.UNKNOWN_KEY)
    if claimed.region != REGION:
        raise SignatureRefused(Reason.WRONG_REGION, region=claimed.region)
    _check_time(claimed, now or datetime.now(timezone.utc))
    _check_signed_headers(request, claimed)
    expected = _digest(_string_to_sign(request, claimed, payload_hash), claimed, credentials)
    if not hmac.compare_digest(expected.encode(), claimed.digest.encode()):
        raise SignatureRefused(Reason.MISMATCH)


def _signature(credential: str, headers: str, digest: str, timestamp: str, expires: int | None) -> Signature:
    scope = credential.split("/")
    if len(scope) != 5 or scope[4] != "aws4_request" or not timestamp.startswith(scope[1]):
        raise SignatureRefused(Reason.MALFORMED)
    access_key, date, region, service, _ = scope
    return Signature(access_key, date, region, service, tuple(headers.split(";")), digest, timestamp, expires)


def _check_time(claimed: Signature, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(claimed.timestamp, _TIME_FORMAT).replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise SignatureRefused(Reason.MALFORMED) from error
    if claimed.expires is None:
        fresh = abs(now - signed_at) <= MAX_SKEW
    else:
        fresh = signed_at - MAX_SKEW <= now <= signed_at + timedelta(seconds=claimed.expires)
    if not fresh:
        reason = Reason.SKEWED if claimed.expires is None else Reason.EXPIRED
        raise SignatureRefused(reason, signed=claimed.timestamp, now=now.strftime(_TIME_FORMAT))


def _check_signed_headers(request: RawRequest, claimed: Signature) -> None:
    # What is not signed could be changed on the way: X-Amz-Target, say, names the action.
    needed = {"host"} | {name for name in request.headers if name.startswith("x-amz-")}
    if not needed <= set(claimed.headers):
        raise SignatureRefused(Reason.UNSIGNED_HEADER)


def _string_to_sign(request: RawRequest, claimed: Signature, payload_hash: str) -> str:
    canonical = "\n".join(
        [
            request.method,
            _canonical_path(request.path, claimed.service),
            _canonical_query(request.query),
            *(f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in claimed.headers),
            "",
            ";".join(claimed.headers),
            payload_hash,
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return "\n".join([ALGORITHM, claimed.timestamp, claimed.scope, digest])


def _canonical_path(path: str, service: str) -> str:
    # S3 keys are encoded once, segment by segment: an encoded slash inside a key stays encoded. Others encode twice.
    once = "/".join(_encode(unquote_to_bytes(segment)) for segment in path.split("/"))
    return once if service == "s3" else quote(once, safe="/-_.~")


def _canonical_query(query: str) -> str:
    pairs = (part.partition("=") for part in query.split("&") if part)
    encoded = ((_encode(unquote_to_bytes(name)), _encode(unquote_to_bytes(value))) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in sorted(encoded) if name != "X-Amz-Signature")


def _encode(text: bytes) -> str:
    return quote(text, safe="-_.~")


def _digest(string_to_sign: str, claimed: Signature, credentials: Credentials) -> str:
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (claimed.date, claimed.region, claimed.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, string_to_sign.encode(), hashlib.sha256).hexdigest()
