"""The commands ``stedi deploy`` and ``stedi destroy``."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import boto3
import typer

from runner.deploy.template import NAME
from runner.errors import UserError
from runner.local import PROFILE
from runner.options import takes
from runner.paths import last_lake

StackOption = Annotated[str, typer.Option("--stack", metavar="NAME", help="The CloudFormation stack.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Ask nothing; for CI.")]


def _option(meaning: str, metavar: str) -> object:
    return Annotated[str | None, typer.Option(metavar=metavar, help=meaning)]


@takes("profile")
def deploy(
    bucket: _option("The bucket; needed for a new stack.", "NAME") = None,
    database: _option("The Glue database of a new stack.", "NAME") = None,
    email: _option("Who is told of failed nights and costs.", "ADDRESS") = None,
    nightly: _option("Whether a batch runs every night.", "on|off") = None,
    schedule: _option("When, such as 'cron(0 2 * * ? *)'.", "CRON") = None,
    budget: _option("For a month.", "DOLLARS") = None,
    runner_principal: _option("A role or user that may be the runner too, such as your CI's.", "ARN") = None,
    studio: Annotated[bool, typer.Option("--studio", help="Put the notebooks into Glue Studio too.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="With --studio: also what somebody saved in Glue Studio since.")
    ] = False,
    stack: StackOption = NAME,
    yes: YesOption = False,
    *,
    profile: str,
) -> None:
    """Bring an AWS account to a nightly report: bucket, key, catalog, roles, batch, alarm, budget.

    Shows what would change, asks, and waits. Called again it goes on where it was interrupted, and changes nothing
    where nothing is to be changed; what is not named stays as it is.
    """
    wishes = {"BucketName": bucket, "DatabaseName": database, "AlarmEmail": email, "Nightly": nightly}
    wishes |= {"Schedule": schedule, "MonthlyBudgetUsd": budget, "RunnerPrincipal": runner_principal}
    wishes |= {"UseStudio": "true" if studio else None}
    with _account(profile, "deploy", yes) as ask:
        from runner.deploy import deploy as work
        from runner.deploy.stack import Stack
        from runner.pipeline.studio import put_notebooks

        region = boto3.DEFAULT_SESSION.region_name
        outputs = work.deploy(Stack(stack, typer.echo), wishes, ask)
        if studio:
            put_notebooks(outputs, region, stack, overwrite, typer.echo)
        work.tell_outputs(outputs, region, typer.echo)


@takes("database", "participant_key", "profile")
def destroy(
    bucket: _option("Its name: delete the data too, for good; without, all data stays.", "NAME") = None,
    stack: StackOption = NAME,
    yes: YesOption = False,
    *,
    database: str,
    participant_key: str,
    profile: str,
) -> None:
    """Take the stack away; bucket, tables and key stay, unless the bucket is named."""
    with _account(profile, "destroy", yes) as ask:
        from runner.deploy.destroy import destroy as take_away
        from runner.deploy.stack import Stack

        names = {"DatabaseName": database, "SecretName": participant_key}
        take_away(Stack(stack, typer.echo), bucket, names, ask)


@contextmanager
def _account(profile: str, command: str, yes: bool) -> Iterator[Callable[[str], bool]]:
    """Use the profile of an account; gives what asks before something is changed."""
    if profile == PROFILE:
        raise UserError(
            f"The local AWS has no CloudFormation: `stedi run` makes all that it needs there. Name the profile of an "
            f"account: stedi {command} --profile NAME."
        )
    if not yes and not sys.stdin.isatty():
        raise UserError(f"stedi {command} asks before it changes anything, and here is no terminal: add --yes.")
    from runner.aws import use_profile

    with use_profile(profile, last_lake(), needs_role=False):
        yield lambda question: yes or typer.confirm(question)
