"""The ``stedi`` command."""

import os
import signal
import sys
import threading
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from helpers.errors import LakehouseError
from local_aws import endpoint
from local_aws.profile import PROFILE
from runner.errors import StepFailed, UserError
from runner.paths import SAMPLES, default_lake, existing_lake, last_lake, remember_lake

app = typer.Typer(
    help="The STEDI lakehouse: run the Glue notebooks, look at the tables, serve a local AWS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
CANCELLED = 130
"""Typer's exit code for a KeyboardInterrupt."""

Lake = Annotated[Path | None, typer.Option("--lake", metavar="DIR", help="Directory of the local AWS's buckets.")]
Profile = Annotated[
    str, typer.Option("--profile", metavar="NAME", help="The AWS profile; stedi-local is the local one.")
]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, metavar="N", help="Port on 127.0.0.1; 0 is any free one.")
]

Bucket = Annotated[str, typer.Option(help="The lakehouse's bucket.")]
Database = Annotated[str, typer.Option(help="The Glue database.")]
ParticipantKey = Annotated[str, typer.Option(metavar="NAME", help="Name of the secret that keys the participant ids.")]
BUCKET, DATABASE, PARTICIPANT_KEY = "stedi-lakehouse", "stedi", "stedi/participant-key"


@app.command()
def run(
    landing: Annotated[
        Path, typer.Option(metavar="DIR", show_default=False, help="Landing files; the project's samples by default.")
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
    port: Port = 0,
) -> None:
    """Walk landing files through the notebooks to the curated tables, and write the HTML report.

    Copies what is new in the landing directory to the bucket, runs the notebooks in one warm Glue session, and ends
    with reports/latest/index.html. Exit code 0 only where every step and every audit succeeded; 1 where one failed;
    2 for a mistake in the call.

    Examples: stedi run --landing ~/stedi --set consent=any_time --set match=time_only; stedi run --from 06.
    """
    from runner.aws import use_profile
    from runner.landing import find_files
    from runner.parameters import read_settings
    from runner.steps import choose_steps

    steps, parameters, files = choose_steps(only, from_), read_settings(set_ or []), find_files(landing)
    chosen = (lake or default_lake(landing)).resolve()
    # Jupyter's libraries take seconds to import: time enough for the endpoint to start.
    threading.Thread(target=import_module, args=["runner.batch"], daemon=True).start()
    with use_profile(profile, chosen, port):
        from runner.batch import Batch

        if profile == PROFILE:
            remember_lake(chosen)
        batch = Batch(profile, parameters, steps)
        if not batch.run(files):
            failed = next((entry["name"] for entry in batch.done if entry["status"] == "FAILED"), "session")
            raise SystemExit(_complain(f"{failed} failed: {batch.reason}", 1))


@app.command()
def up(lake: Lake = None, port: Port = 0) -> None:
    """Start the local AWS endpoint on a lake, and say how any AWS client reaches it."""
    chosen = (lake or last_lake()).resolve()
    found = endpoint.running(chosen) or endpoint.start(chosen, port=port)
    remember_lake(chosen)
    environment = found.environment()
    ends = " until the run that started it ends" if found.while_used else ""
    typer.echo(f"The local AWS answers at {found.url} with the lake {chosen}{ends}. Any AWS client reaches it with:")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE"):
        typer.echo(f"  export {name}={environment[name]}")
    typer.echo("Stop it with: stedi down")


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
    from runner.history import print_history
    from runner.lakehouse import read_lakehouse

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
    from runner.history import roll_back_table
    from runner.lakehouse import read_lakehouse

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

    from runner.lakehouse import read_lakehouse
    from runner.vacuum import Vacuum

    with _existing(profile, lake):
        settings = read_lakehouse(bucket, database, participant_key)
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
    from runner.erasure.erasure import Erasure
    from runner.erasure.people import read_addresses
    from runner.lakehouse import read_lakehouse
    from runner.paths import REPORTS

    addresses = read_addresses(who)
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

    with use_profile(profile, (lake or last_lake()).resolve()):
        os.environ.update(lab_settings(bucket))
        raise SystemExit(open_lab(bucket, context.args))


@app.command()
def samples(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write; new or empty.")],
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
    from runner.jobs import export_jobs

    for path in export_jobs():
        typer.echo(f"wrote {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


def _existing(profile: str, lake: Path | None) -> AbstractContextManager[None]:
    """Use a profile, the local one on a lake that is there: for commands that make none."""
    from runner.aws import use_profile

    return use_profile(profile, existing_lake(lake) if profile == PROFILE else last_lake())


def _complain(message: str, code: int) -> int:
    typer.echo(f"stedi: {' '.join(message.split())}", err=True)
    return code


def _cancel(signum, frame) -> None:
    # Nothing on the way catches this one, as it may an error: botocore would try its request again.
    raise KeyboardInterrupt


def main() -> None:
    """Run the command; a user's mistake is one line and exit code 2, never a traceback."""
    signal.signal(signal.SIGTERM, _cancel)
    try:
        app()
    except (UserError, LakehouseError, endpoint.EndpointError) as error:
        sys.exit(_complain(str(error), 2))
    except StepFailed as error:
        sys.exit(_complain(str(error), 1))
    except (ClientError, BotoCoreError) as error:
        sys.exit(_complain(f"AWS refused: {error}", 1))
    except SystemExit as end:
        if end.code == CANCELLED:
            _complain("cancelled", CANCELLED)
        raise
