"""The whole system as a user has it: the command, AWS's Glue kernel, PyAthena, a lake of its own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from runner.paths import PROJECT, REPORTS
from runner.report.history import write_history

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


def stedi(*arguments: object) -> Outcome:
    """Run the command as a user does."""
    done = subprocess.run(
        [STEDI, *map(str, arguments)], capture_output=True, text=True, cwd=PROJECT, timeout=600, check=False
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def reports():
    """Remove the reports that the tests made, and leave the user's own."""
    before = {path.name for path in REPORTS.iterdir()}
    latest = os.readlink(REPORTS / "latest") if (REPORTS / "latest").is_symlink() else None
    yield REPORTS
    for path in REPORTS.iterdir():
        if path.name not in before and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
    (REPORTS / "latest").unlink(missing_ok=True)
    if latest:
        (REPORTS / "latest").symlink_to(latest)
    write_history(REPORTS)


@pytest.fixture(scope="session")
def lake(tmp_path_factory, reports):
    """A lake with its endpoint up, which the tests of a session share."""
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
