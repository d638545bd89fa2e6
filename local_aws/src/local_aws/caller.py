"""Who calls: the person behind the profile, or a session, which is a role of its own.

A service that acts as its caller (Athena reads tables with the rights of whoever asks) asks here, also from a thread
that goes on after the request.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from local_aws.profile import ACCOUNT, PROFILE, USER_ARN

Require = Callable[[str, str, dict[str, str]], None]


@dataclass(frozen=True)
class Caller:
    """A principal: its ``kind`` (``user`` or ``session``), by which a lake's `Unkind.policies` are named.

    ``require`` is called with an action, an ARN and the condition keys; it raises `AwsError` where the caller may not.
    """

    kind: str
    require: Require = field(default=lambda action, resource, context: None, repr=False)

    @property
    def arn(self) -> str:
        """What AWS calls the principal in its messages."""
        if self.kind == "session":
            return f"arn:aws:sts::{ACCOUNT}:assumed-role/{PROFILE}/GlueJobRunnerSession"
        return USER_ARN

    @property
    def user_id(self) -> str:
        """``aws:userid`` of the principal."""
        return PROFILE if self.kind == "user" else f"{PROFILE}:GlueJobRunnerSession"


_present: ContextVar[Caller | None] = ContextVar("caller", default=None)


def present_caller() -> Caller:
    """Whose request this thread is answering."""
    return _present.get() or Caller("user")


@contextmanager
def called_by(caller: Caller) -> Iterator[None]:
    """Answer a request of somebody's."""
    token = _present.set(caller)
    try:
        yield
    finally:
        _present.reset(token)


def require(action: str, resource: str, **context: str) -> None:
    """Refuse what the present caller may not, by AccessDenied in AWS's words."""
    present_caller().require(action, resource, context)


def require_object(action: str, uri: str, **context: str) -> None:
    """The same of an S3 object or a bucket, by its ``s3://`` address."""
    require(action, uri.replace("s3://", "arn:aws:s3:::", 1), **context)
