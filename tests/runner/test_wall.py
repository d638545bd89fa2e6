"""The wall between the command and the local AWS: it asks a real account without that, and without what that needs."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws import profile as of_the_local_aws
from runner.local import PROFILE
from runner.paths import PROJECT
from tests.blocking import BLOCKED

COMMAND = [sys.executable, "-c", "from tests import blocking; blocking.block(); from runner.cli import main; main()"]


def stedi(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Call the command where none of the local packages can be imported."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **variables}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_whole_command_is_imported_without_the_local_aws():
    code = "from tests import blocking; blocking.block(); blocking.import_all('runner')"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["runs", "--help"], ["up", "--help"]])
def test_help_is_there_without_the_local_aws(arguments):
    done = stedi(*arguments)
    assert done.returncode == 0, done.stderr
    assert "Usage: stedi" in done.stdout


@pytest.mark.parametrize("arguments", [["run"], ["runs"], ["query", "select 1"], ["up"], ["down"]])
def test_the_local_profile_without_the_local_aws_is_one_line(arguments, tmp_path):
    done = stedi(*arguments, "--lake", str(tmp_path))
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2
    assert line.startswith("stedi: The profile stedi-local needs the local AWS, which is not installed here: ")
    assert "pip install ./local_aws" in line


def test_another_profile_is_asked_without_the_local_aws(lake, tmp_path):
    """The profile of another name leads to an endpoint too, so that no test asks a real account."""
    place = {name: Path(os.environ[name]) for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")}
    for name, path in place.items():
        (tmp_path / name).write_text(path.read_text("utf-8").replace(f"{PROFILE}]", "company]"), "utf-8")
    variables = {name: str(tmp_path / name) for name in place} | {"AWS_ACCESS_KEY_ID": "would win over a profile"}
    on_it = ["--profile", "company", "--bucket", lake.bucket]
    done = stedi("query", "select 7 as seven", "--csv", *on_it, **variables)
    assert (done.returncode, done.stdout) == (0, "seven\n7\n"), done.stderr
    done = stedi("runs", *on_it, **variables)
    assert done.returncode in (0, 2), done.stderr
    assert "Traceback" not in done.stderr


def test_one_file_of_the_product_knows_the_local_aws():
    files = [path for room in ("runner", "helpers") for path in (PROJECT / room).rglob("*.py")]
    knowing = [path.relative_to(PROJECT).as_posix() for path in files if imported(path) & BLOCKED - {"pyspark"}]
    assert knowing == ["runner/local.py"]
    assert not [path for path in (PROJECT / "runner").rglob("*.py") if imported(path) & {"pyspark", "awsglue"}]


def imported(path: Path) -> set[str]:
    """The packages that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_both_sides_say_the_same_name():
    assert of_the_local_aws.PROFILE == PROFILE
