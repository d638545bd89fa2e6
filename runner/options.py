"""The options that several commands share: what they are called, what they mean, and what they do for a command."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from helpers.errors import LakehouseError
from local_aws.profile import PROFILE
from runner.errors import UserError
from runner.paths import existing_lake, last_lake, user_path

LakeOption = Annotated[
    Path | None,
    typer.Option("--lake", metavar="DIR", parser=user_path, help="Directory of the local AWS's buckets."),
]
ProfileOption = Annotated[
    str, typer.Option("--profile", metavar="NAME", help="The AWS profile; stedi-local is the local one.")
]
PortOption = Annotated[
    int, typer.Option("--port", min=0, max=65535, metavar="N", help="Port on 127.0.0.1; 0 is any free one.")
]
RunArgument = Annotated[str | None, typer.Argument(metavar="RUN", help="Its id; by default the latest here.")]
TableArgument = Annotated[str, typer.Argument(metavar="TABLE", help="Such as accelerometer_trusted.")]

BucketOption = Annotated[str, typer.Option(help="The lakehouse's bucket.")]
BUCKET, DATABASE, PARTICIPANT_KEY = "stedi-lakehouse", "stedi", "stedi/participant-key"

OPTIONS: dict[str, tuple[Any, Any]] = {
    "bucket": (BucketOption, BUCKET),
    "database": (Annotated[str, typer.Option(help="The Glue database.")], DATABASE),
    "participant_key": (
        Annotated[str, typer.Option(metavar="NAME", help="Name of the secret that keys the participant ids.")],
        PARTICIPANT_KEY,
    ),
    "lake": (LakeOption, None),
    "profile": (ProfileOption, PROFILE),
    "isolated": (
        Annotated[bool, typer.Option("--isolated", help="A Glue session of its own for each notebook.")],
        False,
    ),
    "wait": (
        Annotated[
            float,
            typer.Option(min=0, metavar="MINUTES", help="Wait this long for another run on the same lake to end."),
        ],
        60,
    ),
    "timeout": (
        Annotated[float, typer.Option(min=0.01, metavar="MINUTES", help="A step that takes longer fails.")],
        60,
    ),
    "retries": (
        Annotated[
            int,
            typer.Option(min=0, metavar="N", help="Try a step again this often where AWS throttles or lacks capacity."),
        ],
        3,
    ),
    "events": (
        Annotated[bool, typer.Option("--json", help="Print JSON events, one a line, instead of text.")],
        False,
    ),
    "port": (PortOption, 0),
}
"""Parameter of a command -> its option and its default."""
OF_A_BATCH = ("isolated", "wait", "timeout", "retries", "events", "port")


def on_lake(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command one about a lake that is there: with ``--lake`` and ``--profile``, and other options by name.

    The command takes the values of those that are named; ``--lake`` and ``--profile`` are seen to.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def on_that_lake(lake: Path | None, profile: str, **given: object) -> None:
            with existing(profile, lake):
                command(**given)

        return with_options(command, on_that_lake, *names, "lake", "profile")

    return decorate


def with_options(command: Callable, behaviour: Callable, *names: str) -> Callable:
    """A behaviour with the parameters of a command, and those options that are named behind them."""
    given = [one for name, one in signature(command).parameters.items() if name not in names]
    parameters = [one for one in given if one.kind is not Parameter.VAR_KEYWORD]
    for name in names:
        annotation, default = OPTIONS[name]
        parameters.append(Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation))
    result = wraps(command)(lambda **given: behaviour(**given))
    result.__signature__ = signature(command).replace(parameters=parameters)
    result.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return result


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
