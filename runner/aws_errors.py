"""What an error of AWS's means: there is no such thing, try again after a pause, the network is lost, or a failure."""

import random
import re
import time
from collections.abc import Callable
from typing import TypeVar

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    SSOTokenLoadError,
    TokenRetrievalError,
)

from runner.errors import StepFailed

TOO_MANY = ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottled")
OVERLOADED = ("SlowDown", "ServiceUnavailable", "ServiceUnavailableException")
USED_UP = ("ConcurrentRunsExceededException", "ResourceNumberLimitExceededException", "SessionBusyException")
PASSING = ("InternalServiceException", "OperationTimeoutException")
TRY_AGAIN = {*TOO_MANY, *OVERLOADED, *USED_UP, *PASSING}
"""The codes of throttling, of missing capacity and of AWS's own hiccups. Every other error would come again.

Source: "Error retries and exponential backoff in AWS", and the errors of the Glue and Athena API references."""

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "AuthorizationError")
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
UNKNOWN = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch")
"""The codes that say that the caller may not, may not any more, or is nobody."""
MISSING = (
    *("404", "NoSuchBucket", "NoSuchKey", "NoSuchEntity", "ResourceNotFoundException", "EntityNotFoundException"),
    *("NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration", "ServerSideEncryptionConfigurationNotFoundError"),
)
"""The codes that say that what was asked for is not there."""
OVERTAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")
"""The codes that say that an object is not any more what a write was to replace (AWS S3, "Conditional writes")."""
_SAID_OF_NONE = {"athena": "is not found", "cloudformation": "does not exist"}
"""What says so where a service has no such code: of a workgroup, and of a stack."""
_WHAT = re.compile(r'not authorized to perform: (\S+?)(?: on resource: "?([^\s"]+)"?)?(?: |$|,|\.$)')

FIRST_PAUSE = 5.0
"""Seconds before the second try; each later pause is three times as long, give or take a fifth."""
Result = TypeVar("Result")

NETWORK = (ConnectionError, HTTPClientError)
"""What botocore raises where an endpoint cannot be reached, or stops answering."""

RATE = "Rate exceeded"
"""All that AWS's Glue kernel says of a request that was throttled: the message without its code."""
_REFUSED = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation|Error Code: (\w+);")
"""A refusal as botocore words it, and as AWS's SDK for Java does."""
_UNREACHABLE = re.compile(
    r"\b(?:EndpointConnectionError|ConnectionClosedError|ConnectTimeoutError|ReadTimeoutError)\b"
    r"|Could not connect to the endpoint URL|Connection was closed before we received a valid response"
    r"|(?:Connect|Read) timeout on endpoint URL"
)


def find(service: str, method: str, **call: object) -> dict:
    """AWS's answer about one thing; an empty one where there is no such thing, or nothing that it could be in."""
    try:
        return getattr(boto3.client(service), method)(**call)
    except ClientError as error:
        if not _tells_of_none(error, service):
            raise
        return {}


def find_all(service: str, method: str, field: str, **call: object) -> list[dict]:
    """All that AWS lists in a field of its answers, page after page; nothing where there is no such thing."""
    try:
        pages = boto3.client(service).get_paginator(method).paginate(**call)
        return [one for page in pages for one in page.get(field, [])]
    except ClientError as error:
        if not _tells_of_none(error, service):
            raise
        return []


def _tells_of_none(error: ClientError, service: str) -> bool:
    return error_code(error) in MISSING or service in _SAID_OF_NONE and _SAID_OF_NONE[service] in str(error)


def error_code(error: Exception | str) -> str | None:
    """The AWS error code in an error, or in the text that a notebook left of one."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"]
    found = _REFUSED.search(str(error))
    if found:
        return found[1] or found[2]
    return "ThrottlingException" if RATE in str(error) else None


def may_succeed_later(error: Exception | str) -> bool:
    """Whether an error is one of throttling or of missing capacity."""
    return error_code(error) in TRY_AGAIN


def is_network_lost(error: Exception | str) -> bool:
    """Whether an error says that AWS could not be reached."""
    return isinstance(error, NETWORK) or bool(_UNREACHABLE.search(str(error)))


def is_denied(error: Exception | str) -> bool:
    """Whether an error says that the caller lacks a permission."""
    return error_code(error) in DENIED


def explain(error: ClientError | BotoCoreError) -> str:
    """One line for what AWS, or the way to it, refused: for want of a permission, its action and resource."""
    if isinstance(error, (NoCredentialsError, TokenRetrievalError, SSOTokenLoadError)):
        return f"The profile has no credentials that hold now ({error}): aws sso login, or aws configure."
    if is_network_lost(error):
        return f"AWS cannot be reached ({error}): look at the network, and at the profile's region."
    if not isinstance(error, ClientError):
        return str(error)
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in EXPIRED:
        return "The credentials have expired: log in again (aws sso login), then call this once more."
    if code in UNKNOWN:
        return f"AWS does not know these credentials ({code}): aws configure list shows where they come from."
    if code in DENIED:
        found = _WHAT.search(message)
        action = found[1] if found else error.operation_name
        where = f" on {found[2]}" if found and found[2] else ""
        return f"The profile lacks the permission {action}{where}: grant it, or use a profile that has it."
    return f"AWS refused {error.operation_name}: {code}: {message}"


def exit_code(error: ClientError | BotoCoreError) -> int:
    """The command's exit code: 2 where the profile is of no use, 1 where AWS refuses or cannot be reached."""
    if isinstance(error, ClientError):
        return 2 if error_code(error) in (*EXPIRED, *UNKNOWN) else 1
    return 1 if is_network_lost(error) else 2


def verdict(error: BaseException) -> tuple[str, str]:
    """How a run ends by an error, and why, in one line."""
    if is_network_lost(error):
        return "CANCELLED", f"AWS cannot be reached any more: {error}"
    if isinstance(error, (ClientError, BotoCoreError, Boto3Error)):
        return "FAILED", f"AWS refused: {error}"
    if isinstance(error, StepFailed):
        return "FAILED", str(error)
    return "FAILED", f"{type(error).__name__}: {error}"


def with_retries(action: Callable[[], Result], retries: int, say: Callable[[str], None]) -> Result:
    """Do something, and again where AWS refused for throttling or missing capacity; a sentence tells of each pause."""
    for attempt in range(retries):
        try:
            return action()
        except Exception as error:
            if not may_succeed_later(error):
                raise
            pause = FIRST_PAUSE * 3**attempt * random.uniform(0.8, 1.2)
            say(f"{error_code(error)}: trying again in {pause:.0f} s (retry {attempt + 1} of {retries}).")
            time.sleep(pause)
    return action()
