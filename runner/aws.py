"""Which AWS answers: the profile alone decides, and the whole process sees that one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import boto3
from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError

from local_aws.lifecycle import EndpointError, aws_for
from runner.errors import UserError
from runner.glue.session import role_arn


class _OneClientEach(boto3.Session):
    """A session that makes each client once: one takes a hundredth of a second, and a run asks for hundreds."""

    @cache  # noqa: B019 - it lives as long as the profile is in use
    def client(self, *names: str, **wishes: object) -> BaseClient:
        """As `boto3.Session.client`."""
        return super().client(*names, **wishes)


@contextmanager
def use_profile(profile: str, lake: Path, port: int = 0) -> Iterator[None]:
    """Make every AWS client of this process and of its kernels use one profile.

    Raises
    ------
    UserError
        If there is no such profile, it names no region or no Glue role, or the local endpoint cannot be started.
    """
    before = dict(os.environ)
    try:
        with aws_for(profile, lake, port) as environment:
            _replace(environment)
            boto3.DEFAULT_SESSION = session = _open_session(profile)
            # What AWS's Glue kernel reads.
            os.environ.update(glue_profile=profile, region=session.region_name, glue_role_arn=role_arn())
            yield
    except EndpointError as error:
        raise UserError(str(error)) from error
    finally:
        _replace(before)
        boto3.DEFAULT_SESSION = None


def _open_session(profile: str) -> boto3.Session:
    try:
        session = _OneClientEach()
        region = session.region_name
    except BotoCoreError as error:
        raise UserError(f"The AWS profile {profile!r} cannot be used: {error}") from error
    if not region:
        raise UserError(f"The AWS profile {profile!r} names no region: add a line region = eu-central-1 or the like.")
    return session


def _replace(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
