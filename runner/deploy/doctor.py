"""`stedi doctor`: all that a run needs, each finding with what mends it."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from helpers.settings import Settings
from runner.aws import use_profile
from runner.deploy.account import check_account
from runner.deploy.finding import BAD, Finding, bad
from runner.deploy.machine import check_machine
from runner.errors import StepFailed, UserError
from runner.local import PROFILE


def examine(profile: str, lake: Path, settings: Settings) -> list[Finding]:
    """Everything that was looked at, in the order of what depends on what.

    The local AWS is looked at on the lake, or on an empty one where there is none yet: a look makes nothing.
    """
    local = profile == PROFILE
    found = check_machine(lake, local)
    with tempfile.TemporaryDirectory(prefix="stedi-doctor-") as empty:
        try:
            with use_profile(profile, lake if lake.is_dir() else Path(empty), needs_role=local):
                return found + check_account(settings, local)
        except UserError as error:
            return [*found, bad("profile", str(error), "Then call stedi doctor again.")]


def report(findings: list[Finding], say: Callable[[str], None]) -> None:
    """Tell every finding; StepFailed where one would stop a run."""
    for one in findings:
        say(f"{one.state:>4}  {one.what}: {one.told}")
        if one.fix:
            say(f"      fix: {one.fix}")
    wrong = [one.what for one in findings if one.state == BAD]
    if wrong:
        raise StepFailed(f"a run would fail for: {', '.join(wrong)}")
    say("A run finds all that it needs.")
