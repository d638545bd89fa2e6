"""Which AWS answers: the profile alone decides, and the whole process sees that one."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError

from helpers.clients import OneClientEach
from runner.errors import UserError
from runner.glue.session import HASTE, role_arn
from runner.local import PROFILE, local_environment

_CREDENTIALS = (
    "aws_access_key_id",
    "credential_process",
    "credential_source",
    "login_session",
    "role_arn",
    "sso_account_id",
    "sso_session",
    "web_identity_token_file",
)
"""Lines by which a profile says where its credentials come from (AWS SDKs and Tools Reference Guide, "Settings
reference")."""
_OVERRIDES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
)
"""Variables from which an AWS client takes credentials before it looks at its profile."""


@contextmanager
def use_profile(profile: str, lake: Path, port: int = 0, needs_role: bool = True) -> Iterator[None]:
    """Make every AWS client of this process and of its kernels use one profile.

    Parameters
    ----------
    needs_role : bool
        Whether sessions are made: a profile that makes the stack, or is looked at, names no Glue role yet.

    Raises
    ------
    UserError
        If there is no such profile, it names no region or no Glue role, or the local endpoint cannot be started.
    """
    before = dict(os.environ)
    try:
        with _environment(profile, lake, port) as environment:
            _replace(environment)
            boto3.DEFAULT_SESSION = session = _open_session(profile)
            # What AWS's Glue kernel reads.
            role = role_arn() if needs_role else ""
            os.environ.update(glue_profile=profile, region=session.region_name, glue_role_arn=role)
            yield
    finally:
        _replace(before)
        boto3.DEFAULT_SESSION = None


@contextmanager
def in_haste() -> Iterator[None]:
    """Let the AWS clients of the block give up within seconds: clean-up is not waited for where AWS says nothing."""
    core = boto3.DEFAULT_SESSION._session
    try:
        core.set_default_client_config(HASTE)
        OneClientEach.client.cache_clear()
        yield
    finally:
        core.set_default_client_config(None)
        OneClientEach.client.cache_clear()


def _environment(profile: str, lake: Path, port: int) -> AbstractContextManager[dict[str, str]]:
    """The environment in which AWS clients work under a profile: the local AWS makes its own, any other is named.

    A profile that has credentials decides; one that names only a region and a role takes those of the environment, as
    a build server gives them.
    """
    if profile == PROFILE:
        return local_environment(lake, port)
    overridden = _OVERRIDES if _has_credentials(profile) else ("AWS_DEFAULT_PROFILE",)
    kept = {name: value for name, value in os.environ.items() if name not in overridden}
    return nullcontext(kept | {"AWS_PROFILE": profile})


def _has_credentials(profile: str) -> bool:
    try:
        found = botocore.session.Session(profile=profile).get_scoped_config()
    except BotoCoreError:  # there is no such profile, or its file is damaged: told when it is opened
        return True
    return any(name in found for name in _CREDENTIALS)


def _open_session(profile: str) -> boto3.Session:
    try:
        session = OneClientEach()
        region = session.region_name
    except BotoCoreError as error:
        raise UserError(f"The AWS profile {profile!r} cannot be used: {error}") from error
    if not region:
        raise UserError(f"The AWS profile {profile!r} names no region: add a line region = eu-central-1 or the like.")
    return session


def _replace(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
