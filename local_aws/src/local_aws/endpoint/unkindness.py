"""What the front door refuses because the lake's AWS is unkind: actions that are denied, requests that are too many.

Sources: IAM User Guide, "Troubleshoot access denied error messages"; Amazon S3 API Reference, "Error responses"; AWS
Glue API Reference, "Common Errors". A principal whose whole policies are asked, instead of a list of denied actions,
changes `_denies` alone.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from werkzeug import Response

from local_aws.caller import Caller, present_caller
from local_aws.endpoint.actions import Permission, bucket_and_key
from local_aws.endpoint.policies import allows
from local_aws.endpoint.signature import RawRequest
from local_aws.errors import AwsError
from local_aws.lake import Lake
from local_aws.unkind import read_unkind

_LIST = "s3:ListBucket"


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

    def require(self, needed: Iterable[Permission]) -> None:
        """Refuse a request for the first of its permissions that is denied."""
        for permission in needed:
            if self._denies(permission):
                raise _access_denied(permission)

    def hide_missing(self, raw: RawRequest, answer: Response) -> None:
        """Refuse to say that an object is missing to who may not list its bucket: S3 answers them 403 instead of 404.

        Source: Amazon S3 API Reference, "GetObject".
        """
        bucket, key = bucket_and_key(raw)
        if key and raw.method in ("GET", "HEAD") and answer.status_code == 404 and b"NoSuchKey" in answer.get_data():
            self.require([Permission(_LIST, f"arn:aws:s3:::{bucket}")])

    def refusal(self, permission: Permission) -> dict[str, str] | None:
        """What is said of a permission that is denied (``Code`` and ``Message``); None where it is granted."""
        return _told(permission) if self._denies(permission) else None

    def caller(self, kind: str) -> Caller:
        """A principal whose requests are held against its policies."""
        return Caller(kind, lambda *needed: self.require([Permission(*needed)]))

    def _denies(self, permission: Permission) -> bool:
        unkind = read_unkind(self._lake)
        policy = unkind.policies.get(present_caller().kind)
        return any(fnmatchcase(permission.action.lower(), denied.lower()) for denied in unkind.deny) or (
            policy is not None and not allows(policy, permission)
        )


def _told(permission: Permission) -> dict[str, str]:
    action, s3 = permission.action, permission.action.startswith("s3:")
    resource = f'"{permission.resource}"' if s3 else permission.resource
    message = (
        f"User: {present_caller().arn} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
    return {"Code": "AccessDenied" if s3 else "AccessDeniedException", "Message": message}


def _access_denied(permission: Permission) -> AwsError:
    told = _told(permission)
    return AwsError(told["Code"], told["Message"], 403 if told["Code"] == "AccessDenied" else 400)
