"""What each kind of service says to a request that is not rightly signed.

Sources: Amazon S3 API Reference, "Error responses"; AWS STS API Reference and AWS Glue API Reference, "Common Errors".
"""

from local_aws.endpoint.protocol import Dialect
from local_aws.endpoint.signature import Reason, SignatureRefused
from local_aws.errors import AwsError
from local_aws.profile import REGION

_MISMATCH_MESSAGE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
_EXPIRED_MESSAGE = "Signature expired: {signed} is not within 15 minutes of the endpoint's time {now}"
_REGION_MESSAGE = f"Credential should be scoped to a valid region: '{{region}}' is not served here, {REGION} is."
_TOKEN_MESSAGE = "The security token included in the request is invalid."

_S3 = {
    Reason.MISSING: ("AccessDenied", "Access Denied", 403),
    Reason.MALFORMED: ("AuthorizationHeaderMalformed", "The authorization header you provided is invalid.", 400),
    Reason.UNKNOWN_KEY: (
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        403,
    ),
    Reason.MISMATCH: (
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing "
        "method.",
        403,
    ),
    Reason.SKEWED: (
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
        403,
    ),
    Reason.EXPIRED: ("AccessDenied", "Request has expired", 403),
    Reason.UNSIGNED_HEADER: (
        "AccessDenied",
        "There were headers present in the request which were not signed",
        403,
    ),
    Reason.WRONG_REGION: (
        "AuthorizationHeaderMalformed",
        f"The authorization header is malformed; the region '{{region}}' is wrong; expecting '{REGION}'",
        400,
    ),
}
_QUERY = {
    Reason.MISSING: ("MissingAuthenticationToken", "Request is missing Authentication Token", 403),
    Reason.MALFORMED: ("IncompleteSignature", "The request signature does not conform to AWS standards.", 400),
    Reason.UNKNOWN_KEY: ("InvalidClientTokenId", _TOKEN_MESSAGE, 403),
    Reason.MISMATCH: ("SignatureDoesNotMatch", _MISMATCH_MESSAGE, 403),
    Reason.SKEWED: ("SignatureDoesNotMatch", _EXPIRED_MESSAGE, 403),
    Reason.EXPIRED: ("SignatureDoesNotMatch", _EXPIRED_MESSAGE, 403),
    Reason.UNSIGNED_HEADER: ("SignatureDoesNotMatch", _MISMATCH_MESSAGE, 403),
    Reason.WRONG_REGION: ("SignatureDoesNotMatch", _REGION_MESSAGE, 403),
}
_JSON = {
    Reason.MISSING: ("MissingAuthenticationTokenException", "Missing Authentication Token", 403),
    Reason.MALFORMED: (
        "IncompleteSignatureException",
        "The request signature does not conform to AWS standards.",
        403,
    ),
    Reason.UNKNOWN_KEY: ("UnrecognizedClientException", _TOKEN_MESSAGE, 403),
    Reason.MISMATCH: ("InvalidSignatureException", _MISMATCH_MESSAGE, 403),
    Reason.SKEWED: ("InvalidSignatureException", _EXPIRED_MESSAGE, 403),
    Reason.EXPIRED: ("InvalidSignatureException", _EXPIRED_MESSAGE, 403),
    Reason.UNSIGNED_HEADER: ("InvalidSignatureException", _MISMATCH_MESSAGE, 403),
    Reason.WRONG_REGION: ("InvalidSignatureException", _REGION_MESSAGE, 403),
}
_ANSWERS = {Dialect.S3: _S3, Dialect.QUERY: _QUERY, Dialect.JSON: _JSON}


def refusal_error(refused: SignatureRefused, dialect: Dialect) -> AwsError:
    """The error that a kind of service answers with to a request which is not rightly signed."""
    code, message, status = _ANSWERS[dialect][refused.reason]
    return AwsError(code, message.format(**refused.details), status)
