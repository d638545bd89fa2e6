"""AWS's refusals of `deploy`, `destroy` and `doctor`, each in one line that says what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, SSOTokenLoadError, TokenRetrievalError

from runner.aws_errors import is_network_lost
from runner.errors import StepFailed, UserError

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "AuthorizationError")
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
UNKNOWN = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch")
_WHAT = re.compile(r"not authorized to perform: (\S+?)(?: on resource: (\S+))?(?: |$|,|\.$)")


def explain(error: Exception) -> str:
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


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn AWS's refusals into one line: exit code 2 where the user's set-up is at fault, 1 where AWS is.

    Raises
    ------
    UserError, StepFailed
    """
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        kind = UserError if code in (*DENIED, *EXPIRED, *UNKNOWN) else StepFailed
        raise kind(explain(error)) from error
    except BotoCoreError as error:
        raise (StepFailed if is_network_lost(error) else UserError)(explain(error)) from error
