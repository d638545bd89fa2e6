"""What each kind of service says to a request that is not rightly signed.

Sources: Amazon S3 API Reference, "Error responses"; AWS STS API Reference and AWS Glue API Reference, "Common Errors".
"""

from local_aws.endpoint.protocol import Dialect
from local_aws.endpoint.signature import Reason, SignatureRefused
from local_aws.errors import AwsError
from local_aws.profile import REGION

_MISMATCH = "The request signature we calculated does not match the signature you provided. Check your"
_EXPIRED = "Signature expired: {signed} is not within 15 minutes of the endpoint's time {now}"
_WRONG_REGION = f"The authorization header is malformed; the region '{{region}}' is wrong; expecting '{REGION}'"
_SKEWED = "The difference between the request time and the current time is too large."

_OF_S3 = {
    Reason.MISSING: ("AccessDenied", "Access Denied"),
    Reason.MALFORMED: ("AuthorizationHeaderMalformed", "The authorization header you provided is invalid."),
    Reason.UNKNOWN_KEY: ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
    Reason.MISMATCH: ("SignatureDoesNotMatch", f"{_MISMATCH} key and signing method."),
    Reason.SKEWED: ("RequestTimeTooSkewed", _SKEWED),
    Reason.EXPIRED: ("AccessDenied", "Request has expired"),
    Reason.UNSIGNED_HEADER: ("AccessDenied", "There were headers present in the request which were not signed"),
    Reason.WRONG_REGION: ("AuthorizationHeaderMalformed", _WRONG_REGION),
}
_OF_OTHERS = {
    Reason.MISSING: ("MissingAuthenticationToken", "Missing Authentication Token"),
    Reason.MALFORMED: ("IncompleteSignature", "The request signature does not conform to AWS standards."),
    Reason.UNKNOWN_KEY: ("InvalidClientTokenId", "The security token included in the request is invalid."),
    Reason.SKEWED: ("SignatureDoesNotMatch", _EXPIRED),
    Reason.EXPIRED: ("SignatureDoesNotMatch", _EXPIRED),
    Reason.WRONG_REGION: (
        "SignatureDoesNotMatch",
        f"Credential should be scoped to a valid region: '{{region}}' is not served here, {REGION} is.",
    ),
}
_ELSE = (
    "SignatureDoesNotMatch",
    f"{_MISMATCH} AWS Secret Access Key and signing method. Consult the service documentation for details.",
)
_IN_JSON = {
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}


def refusal_error(refused: SignatureRefused, dialect: Dialect) -> AwsError:
    """The error that a kind of service answers with to a request which is not rightly signed."""
    code, message = _OF_S3[refused.reason] if dialect is Dialect.S3 else _OF_OTHERS.get(refused.reason, _ELSE)
    if dialect is Dialect.JSON:
        code = _IN_JSON[code]
    status = 400 if code in ("AuthorizationHeaderMalformed", "IncompleteSignature") else 403
    return AwsError(code, message.format(**refused.details), status)
