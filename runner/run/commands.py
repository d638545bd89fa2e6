"""``stedi run`` and ``stedi resume``: from the call to a planned batch, which is then run."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from runner.errors import LakeBusy, UserError
from runner.local import PROFILE
from runner.options import existing, takes
from runner.paths import SAMPLES, default_lake, last_lake, remember_lake, require_rooms, user_path
from runner.run.plan import Options, Plan, find_plan, plan_from_record

NONE = Path("none")
"""What a user gives for ``--landing`` where nothing is to be copied; a folder of that name is ``./none``."""
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def _as_batch(
    command: Callable[..., Plan],
    isolated: bool,
    wait: float,
    timeout: float,
    retries: int,
    events: bool,
    port: int,
    **given: object,
) -> None:
    """Run or resume what a command has planned."""
    plan = command(**given)
    options = Options(isolated, wait * 60, timeout * 60, retries, plan.profile == PROFILE)
    # Imported here, so that a wrong call is answered at once.
    from runner.aws import use_profile
    from runner.privacy.audit import NAME as AUDIT
    from runner.run.progress import choose_progress

    require_rooms()
    # Jupyter's libraries take seconds to import: time enough for the endpoint to start.
    threading.Thread(target=import_module, args=["runner.run.batch"], daemon=True).start()
    with use_profile(plan.profile, Path(plan.lake), port):
        from runner.run.batch import Batch

        if options.local:
            remember_lake(Path(plan.lake))
        plan.save()
        with choose_progress([*plan.steps, AUDIT], events) as progress:
            try:
                Batch(plan, options, progress).run()
            except LakeBusy:
                plan.forget()
                raise


OF_A_BATCH = ("isolated", "wait", "timeout", "retries", "events", "port")


@takes("lake", "profile", *OF_A_BATCH, behaviour=_as_batch)
def run(
    landing: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            parser=user_path,
            show_default=False,
            help="Landing files; on the local AWS the project's samples by default. none: the bucket has them already.",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A parameter: consent=at_collection|any_time, match=customer_and_time|time_only, bucket=NAME, "
            "database=NAME, participant_key=NAME, workgroup=NAME, accept_loss=yes.",
        ),
    ] = None,
    only: Annotated[str | None, typer.Option(metavar="STEP", help="Run one step alone, such as 03.")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="STEP", help="Run from this step on.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run every step, also where nothing has changed.")] = False,
    *,
    lake: Path | None,
    profile: str,
) -> Plan:
    """Walk landing files through the notebooks to the curated tables, and write the HTML report.

    Copies what is new in the landing directory to the bucket, runs the notebooks in one warm Glue session, and ends
    with reports/latest/index.html. A step whose inputs, code and parameters are those of an earlier run, and whose
    tables stand as that one left them, is not run again; --fresh runs all, --only and --from what they name.

    Exit code 0 only where every step and every audit succeeded; 1 where one failed; 2 for a mistake in the call; 130
    where it was asked to stop (Ctrl-C): stedi resume goes on from there.

    Examples: stedi run --landing ~/stedi --set consent=any_time --set match=time_only; stedi run --from 06.
    """
    from helpers.settings import new_run_id
    from runner.pipeline.landing import find_files
    from runner.pipeline.parameters import read_settings
    from runner.pipeline.steps import choose_steps

    steps, parameters = choose_steps(only, from_), read_settings(set_ or [])
    source = _source_of(landing, profile, set_ or [])
    if source:
        find_files(source)
    chosen = (lake or default_lake(source)).resolve()
    fresh = fresh or only is not None or from_ is not None  # steps that were asked for by name are run
    place = str(source.resolve()) if source else None
    return Plan(new_run_id(), profile, parameters, steps, place, _lake_of(profile, chosen), fresh)


def _source_of(landing: Path | None, profile: str, settings: list[str]) -> Path | None:
    """Where the landing files of a run are; None where the bucket has them already.

    On an account nothing is taken for granted: samples would add invented people to real ones, and a bucket of the
    default name is somebody else's.
    """
    if profile != PROFILE and not any(setting.startswith("bucket=") for setting in settings):
        raise UserError(f"On the profile {profile} name the account's own bucket: --set bucket=NAME.")
    if landing == NONE:
        return None
    if landing is None and profile != PROFILE:
        raise UserError(
            f"On the profile {profile} say where the landing files are: --landing DIR, or --landing none where the "
            "sources write to the bucket themselves."
        )
    return landing or SAMPLES


@takes("bucket", "lake", *OF_A_BATCH, behaviour=_as_batch)
def resume(
    run_id: Annotated[str | None, typer.Argument(metavar="RUN", help="Its id; by default the run begun last.")] = None,
    landing: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", parser=user_path, help="Landing files, where the run broke off while it copied them."
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="The AWS profile; by default that of the run.")
    ] = None,
    *,
    bucket: str,
    lake: Path | None,
) -> Plan:
    """Go on with a run that failed, was cancelled or was killed, under its own id and parameters.

    A step is skipped where it succeeded before and neither its code nor its parameters nor what it reads have changed
    since, and what it wrote is still there: hashes in the bucket tell.
    """
    if run_id is not None and not RUN_ID.fullmatch(run_id):
        raise UserError(f"{run_id!r} is no id of a run: see `stedi runs`.")
    plan = find_plan(run_id)
    if plan is None:
        if run_id is None:
            raise UserError("No run was begun here: start one with `stedi run`, or name one of `stedi runs`.")
        from runner.lake.runs import read_state

        name = profile or PROFILE
        with existing(name, lake):
            record = read_state(bucket, run_id)
        if record is None:
            raise UserError(f"s3://{bucket} knows no run {run_id}: see `stedi runs`.")
        plan = plan_from_record(record, name, _lake_of(name, last_lake().resolve()), landing)
    moved = {"profile": profile, "lake": lake and str(lake.resolve()), "landing": landing and str(landing.resolve())}
    return replace(plan, **{name: place for name, place in moved.items() if place})


def _lake_of(profile: str, lake: Path) -> str:
    """The lake of a plan: blank where AWS itself answers."""
    return str(lake) if profile == PROFILE else ""
