"""The options that several commands share: what they are called, what they mean, and what they do for a command."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from helpers.errors import LakehouseError
from runner.errors import UserError
from runner.local import PROFILE
from runner.paths import existing_lake, last_lake, user_path

DATABASE = "stedi"


def _option(kind: type, default: object, meaning: str, *flags: str, **more: object) -> tuple[Any, object]:
    return Annotated[kind, typer.Option(*flags, help=meaning, **more)], default


OPTIONS = {
    "bucket": _option(str, "stedi-lakehouse", "The lakehouse's bucket."),
    "database": _option(str, DATABASE, "The Glue database."),
    "workgroup": _option(str, "primary", "The Athena workgroup.", metavar="NAME"),
    "participant_key": _option(
        str, "stedi/participant-key", "Name of the secret that keys the participant ids.", metavar="NAME"
    ),
    "lake": _option(
        Path | None, None, "Directory of the local AWS's buckets.", "--lake", metavar="DIR", parser=user_path
    ),
    "profile": _option(str, PROFILE, "The AWS profile; stedi-local is the local one.", "--profile", metavar="NAME"),
    "isolated": _option(bool, False, "A Glue session of its own for each notebook.", "--isolated"),
    "wait": _option(float, 60, "Wait this long for another run on the same lake to end.", min=0, metavar="MINUTES"),
    "timeout": _option(float, 60, "A step that takes longer fails.", min=0.01, metavar="MINUTES"),
    "retries": _option(
        int, 3, "Try a step again this often where AWS throttles or lacks capacity.", min=0, metavar="N"
    ),
    "events": _option(bool, False, "Print JSON events, one a line, instead of text.", "--json"),
    "port": _option(int, 0, "Port on 127.0.0.1; 0 is any free one.", "--port", min=0, max=65535, metavar="N"),
}
"""Parameter of a command -> its option and its default."""


def takes(*names: str, behaviour: Callable | None = None) -> Callable[[Callable], Callable]:
    """Give a command the options of these names, behind its own parameters.

    Where not all that it does is its own, ``behaviour`` is called with the command and what was given.
    """

    def decorate(command: Callable) -> Callable:
        own = signature(command).parameters.values()
        parameters = [one for one in own if one.name not in names and one.kind is not Parameter.VAR_KEYWORD]
        for name in names:
            annotation, default = OPTIONS[name]
            parameters.append(Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation))
        action = partial(behaviour, command) if behaviour else command
        result = wraps(command)(lambda **given: action(**given))
        result.__signature__ = signature(command).replace(parameters=parameters)
        result.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return result

    return decorate


def on_lake(*names: str) -> Callable[[Callable], Callable]:
    """Make a command one about a lake that is there: ``--lake`` and ``--profile`` are seen to, it takes the others."""
    return takes(*names, "lake", "profile", behaviour=_on_that_lake)


def _on_that_lake(command: Callable, lake: Path | None, profile: str, **given: object) -> None:
    with existing(profile, lake):
        command(**given)


@contextmanager
def existing(profile: str, lake: Path | None) -> Iterator[None]:
    """Use a profile, the local one on a lake that is there: for commands that make none.

    Who names no lake is told which one is asked: on a terminal before the answer, and in every error.
    """
    from runner.aws import use_profile

    if profile != PROFILE:
        with use_profile(profile, last_lake()):
            yield
        return
    chosen = existing_lake(lake)
    if lake is None and sys.stderr.isatty():
        typer.echo(f"The lake is {chosen}; --lake DIR names another.", err=True)
    try:
        with use_profile(profile, chosen):
            yield
    except (UserError, LakehouseError) as error:
        end = "" if str(error).endswith((".", "?")) else "."
        raise UserError(f"{error}{end} The lake is {chosen}; --lake DIR names another.") from error
