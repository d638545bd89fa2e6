"""environment.yml: conda hands its pip section to pip, and the stedi command is there."""

import shutil
import subprocess
import sys
import sysconfig

import pytest
import yaml

from runner.paths import PROJECT


@pytest.mark.deep
def test_an_environment_has_the_command(tmp_path):
    """As `conda env create` installs the pip section (conda/env/installers/pip.py).

    What it pins is here already, and so is known to fit together: pip has only the project left to install.
    """
    for name in ("environment.yml", "pyproject.toml", "README.md", "requirements-conda.lock"):
        shutil.copy(PROJECT / name, tmp_path)
    for name in ("helpers", "runner", "local_aws"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    dependencies = yaml.safe_load((tmp_path / "environment.yml").read_text("utf-8"))["dependencies"]
    section = next(entry["pip"] for entry in dependencies if isinstance(entry, dict))
    (tmp_path / "condaenv.abc123.requirements.txt").write_text("\n".join(section), "utf-8")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    (packages,) = tmp_path.glob("env/lib/python*/site-packages")
    (packages / "pins.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    pip = ["env/bin/python", "-m", "pip", "install", "-U", "-r", "condaenv.abc123.requirements.txt"]
    offline = ["--exists-action=b", "--no-index", "--no-build-isolation"]
    for command in ([*pip, *offline], ["env/bin/stedi", "samples", "data"]):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "data" / "truth.json").is_file()


def test_the_pins_are_those_of_the_locks():
    locks = [(PROJECT / name).read_text("utf-8") for name in ("requirements.lock", "requirements-dev.lock")]
    pins = {line.removesuffix("\\").rstrip() for lock in locks for line in lock.splitlines() if "--hash=" not in line}
    assert (PROJECT / "requirements-conda.lock").read_text("utf-8").splitlines() == sorted(pins)
