"""environment.yml: conda hands its pip section to pip, and the stedi command is there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from runner.paths import PROJECT


@pytest.fixture
def checkout(tmp_path):
    """The files that a conda environment is made of."""
    for name in ("environment.yml", "pyproject.toml", "README.md", "requirements-conda.lock"):
        shutil.copy(PROJECT / name, tmp_path)
    for name in ("helpers", "runner", "local_aws"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def pip_as_conda(checkout: Path, python: str, *further: str) -> subprocess.CompletedProcess:
    """Install the pip section of environment.yml as `conda env create` does (conda/env/installers/pip.py)."""
    dependencies = yaml.safe_load((checkout / "environment.yml").read_text("utf-8"))["dependencies"]
    lines = next(entry["pip"] for entry in dependencies if isinstance(entry, dict))
    file = checkout / "condaenv.abc123.requirements.txt"
    file.write_text("\n".join(lines), "utf-8")
    command = [python, "-m", "pip", "install", "-U", "-r", file, "--exists-action=b", *further]
    environment = os.environ | {"PIP_NO_COMPILE": "1"}  # one call needs a tenth of what would be compiled
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def test_pip_takes_the_section_and_would_install_the_project(checkout):
    offline = ["--dry-run", "--no-index", "--no-deps", "--no-build-isolation"]
    done = pip_as_conda(checkout, sys.executable, *offline)
    assert done.returncode == 0, done.stderr
    assert "Would install stedi-lakehouse" in done.stdout
    assert "stedi-local-aws" in done.stdout


def test_the_pins_are_those_of_the_locks():
    locks = [(PROJECT / name).read_text("utf-8") for name in ("requirements.lock", "requirements-dev.lock")]
    pins = {line.removesuffix("\\").rstrip() for lock in locks for line in lock.splitlines() if "--hash=" not in line}
    assert (PROJECT / "requirements-conda.lock").read_text("utf-8").splitlines() == sorted(pins)


@pytest.mark.deep
@pytest.mark.online
def test_a_fresh_environment_has_the_command(checkout):
    subprocess.run([sys.executable, "-m", "venv", checkout / "env"], check=True)
    done = pip_as_conda(checkout, str(checkout / "env" / "bin" / "python"))
    assert done.returncode == 0, done.stderr
    asked = subprocess.run(
        [checkout / "env" / "bin" / "stedi", "samples", "data"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    assert (checkout / "data" / "truth.json").is_file()
