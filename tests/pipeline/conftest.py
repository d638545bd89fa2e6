"""The whole system as a user has it: the command, AWS's Glue kernel, PyAthena, a lake of its own."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from pyathena import connect

from helpers.tables import CURATED, REGISTER, TABLES, TRUSTED, tables_of
from local_aws import lifecycle
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.glue.session import WORKING, live_sessions
from runner.paths import REPORTS
from runner.query import AnyDate
from tests.pipeline.hung import last_words

STEDI = Path(sys.executable).with_name("stedi")
BUCKET = "stedi-lakehouse"
HUNG_SECONDS = 300.0
"""How long a command may take that is not watched: three times what the longest one does in CI."""
PUBLISHED = [TABLES[name] for name in tables_of(REGISTER, TRUSTED, CURATED)]
# Where the tests run in the background, the shell has them, and so what they begin, ignore what Ctrl-C sends.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Outcome:
    """What one call of the command did."""

    code: int
    out: str
    err: str
    report: Path = REPORTS / "latest"
    """The report folder of the run that ended last."""

    @property
    def run(self) -> dict:
        """Its run.json."""
        return json.loads((self.report / "run.json").read_text("utf-8"))


def stedi(*arguments: object, **environment: str) -> Outcome:
    """Run the command as a user does, and not in the project's own folder."""
    run = begin(*arguments, **environment)
    try:
        out, err = run.communicate(timeout=HUNG_SECONDS)
    except subprocess.TimeoutExpired:
        pytest.fail(f"{run.args} does not end: {last_words(run)}")
    latest = Path(environment.get("STEDI_REPORTS", REPORTS)) / "latest"
    return Outcome(run.returncode, out, err, latest.resolve())


def begin(*arguments, **environment):
    """Start the command, and go on while it works."""
    return subprocess.Popen(
        [STEDI, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tempfile.gettempdir(),
        env=os.environ | {"PYTHONFAULTHANDLER": "1"} | environment,
    )


def events_until(run, wanted, **values):
    """Read a run's events until one comes; gives it."""
    for line in run.stdout:
        event = json.loads(line)
        if event["event"] == wanted and all(event.get(name) == value for name, value in values.items()):
            return event
    raise AssertionError(f"no {wanted} {values}: {run.stderr.read()}")


def sessions(lake):
    """The Glue sessions of the project that live, and that nobody has stopped: to end takes one a while."""
    with use_profile(PROFILE, lake):
        return [session["Id"] for session in live_sessions() if session["Status"] in WORKING]


@contextmanager
def served(lake: Path) -> Iterator[Path]:
    """A lake while its endpoint is up; it ends with this process, however that ends."""
    with lifecycle.aws_for(lake):
        yield lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """An empty lake with its endpoint up, which the tests of a file share."""
    with served(tmp_path_factory.mktemp("lake")) as root:
        yield root


@dataclass(frozen=True)
class SampleRun:
    """The one whole run of the samples that all tests share, at rest: copied, never changed."""

    outcome: Outcome
    lake: Path

    def copy(self, place: Path) -> Path:
        """Its lake, for a test to change."""
        return shutil.copytree(self.lake, place, symlinks=True)


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory) -> SampleRun:
    """Made by the first process that asks; the others wait for it."""
    own = tmp_path_factory.getbasetemp()
    place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "sample-run"
    rooms = {f"STEDI_{room.upper()}": str(place / room) for room in ("reports", "state")}
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = place / "outcome.json"
        if not note.exists():
            done = stedi("run", "--lake", place / "lake", **rooms)
            note.write_text(json.dumps([done.code, done.out, done.err, str(done.report)]))
    code, out, err, report = json.loads(note.read_text())
    assert code == 0, out + err
    return SampleRun(Outcome(code, out, err, Path(report)), place / "lake")


@pytest.fixture(scope="module")
def sample_lake(sample_run, tmp_path_factory):
    """A lake after one whole run of the samples, with its endpoint up, which the tests of a file share."""
    with served(sample_run.copy(tmp_path_factory.mktemp("sample") / "lake")) as root:
        yield root


def table_files(lake: Path) -> list[str]:
    """Every file of the tables that a run makes."""
    folders = [lake / BUCKET / TABLES[name].prefix for name in tables_of(REGISTER, TRUSTED, CURATED)]
    return sorted(str(path) for folder in folders for path in folder.rglob("*") if path.is_file())


def query(lake: Path, sql: str) -> list[list[str]]:
    """Ask Athena; the rows as `stedi query --csv` prints them, without the header."""
    with use_profile(PROFILE, lake):
        place = {"s3_staging_dir": f"s3://{BUCKET}/athena/", "schema_name": "stedi"}
        connection = connect(region_name=boto3.Session().region_name, poll_interval=0.1, **place)
        rows = connection.cursor(converter=AnyDate()).execute(sql).fetchall()
    return [["" if value is None else str(value) for value in row] for row in rows]


def complaint(outcome, code):
    """The one line that a failed call says."""
    assert outcome.code == code, outcome.out + outcome.err
    lines = outcome.err.strip().splitlines()
    assert len(lines) == 1, outcome.err
    assert "Traceback" not in outcome.out + outcome.err
    return lines[0]


def wait_for(condition, seconds=120):
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)
