"""The ``stedi`` command."""

import errno
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from helpers.errors import LakehouseError
from runner import local
from runner.aws_errors import exit_code, explain
from runner.deploy.commands import deploy, destroy
from runner.doctor.commands import doctor
from runner.errors import StepFailed, UserError
from runner.options import DATABASE, existing, on_lake, takes
from runner.paths import REPORTS, last_lake, remember_lake, require_rooms, user_path
from runner.process import cancel_on_signals, require_open_files
from runner.run.commands import resume, run

RunArgument = Annotated[str | None, typer.Argument(metavar="RUN", help="Its id; by default the latest here.")]
TableArgument = Annotated[str, typer.Argument(metavar="TABLE", help="Such as accelerometer_trusted.")]

app = typer.Typer(
    help="The STEDI lakehouse: run the Glue notebooks, look at the tables, serve a local AWS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
CANCELLED = 130
"""Typer's exit code for a KeyboardInterrupt."""
_NOT_OURS = "EACCES EPERM EROFS ENOSPC EDQUOT EMFILE ENFILE ENAMETOOLONG ELOOP ENOTDIR EISDIR"
NOT_OURS = {getattr(errno, name) for name in _NOT_OURS.split()}
"""Errors of the operating system that tell of a path or of the machine, and not of a mistake of the program's."""

app.command()(run)
app.command()(resume)
app.command()(deploy)
app.command()(destroy)
app.command()(doctor)


@app.command()
@on_lake("bucket")
def runs(last: Annotated[int, typer.Option(min=1, metavar="N", help="How many to show.")] = 20, *, bucket: str) -> None:
    """List the runs of a lake, the newest first: how each ended, how long it took, what it cost."""
    from runner.run.list_runs import print_runs

    print_runs(bucket, last)


@app.command()
@on_lake("bucket")
def publish(run_id: RunArgument = None, *, bucket: str) -> None:
    """Put the report of a run into the bucket, under reports/, with a history of what is published there.

    Refused where the report shows a name, an e-mail address, a phone, a birthday or a serial number of the landing
    files.
    """
    from runner.lake.lakehouse import read_lakehouse
    from runner.report.publish import publish_report

    read_lakehouse(bucket, DATABASE)
    typer.echo(f"Published {publish_report(bucket, run_id, typer.echo)}")


@app.command()
@on_lake("bucket")
def clean_sessions(
    yes: Annotated[bool, typer.Option("--yes", help="Stop them; without, only list them.")] = False, *, bucket: str
) -> None:
    """List the Glue sessions with this project's tag that no run is using, and with --yes stop them.

    A session bills while it lives. Notebooks that are open in JupyterLab or Glue Studio have such sessions too.
    """
    from runner.lake.leftovers import list_leftovers, print_sessions, stop_all

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
@takes("lake", "port")
def up(
    unkind: Annotated[
        str | None,
        typer.Option(
            metavar="SETTINGS",
            help="Let it play an account that refuses, such as throttle=20,deny=s3:Delete*,sessions=1; none ends that.",
        ),
    ] = None,
    *,
    lake: Path | None,
    port: int,
) -> None:
    """Start the local AWS endpoint on a lake, and say how any AWS client reaches it.

    The settings of --unkind hold from the next request on, also on an endpoint that is up; they stay with the lake.
    """
    require_rooms()
    chosen = (lake or last_lake()).resolve()
    found = local.start(chosen, port, unkind)
    remember_lake(chosen)
    environment = found.environment()
    ends = " until the run that started it ends" if found.while_used else ""
    typer.echo(f"The local AWS answers at {found.url} with the lake {chosen}{ends}. Any AWS client reaches it with:")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE", "AWS_ENDPOINT_URL_S3"):
        typer.echo(f"  export {name}={environment[name]}")
    typer.echo("The other commands ask this lake from now on, where none is named. Stop it with: stedi down")


@app.command()
@takes("lake")
def down(lake: Path | None) -> None:
    """Stop the local AWS endpoint of a lake, and its sessions with it."""
    chosen = (lake or last_lake()).resolve()
    stopped = local.stop(chosen)
    typer.echo(f"{'Stopped' if stopped else 'There was no'} local AWS endpoint on {chosen}.")


@app.command()
@on_lake("bucket", "database", "workgroup")
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One statement in Athena's SQL.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    **lakehouse: str,
) -> None:
    """Ask Athena: stedi query "select count(*) from accelerometer_trusted"."""
    from runner.query import run_query

    run_query(sql, csv, **lakehouse)


@app.command()
@on_lake("bucket", "database")
def history(table: TableArgument, **lakehouse: str) -> None:
    """List the versions of a table: which run published each, and whether its files are still there."""
    from runner.lake.lakehouse import read_lakehouse
    from runner.lake.versions import print_history

    print_history(read_lakehouse(**lakehouse), table)


@app.command()
@on_lake("bucket", "database", "participant_key")
def rollback(
    table: TableArgument,
    to: Annotated[str | None, typer.Option("--to", metavar="RUN", help="The run; by default the one before.")] = None,
    even_withdrawn: Annotated[
        bool, typer.Option("--even-withdrawn", help="Go back although people in that version have withdrawn.")
    ] = False,
    **lakehouse: str,
) -> None:
    """Make an earlier version the table again, with one catalog update; the next run publishes afresh.

    Refused where the version holds rows of people who have withdrawn since.
    """
    from runner.lake.lakehouse import read_lakehouse
    from runner.lake.versions import roll_back_table

    version = roll_back_table(read_lakehouse(**lakehouse), table, to, even_withdrawn)
    rows = "" if version.rows is None else f", {version.rows:,} rows"
    typer.echo(f"{table} is the version of run {version.run} again{rows}.")


@app.command()
@on_lake("bucket", "database", "participant_key")
def vacuum(
    privacy: Annotated[
        bool, typer.Option("--privacy", help="Remove at once every earlier version with rows of who has withdrawn.")
    ] = False,
    keep: Annotated[int, typer.Option(min=0, help="How many versions before the present one to keep.")] = 2,
    older_than: Annotated[
        float,
        typer.Option(min=0, metavar="HOURS", help="Spare uploads, and leftovers of no batch, younger than this."),
    ] = 24,
    **lakehouse: str,
) -> None:
    """Remove older versions, what failed runs left behind, and uploads that never ended.

    What a run in progress has staged stays. With --privacy after a run: whoever withdrew is gone from the earlier
    versions too.
    """
    from datetime import timedelta

    from runner.lake.lakehouse import read_lakehouse, require_database
    from runner.lake.vacuum import Vacuum

    settings = read_lakehouse(**lakehouse)
    require_database(settings.database)
    removed = Vacuum(settings, keep, timedelta(hours=older_than), typer.echo).run(privacy)
    typer.echo(f"{removed:,} files and uploads removed." if removed else "There was nothing to remove.")


@app.command()
@takes("bucket", "database", "participant_key", "lake", "profile")
def erase(
    who: Annotated[str, typer.Argument(metavar="EMAIL|FILE", help="An e-mail address, or a file with one a line.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would be done.")] = False,
    *,
    lake: Path | None,
    profile: str,
    **lakehouse: str,
) -> None:
    """Erase people from everything: landing files, every version of every table, results, logs, records, reports.

    First says what it finds and changes nothing. With --yes it rewrites the files concerned, proves that nothing is
    left, and writes a certificate that names nobody. Interrupted, it goes on when it is called again. The landing
    directory that the files came from is yours: take the people out of it too.
    """
    from runner.lake.lakehouse import read_lakehouse
    from runner.privacy.erasure import Erasure
    from runner.privacy.people import read_addresses

    addresses = read_addresses(os.path.expanduser(who))
    with existing(profile, lake):
        erasure = Erasure(read_lakehouse(**lakehouse), addresses, REPORTS, typer.echo)
        findings = erasure.look()
        if yes or not findings:
            erasure.erase(findings)
        else:
            typer.echo("Nothing was changed. To erase them, for good: the same command with --yes.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@takes("bucket", "lake", "profile")
def lab(context: typer.Context, bucket: str, lake: Path | None, profile: str) -> None:
    """Open JupyterLab on the notebooks; further options go to JupyterLab, such as --no-browser."""
    from runner.aws import use_profile
    from runner.lab import open_lab

    require_rooms()
    with use_profile(profile, (lake or last_lake()).resolve()):
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


def _complain(message: str, code: int) -> int:
    typer.echo(f"stedi: {' '.join(message.split())}", err=True)
    return code


def main() -> None:
    """Run the command; a user's mistake is one line and exit code 2, never a traceback."""
    cancel_on_signals()
    try:
        require_open_files()
        app(prog_name="stedi")
    except (UserError, LakehouseError) as error:
        sys.exit(_complain(str(error), 2))
    except StepFailed as error:
        sys.exit(_complain(str(error), 1))
    except (ClientError, BotoCoreError) as error:
        sys.exit(_complain(explain(error), exit_code(error)))
    except OSError as error:
        if error.errno not in NOT_OURS:
            raise
        sys.exit(_complain(f"{error.strerror}: {error.filename}", 2))
    except SystemExit as end:
        if end.code == CANCELLED:
            _complain("cancelled", CANCELLED)
        raise
