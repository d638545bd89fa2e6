"""The whole system as a user has it: the command, AWS's Glue kernel, PyAthena, a lake of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.glue.session import live_sessions
from runner.paths import REPORTS

STEDI = Path(sys.executable).with_name("stedi")


@dataclass(frozen=True)
class Outcome:
    """What one call of the command did."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Path:
        """The report folder of the run that ended last."""
        return (REPORTS / "latest").resolve()

    @property
    def run(self) -> dict:
        """Its run.json."""
        return json.loads((self.report / "run.json").read_text("utf-8"))


def stedi(*arguments: object, **environment: str) -> Outcome:
    """Run the command as a user does, and not in the project's own folder."""
    done = subprocess.run(
        [STEDI, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=tempfile.gettempdir(),
        env=os.environ | environment,
        timeout=600,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def begin(*arguments, **environment):
    """Start the command, and go on while it works."""
    return subprocess.Popen(
        [STEDI, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tempfile.gettempdir(),
        env=os.environ | environment,
        # Where the tests run in the background, the shell has them ignore what Ctrl-C sends.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def events_until(run, wanted, **values):
    """Read a run's events until one comes; gives it."""
    for line in run.stdout:
        event = json.loads(line)
        if event["event"] == wanted and all(event.get(name) == value for name, value in values.items()):
            return event
    raise AssertionError(f"no {wanted} {values}: {run.stderr.read()}")


def sessions(lake):
    """The Glue sessions of the project that live."""
    with use_profile(PROFILE, lake):
        return [session["Id"] for session in live_sessions()]


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake with its endpoint up, which the tests of a file share."""
    root = tmp_path_factory.mktemp("lake")
    started = stedi("up", "--lake", root)
    assert started.code == 0, started.err
    yield root
    stedi("down", "--lake", root)


def query(lake: Path, sql: str) -> list[list[str]]:
    """Ask Athena through the command; the rows without the header."""
    answer = stedi("query", "--csv", "--lake", lake, sql)
    assert answer.code == 0, answer.err
    return [line.split(",") for line in answer.out.splitlines()[1:]]


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
