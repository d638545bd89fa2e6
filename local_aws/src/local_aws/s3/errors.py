"""S3's own error codes and messages ("Error responses", Amazon S3 API Reference)."""

import errno

from local_aws.errors import AwsError

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


class S3Error(AwsError):
    """An S3 error with headers of its answer, and further elements of the ``<Error>`` document, such as ``Key``."""

    def __init__(
        self, code: str, message: str, status: int = 400, headers: dict[str, str] | None = None, **details: str
    ):
        super().__init__(code, message, status)
        self.headers = headers or {}
        self.details = details


def not_implemented(what: str) -> S3Error:
    """The loud refusal of what S3 has and this endpoint does not; ``what`` is a sentence without its full stop."""
    return S3Error("NotImplemented", f"{what}: the local AWS endpoint does not support it.", 501)


def invalid_argument(message: str, name: str = "", value: str = "") -> S3Error:
    """A parameter or header that S3 itself would refuse."""
    details = {"ArgumentName": name, "ArgumentValue": value} if name else {}
    return S3Error("InvalidArgument", message, 400, **details)


def invalid_request(message: str) -> S3Error:
    """A request whose parts do not fit together."""
    return S3Error("InvalidRequest", message)


def malformed_xml() -> S3Error:
    """A body that is not the XML document of the operation."""
    message = "The XML you provided was not well-formed or did not validate against our published schema"
    return S3Error("MalformedXML", message)


def no_such_bucket(bucket: str) -> S3Error:
    """A bucket that is not in the lake."""
    return S3Error("NoSuchBucket", "The specified bucket does not exist", 404, BucketName=bucket)


def no_such_key(key: str, headers: dict[str, str] | None = None) -> S3Error:
    """A key that no object has."""
    return S3Error("NoSuchKey", "The specified key does not exist.", 404, headers, Key=key)


def no_such_version(key: str, version: str) -> S3Error:
    """A version that a key does not have."""
    return S3Error("NoSuchVersion", "The specified version does not exist.", 404, Key=key, VersionId=version)


def no_such_upload() -> S3Error:
    """An upload id that was never given out, or is completed or aborted."""
    message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted"
    return S3Error("NoSuchUpload", f"{message} or completed.", 404)


def precondition_failed(condition: str) -> S3Error:
    """An ``If-…`` header that does not hold; ``condition`` is the header's name."""
    message = "At least one of the pre-conditions you specified did not hold"
    return S3Error("PreconditionFailed", message, 412, Condition=condition)


def from_os_error(error: OSError) -> S3Error:
    """Say in S3's words what the file system refused, without showing a path of this machine.

    A full disk answers with status 507, which no AWS client retries: sending the body again would not help.
    """
    reason = error.strerror or type(error).__name__
    if error.errno in _NO_SPACE:
        return S3Error("InternalError", f"The lake directory cannot take the object: {reason}.", 507)
    if isinstance(error, PermissionError) or error.errno == errno.ELOOP:
        return S3Error("AccessDenied", f"The lake directory refuses access: {reason}.", 403)
    return S3Error("InternalError", f"We encountered an internal error in the lake directory: {reason}.", 500)
