"""What the front door refuses because the lake's AWS is unkind: actions that are denied, requests that are too many.

Sources: IAM User Guide, "Troubleshoot access denied error messages"; Amazon S3 API Reference, "Error responses"; AWS
Glue API Reference, "Common Errors". A principal whose whole policies are asked, instead of a list of denied actions,
changes `_denies` alone.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase

from local_aws.caller import Caller, present_caller
from local_aws.endpoint.actions import Permission
from local_aws.endpoint.policies import allows
from local_aws.errors import AwsError
from local_aws.lake import Lake
from local_aws.unkind import read_unkind


class Unkindness:
    """What a lake's settings refuse, asked for each request."""

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
