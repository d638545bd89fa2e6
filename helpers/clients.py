"""One client of each AWS service: to make one takes a hundredth of a second, and a step asks for dozens."""

from functools import cache

import boto3
from botocore.client import BaseClient


class OneClientEach(boto3.Session):
    """A session that makes each client once."""

    @cache  # noqa: B019 - it lives as long as the profile is in use
    def client(self, *names: str, **wishes: object) -> BaseClient:
        """As `boto3.Session.client`."""
        return super().client(*names, **wishes)


def share_clients() -> None:
    """Let ``boto3.client`` give everybody the same clients, unless somebody has chosen a default session already."""
    if boto3.DEFAULT_SESSION is None:
        boto3.DEFAULT_SESSION = OneClientEach()
