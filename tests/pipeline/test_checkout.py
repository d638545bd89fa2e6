"""A checkout of its own, in a folder with an awkward name: make, and everything that it starts, work there."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest

from runner.paths import PROJECT, SAMPLES
from tests.first_names import FIRST_NAMES

pytestmark = [pytest.mark.kernel, pytest.mark.deep]
NAMES = sorted({*FIRST_NAMES, "Max", "May", "Report", "Kept", "Wen"})
CHECKOUT = 'it\'s my "check" out of $HOME, #1 100% [x]{y}*? \\ ü'
NOON = 1_680_000_000_000  # epoch ms


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home directory with a checkout in it, and landing files of which every customer bears an everyday name."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(SAMPLES, home / "it's my $data")
    lines = [json.dumps(_customer(number, name)) for number, name in enumerate(NAMES)]
    (home / "it's my $data" / "customer" / "landing" / "names.json").write_text("\n".join(lines), "utf-8")
    checkout = home / CHECKOUT
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, files):
        if (PROJECT / name).exists():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, checkout / name)
    _set_up(checkout)
    return home


def _customer(number: int, name: str) -> dict:
    times = {"registrationDate": NOON, "lastUpdateDate": NOON}
    return {"customerName": name, "email": f"c{number}@example.com", "serialNumber": f"serial-{number}"} | times


def _set_up(checkout: Path) -> None:
    """What make does for tests, with packages that are there already: none is downloaded or built."""
    venv = checkout / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    place = next((venv / "lib").glob("python*/site-packages"))
    shutil.copytree(sysconfig.get_path("purelib"), place, copy_function=_link, dirs_exist_ok=True, symlinks=True)
    for editable in place.glob("*stedi*"):  # the checkout of whoever runs these tests
        shutil.rmtree(editable) if editable.is_dir() else editable.unlink()
    subprocess.run(["make", ".venv/bin/stedi"], cwd=checkout, check=True, capture_output=True)
    for name in (".ready", ".ready-dev"):
        (venv / name).touch()


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def make(home, *arguments):
    """Call make in the checkout as a user of a shell that leaves ~ to the command."""
    return call(home, "make", "--no-print-directory", *arguments)


def call(home, *command):
    """Call a command in the checkout, with none of the rooms that the tests themselves have."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("STEDI_", "MAKE"))}
    environment["HOME"] = str(home)
    return subprocess.run(command, cwd=home / CHECKOUT, env=environment, capture_output=True, text=True, check=False)


def test_make_run_works_in_a_folder_with_any_name_and_takes_nobody_for_an_everyday_word(home):
    checkout = home / CHECKOUT
    path = checkout / "notebooks" / "08_explore_curated.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("A note.", id="6f1c9a52-3b7e-4d18-9c0a-5e2f7b8d9a10"))
    nbformat.write(notebook, path)
    run = make(home, "run", "LANDING=~/it's my $data", "SET=consent=any_time  match=time_only")
    assert run.returncode == 0, run.stdout + run.stderr
    document = json.loads((checkout / "reports" / "latest" / "run.json").read_text("utf-8"))
    assert document["status"] == "SUCCEEDED"
    assert (document["parameters"]["consent"], document["parameters"]["match"]) == ("any_time", "time_only")
    assert (checkout / "lake" / "stedi-lakehouse" / "customer" / "landing" / "names.json").is_file()
    assert document["steps"][1]["rows"]["read"] > len(NAMES)
    query = "select count(*) from machine_learning_curated"
    answer = call(home, checkout / ".venv" / "bin" / "stedi", "query", "--csv", query)
    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout.split()[1]) == document["tables"]["machine_learning_curated"] > 0


def test_make_test_works_in_a_folder_with_any_name(home):
    done = make(home, "test", "ARGS=-k 'cost or schedule' tests/runner/test_cost.py tests/runner/test_schedule.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout or "[100%]" in done.stdout
