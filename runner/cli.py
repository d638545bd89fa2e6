"""The ``stedi`` command."""

import errno
import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from helpers.errors import LakehouseError
from local_aws import endpoint
from local_aws.profile import PROFILE
from runner.errors import LakeBusy, StepFailed, UserError
from runner.limits import require_open_files
from runner.paths import SAMPLES, default_lake, existing_lake, last_lake, remember_lake, require_rooms, user_path
from runner.run.stopping import cancel_on_signals

if TYPE_CHECKING:
    from runner.run.plan import Plan

app = typer.Typer(
    help="The STEDI lakehouse: run the Glue notebooks, look at the tables, serve a local AWS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
CANCELLED = 130
"""Typer's exit code for a KeyboardInterrupt."""
NOT_OURS = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENAMETOOLONG,
    errno.ELOOP,
    errno.ENOTDIR,
    errno.EISDIR,
}
"""Errors of the operating system that tell of a path or of the machine, and not of a mistake of the program's."""

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

Lake = Annotated[
    Path | None,
    typer.Option("--lake", metavar="DIR", parser=user_path, help="Directory of the local AWS's buckets."),
]
Profile = Annotated[
    str, typer.Option("--profile", metavar="NAME", help="The AWS profile; stedi-local is the local one.")
]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, metavar="N", help="Port on 127.0.0.1; 0 is any free one.")
]

Bucket = Annotated[str, typer.Option(help="The lakehouse's bucket.")]
Database = Annotated[str, typer.Option(help="The Glue database.")]
ParticipantKey = Annotated[str, typer.Option(metavar="NAME", help="Name of the secret that keys the participant ids.")]
Isolated = Annotated[bool, typer.Option("--isolated", help="A Glue session of its own for each notebook.")]
Wait = Annotated[
    float, typer.Option(min=0, metavar="MINUTES", help="Wait this long for another run on the same lake to end.")
]
Timeout = Annotated[float, typer.Option(min=0.01, metavar="MINUTES", help="A step that takes longer fails.")]
Retries = Annotated[
    int, typer.Option(min=0, metavar="N", help="Try a step again this often where AWS throttles or lacks capacity.")
]
Events = Annotated[bool, typer.Option("--json", help="Print JSON events, one a line, instead of text.")]
BUCKET, DATABASE, PARTICIPANT_KEY = "stedi-lakehouse", "stedi", "stedi/participant-key"


@app.command()
def run(
    landing: Annotated[
        Path,
        typer.Option(
            metavar="DIR", parser=user_path, show_default=False, help="Landing files; the project's samples by default."
        ),
    ] = SAMPLES,
    lake: Lake = None,
    profile: Profile = PROFILE,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A parameter: consent=at_collection|any_time, match=customer_and_time|time_only, bucket=NAME, "
            "database=NAME, participant_key=NAME.",
        ),
    ] = None,
    only: Annotated[str | None, typer.Option(metavar="STEP", help="Run one step alone, such as 03.")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="STEP", help="Run from this step on.")] = None,
    isolated: Isolated = False,
    wait: Wait = 60,
    timeout: Timeout = 60,
    retries: Retries = 3,
    events: Events = False,
    port: Port = 0,
) -> None:
    """Walk landing files through the notebooks to the curated tables, and write the HTML report.

    Copies what is new in the landing directory to the bucket, runs the notebooks in one warm Glue session, and ends
    with reports/latest/index.html. Exit code 0 only where every step and every audit succeeded; 1 where one failed;
    2 for a mistake in the call; 130 where it was asked to stop (Ctrl-C): stedi resume goes on from there.

    Examples: stedi run --landing ~/stedi --set consent=any_time --set match=time_only; stedi run --from 06.
    """
    from helpers.settings import new_run_id
    from runner.pipeline.landing import find_files
    from runner.pipeline.parameters import read_settings
    from runner.pipeline.steps import choose_steps
    from runner.run.plan import Plan

    steps, parameters = choose_steps(only, from_), read_settings(set_ or [])
    find_files(landing)
    chosen = (lake or default_lake(landing)).resolve()
    plan = Plan(new_run_id(), profile, parameters, steps, str(landing.resolve()), _lake_of(profile, chosen))
    _run_batch(plan, port, isolated, wait, timeout, retries, events)


@app.command()
def resume(
    run_id: Annotated[str | None, typer.Argument(metavar="RUN", help="Its id; by default the run begun last.")] = None,
    landing: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", parser=user_path, help="Landing files, where the run broke off while it copied them."
        ),
    ] = None,
    bucket: Bucket = BUCKET,
    lake: Lake = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="The AWS profile; by default that of the run.")
    ] = None,
    isolated: Isolated = False,
    wait: Wait = 60,
    timeout: Timeout = 60,
    retries: Retries = 3,
    events: Events = False,
    port: Port = 0,
) -> None:
    """Go on with a run that failed, was cancelled or was killed, under its own id and parameters.

    A step is skipped where it succeeded before and neither its code nor its parameters nor what it reads have changed
    since, and what it wrote is still there: hashes in the bucket tell.
    """
    from runner.run.plan import find_plan, plan_from_record

    if run_id is not None and not RUN_ID.fullmatch(run_id):
        raise UserError(f"{run_id!r} is no id of a run: see `stedi runs`.")
    plan = find_plan(run_id)
    if plan is None and run_id is None:
        raise UserError("No run was begun here: start one with `stedi run`, or name one of `stedi runs`.")
    if plan is None:
        from runner.lake.runs import read_state

        name = profile or PROFILE
        with _existing(name, lake):
            record = read_state(bucket, run_id)
        if record is None:
            raise UserError(f"s3://{bucket} knows no run {run_id}: see `stedi runs`.")
        place = _lake_of(name, (lake or last_lake()).resolve())
        plan = plan_from_record(record, name, place, landing.resolve() if landing else None)
    plan = plan.moved(profile, lake, landing)
    _run_batch(plan, port, isolated, wait, timeout, retries, events)


@app.command()
def runs(
    last: Annotated[int, typer.Option(min=1, metavar="N", help="How many to show.")] = 20,
    bucket: Bucket = BUCKET,
    lake: Lake = None,
    profile: Profile = PROFILE,
) -> None:
    """List the runs of a lake, the newest first: how each ended, how long it took, what it cost."""
    from runner.run.list_runs import print_runs

    with _existing(profile, lake):
        print_runs(bucket, last)


@app.command()
def publish(
    run_id: Annotated[str | None, typer.Argument(metavar="RUN", help="Its id; by default the latest here.")] = None,
    bucket: Bucket = BUCKET,
    lake: Lake = None,
    profile: Profile = PROFILE,
) -> None:
    """Put the report of a run into the bucket, under reports/, with a history of what is published there.

    Refused where the report shows a name, an e-mail address, a phone, a birthday or a serial number of the landing
    files.
    """
    from runner.lake.lakehouse import read_lakehouse
    from runner.report.publish import publish_report

    with _existing(profile, lake):
        read_lakehouse(bucket, DATABASE)
        typer.echo(f"Published {publish_report(bucket, run_id, typer.echo)}")


@app.command()
def clean_sessions(
    yes: Annotated[bool, typer.Option("--yes", help="Stop them; without, only list them.")] = False,
    bucket: Bucket = BUCKET,
    lake: Lake = None,
    profile: Profile = PROFILE,
) -> None:
    """List the Glue sessions with this project's tag that no run is using, and with --yes stop them.

    A session bills while it lives. Notebooks that are open in JupyterLab or Glue Studio have such sessions too.
    """
    from runner.lake.leftovers import list_leftovers, print_sessions, stop_all

    with _existing(profile, lake):
        left = list_leftovers(bucket)
        if not left:
            typer.echo("No session is left over.")
            return
        print_sessions(left)
        if not yes:
            typer.echo("Nothing was changed. To stop them: the same command with --yes.")
            return
        troubles = stop_all(left)
        typer.echo(f"{len(left) - len(troubles)} of {len(left)} sessions stopped.")
        if troubles:
            raise StepFailed("; ".join(troubles))


@app.command()
def up(lake: Lake = None, port: Port = 0) -> None:
    """Start the local AWS endpoint on a lake, and say how any AWS client reaches it."""
    require_rooms()
    chosen = (lake or last_lake()).resolve()
    found = endpoint.running(chosen) or endpoint.start(chosen, port=port)
    remember_lake(chosen)
    environment = found.environment()
    ends = " until the run that started it ends" if found.while_used else ""
    typer.echo(f"The local AWS answers at {found.url} with the lake {chosen}{ends}. Any AWS client reaches it with:")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE"):
        typer.echo(f"  export {name}={environment[name]}")
    typer.echo("The other commands ask this lake from now on, where none is named. Stop it with: stedi down")


@app.command()
def down(lake: Lake = None) -> None:
    """Stop the local AWS endpoint of a lake, and its sessions with it."""
    chosen = (lake or last_lake()).resolve()
    stopped = endpoint.stop(chosen)
    typer.echo(f"{'Stopped' if stopped else 'There was no'} local AWS endpoint on {chosen}.")


@app.command()
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One statement in Athena's SQL.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    bucket: Bucket = BUCKET,
    database: Database = DATABASE,
    lake: Lake = None,
    profile: Profile = PROFILE,
) -> None:
    """Ask Athena: stedi query "select count(*) from accelerometer_trusted"."""
    from runner.query import run_query

    with _existing(profile, lake):
        run_query(sql, bucket, database, csv)


@app.command()
def history(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Such as accelerometer_trusted.")],
    bucket: Bucket = BUCKET,
    database: Database = DATABASE,
    lake: Lake = None,
    profile: Profile = PROFILE,
) -> None:
    """List the versions of a table: which run published each, and whether its files are still there."""
    from runner.lake.lakehouse import read_lakehouse
    from runner.lake.versions import print_history

    with _existing(profile, lake):
        print_history(read_lakehouse(bucket, database), table)


@app.command()
def rollback(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Such as accelerometer_trusted.")],
    to: Annotated[str | None, typer.Option("--to", metavar="RUN", help="The run; by default the one before.")] = None,
    even_withdrawn: Annotated[
        bool, typer.Option("--even-withdrawn", help="Go back although people in that version have withdrawn.")
    ] = False,
    bucket: Bucket = BUCKET,
    database: Database = DATABASE,
    participant_key: ParticipantKey = PARTICIPANT_KEY,
    lake: Lake = None,
    profile: Profile = PROFILE,
) -> None:
    """Make an earlier version the table again, with one catalog update; the next run publishes afresh.

    Refused where the version holds rows of people who have withdrawn since.
    """
    from runner.lake.lakehouse import read_lakehouse
    from runner.lake.versions import roll_back_table

    with _existing(profile, lake):
        version = roll_back_table(read_lakehouse(bucket, database, participant_key), table, to, even_withdrawn)
        rows = "" if version.rows is None else f", {version.rows:,} rows"
        typer.echo(f"{table} is the version of run {version.run} again{rows}.")


@app.command()
def vacuum(
    privacy: Annotated[
        bool, typer.Option("--privacy", help="Remove at once every earlier version with rows of who has withdrawn.")
    ] = False,
    keep: Annotated[int, typer.Option(min=0, help="How many versions before the present one to keep.")] = 2,
    older_than: Annotated[
        float,
        typer.Option(min=0, metavar="HOURS", help="Spare uploads, and leftovers of no batch, younger than this."),
    ] = 24,
    bucket: Bucket = BUCKET,
    database: Database = DATABASE,
    participant_key: ParticipantKey = PARTICIPANT_KEY,
    lake: Lake = None,
    profile: Profile = PROFILE,
) -> None:
    """Remove older versions, what failed runs left behind, and uploads that never ended.

    What a run in progress has staged stays. With --privacy after a run: whoever withdrew is gone from the earlier
    versions too.
    """
    from datetime import timedelta

    from runner.lake.lakehouse import read_lakehouse, require_database
    from runner.lake.vacuum import Vacuum

    with _existing(profile, lake):
        settings = read_lakehouse(bucket, database, participant_key)
        require_database(database)
        removed = Vacuum(settings, keep, timedelta(hours=older_than), typer.echo).run(privacy)
        typer.echo(f"{removed:,} files and uploads removed." if removed else "There was nothing to remove.")


@app.command()
def erase(
    who: Annotated[str, typer.Argument(metavar="EMAIL|FILE", help="An e-mail address, or a file with one a line.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would be done.")] = False,
    bucket: Bucket = BUCKET,
    database: Database = DATABASE,
    participant_key: ParticipantKey = PARTICIPANT_KEY,
    lake: Lake = None,
    profile: Profile = PROFILE,
) -> None:
    """Erase people from everything: landing files, every version of every table, results, logs, records, reports.

    First says what it finds and changes nothing. With --yes it rewrites the files concerned, proves that nothing is
    left, and writes a certificate that names nobody. Interrupted, it goes on when it is called again. The landing
    directory that the files came from is yours: take the people out of it too.
    """
    from runner.lake.lakehouse import read_lakehouse
    from runner.paths import REPORTS
    from runner.privacy.erasure import Erasure
    from runner.privacy.people import read_addresses

    addresses = read_addresses(os.path.expanduser(who))
    with _existing(profile, lake):
        erasure = Erasure(read_lakehouse(bucket, database, participant_key), addresses, REPORTS, typer.echo)
        findings = erasure.look()
        if yes or not findings:
            erasure.erase(findings)
        else:
            typer.echo("Nothing was changed. To erase them, for good: the same command with --yes.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    bucket: Bucket = BUCKET,
    lake: Lake = None,
    profile: Profile = PROFILE,
) -> None:
    """Open JupyterLab on the notebooks; further options go to JupyterLab, such as --no-browser."""
    from runner.aws import use_profile
    from runner.lab import lab_settings, open_lab

    require_rooms()
    with use_profile(profile, (lake or last_lake()).resolve()):
        os.environ.update(lab_settings(bucket))
        raise SystemExit(open_lab(bucket, context.args))


@app.command()
def samples(
    target: Annotated[Path, typer.Argument(metavar="DIR", parser=user_path, help="Where to write; new or empty.")],
    customers: Annotated[int, typer.Option(help="How many customers.")] = 60,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal bytes.")] = 1,
    instants: Annotated[int, typer.Option(help="At how many moments each one's sensors report.")] = 20,
) -> None:
    """Write synthetic landing data with planted cases, and truth.json: what must come out of it."""
    from runner.samples import write_samples

    write_samples(target, customers=customers, seed=seed, instants=instants)
    typer.echo(f"Wrote {customers} customers with their readings to {target}. Run them: stedi run --landing {target}")


@app.command()
def jobs() -> None:
    """Export the Glue job scripts of jobs/ from the notebooks."""
    from runner.pipeline.jobs import export_jobs

    written = export_jobs()
    if not written:
        typer.echo("Every job script follows its notebook already.")
    for path in written:
        typer.echo(f"wrote {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


@contextmanager
def _existing(profile: str, lake: Path | None) -> Iterator[None]:
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


def _lake_of(profile: str, lake: Path) -> str:
    """The lake of a plan: blank where AWS itself answers."""
    return str(lake) if profile == PROFILE else ""


def _run_batch(
    plan: "Plan", port: int, isolated: bool, wait: float, timeout: float, retries: int, events: bool
) -> None:
    """Run or resume what was planned; an error becomes the command's exit code."""
    from runner.aws import use_profile
    from runner.pipeline.landing import find_files
    from runner.privacy.audit import NAME as AUDIT
    from runner.run.progress import choose_progress

    require_rooms()
    # Jupyter's libraries take seconds to import: time enough for the endpoint to start.
    threading.Thread(target=import_module, args=["runner.run.batch"], daemon=True).start()
    with use_profile(plan.profile, Path(plan.lake), port):
        from runner.run.batch import Batch, Options

        local = plan.profile == PROFILE
        if local:
            remember_lake(Path(plan.lake))
        plan.save()
        options = Options(isolated, wait * 60, timeout * 60, retries, local)
        with choose_progress([*plan.steps, AUDIT], events) as progress:
            try:
                Batch(plan, options, progress).run(lambda: find_files(Path(plan.landing)))
            except LakeBusy:
                plan.forget()
                raise


def _complain(message: str, code: int) -> int:
    typer.echo(f"stedi: {' '.join(message.split())}", err=True)
    return code


def main() -> None:
    """Run the command; a user's mistake is one line and exit code 2, never a traceback."""
    cancel_on_signals()
    try:
        require_open_files()
        app(prog_name="stedi")
    except (UserError, LakehouseError, endpoint.EndpointError) as error:
        sys.exit(_complain(str(error), 2))
    except StepFailed as error:
        sys.exit(_complain(str(error), 1))
    except (ClientError, BotoCoreError) as error:
        sys.exit(_complain(f"AWS refused: {error}", 1))
    except OSError as error:
        if error.errno not in NOT_OURS:
            raise
        sys.exit(_complain(f"{error.strerror}: {error.filename}", 2))
    except SystemExit as end:
        if end.code == CANCELLED:
            _complain("cancelled", CANCELLED)
        raise
