"""How unkind a lake's AWS plays, beyond what AWS always does: as an account is set up, and as it has a bad day.

The settings stand in the lake and are read anew for each request, so that a test changes them while it runs. Sources:
IAM User Guide, "Troubleshoot access denied error messages"; Amazon S3 API Reference, "Error responses"; AWS Glue API
Reference, "Common Errors".
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path

from local_aws.caller import Caller, present_caller
from local_aws.endpoint.actions import Permission
from local_aws.endpoint.policies import allows, check_document
from local_aws.errors import AwsError
from local_aws.lake import Lake, LakeError

_FILE = "unkind.json"
_ACTION = re.compile(r"\*|(s3|glue|athena|secretsmanager):[A-Za-z*?]+")


@dataclass(frozen=True)
class Unkind:
    """What a lake plays. Without a setting: an account of the defaults, on a good day.

    Parameters
    ----------
    sse_kms : bool
        Buckets are encrypted with SSE-KMS: an ETag is no MD5 (Amazon S3 API Reference, "Object").
    versioning : bool
        Buckets are versioned: what is written over stays, and a delete makes a marker.
    deny : tuple of str
        IAM actions (``s3:DeleteObject``, ``glue:UpdateTable``, ``s3:Delete*``) that are answered by AccessDenied.
        They are compared without case, as IAM does.
    throttle : int
        Every n-th request of a service that throttles is refused; 0 is none.
    sessions : int or None
        How many Glue sessions there is capacity for; None is as many as the machine carries.
    policies : dict
        IAM policy documents: ``user`` is the person behind the profile, ``session`` is a Glue session's role. Who has
        none may do everything. Spark reads and writes a lake's files by themselves, which no policy is asked about.
    """

    sse_kms: bool = False
    versioning: bool = False
    deny: tuple[str, ...] = ()
    throttle: int = 0
    sessions: int | None = None
    policies: dict[str, dict] = field(default_factory=dict)


_read: dict[Path, tuple[tuple[int, int], Unkind]] = {}
"""What was read last of each lake, with the mark of its file: each request asks."""


def read_unkind(lake: Lake) -> Unkind:
    """The settings of a lake."""
    path = lake.state / _FILE
    try:
        found = path.stat()
    except FileNotFoundError:
        return Unkind()
    mark = (found.st_ino, found.st_mtime_ns)
    if path not in _read or _read[path][0] != mark:
        given = {name: tuple(value) if name == "deny" else value for name, value in lake.load(_FILE, {}).items()}
        _read[path] = (mark, Unkind(**given))
    return _read[path][1]


def write_unkind(lake: Lake, unkind: Unkind) -> None:
    """Let a lake play these settings from now on; raises `PolicyNotUnderstood` for what would not be heeded."""
    for policy in unkind.policies.values():
        check_document(policy)
    lake.save(_FILE, asdict(unkind))


def parse_unkind(text: str) -> Unkind:
    """The settings as a user writes them: ``sse_kms,versioning,deny=s3:DeleteObject,throttle=20``; ``none`` is none.

    Raises
    ------
    LakeError
        If one is not known, naming those that are.
    """
    given: dict[str, object] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        if name == "deny" and _ACTION.fullmatch(value):
            given["deny"] = (*given.get("deny", ()), value)
        elif name in ("throttle", "sessions") and value.isdigit():
            given[name] = int(value)
        elif name in ("sse_kms", "versioning") and not value:
            given[name] = True
        elif part != "none":
            names = ", ".join(one.name for one in fields(Unkind) if one.name != "policies")
            raise LakeError(f"{part!r} is no unkind setting. They are: {names} (deny=ACTION, throttle=N, sessions=N).")
    return Unkind(**given)


class Unkindness:
    """What the front door refuses by a lake's settings: what is denied, and requests that are too many."""

    def __init__(self, lake: Lake):
        self._lake = lake
        self._counts: dict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def throttle(self, service: str) -> None:
        """Refuse every n-th request of a service."""
        every = read_unkind(self._lake).throttle
        if every and next(self._counts[service]) % every == 0:
            if service == "s3":
                raise AwsError("SlowDown", "Please reduce your request rate.", 503)
            raise AwsError("ThrottlingException", "Rate exceeded", 400)

    def caller(self, kind: str) -> Caller:
        """A principal whose requests are held against its policies."""
        return Caller(kind, self._require)

    def _require(self, action: str, resource: str, context: dict[str, str]) -> None:
        if self._denies(Permission(action, resource, context)):
            raise _access_denied(action, resource)

    def _denies(self, permission: Permission) -> bool:
        unkind = read_unkind(self._lake)
        policy = unkind.policies.get(present_caller().kind)
        return any(fnmatchcase(permission.action.lower(), denied.lower()) for denied in unkind.deny) or (
            policy is not None and not allows(policy, permission)
        )


def _access_denied(action: str, resource: str) -> AwsError:
    s3 = action.startswith("s3:")
    shown = f'"{resource}"' if s3 else resource
    message = (
        f"User: {present_caller().arn} is not authorized to perform: {action} on resource: {shown} "
        f"because no identity-based policy allows the {action} action"
    )
    return AwsError("AccessDenied", message, 403) if s3 else AwsError("AccessDeniedException", message)
