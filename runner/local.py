"""The local AWS: all that the command knows of that distribution, which is imported where it is asked for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from runner.errors import UserError

PROFILE = "stedi-local"
"""The AWS profile that it answers to (`local_aws.profile.PROFILE`)."""


@contextmanager
def local_environment(lake: Path, port: int) -> Iterator[dict[str, str]]:
    """The environment in which AWS clients speak to the endpoint of a lake; it is started where it does not run.

    Raises
    ------
    UserError
        If it is not installed, or cannot be started.
    """
    with _lifecycle() as lifecycle, lifecycle.aws_for(lake, port) as environment:
        yield environment


def start(lake: Path, port: int, unkind: str | None = None) -> Any:
    """The endpoint that serves a lake, started where there is none (`local_aws.lifecycle.Endpoint`).

    ``unkind`` says what it plays from now on (`local_aws.unkind.parse_unkind`).
    """
    with _lifecycle() as lifecycle:
        from local_aws.unkind import parse_unkind, write_unkind

        settings = None if unkind is None else parse_unkind(unkind)
        found = lifecycle.running(lake) or lifecycle.start(lake, port=port)
        if settings is not None:
            write_unkind(found.lake, settings)
        return found


def stop(lake: Path) -> bool:
    """Stop the endpoint of a lake; False where there was none."""
    with _lifecycle() as lifecycle:
        return lifecycle.stop(lake)


def java_home() -> str | None:
    """The Java of its Glue sessions; None where there is none. UserError where it is not installed itself."""
    with _lifecycle():
        from local_aws.glue.sessions.java import find_java_home

        with suppress(ImportError):
            return find_java_home(os.environ)
    return None


@contextmanager
def _lifecycle() -> Iterator[ModuleType]:
    """The distribution's own starting and stopping; what goes wrong there is told in one line."""
    try:
        from local_aws import lifecycle
    except ImportError as error:
        raise UserError(
            f"The profile {PROFILE} needs the local AWS, which is not installed here: pip install ./local_aws"
        ) from error
    try:
        yield lifecycle
    except (lifecycle.EndpointError, lifecycle.LakeError) as error:
        raise UserError(str(error)) from error
