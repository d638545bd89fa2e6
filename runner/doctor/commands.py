"""The command ``stedi doctor``."""

from pathlib import Path

import typer

from runner.options import takes
from runner.paths import last_lake


@takes("bucket", "database", "workgroup", "participant_key", "lake", "profile")
def doctor(lake: Path | None, profile: str, **lakehouse: str) -> None:
    """Look at all that a run needs, here and in the account, and say what mends what is missing. Changes nothing."""
    from helpers.settings import Settings
    from runner.doctor.examine import examine, report

    report(examine(profile, (lake or last_lake()).resolve(), Settings(**lakehouse)), typer.echo)
