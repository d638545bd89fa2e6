"""How notebooks are stored: `make notebooks` mends what JupyterLab and others left in them, `make lint` names it."""

import shutil
import subprocess

import nbformat
import pytest

from runner.paths import NOTEBOOKS, PROJECT

UUIDS = ["6f1c9a52-3b7e-4d18-9c0a-5e2f7b8d9a10", "6F1C9A52-3B7E-4D18-9C0A-5E2F7B8D9A11", "0" * 32]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """The project's room for notebooks, one of which was worked at in JupyterLab."""
    place = tmp_path_factory.mktemp("it's my check out")
    locks = [path.name for path in PROJECT.glob("requirements*.lock")]
    for name in ("Makefile", ".nbconvert.py", "pyproject.toml", *locks):
        shutil.copy(PROJECT / name, place)
    (place / "local_aws").mkdir()
    shutil.copy(PROJECT / "local_aws" / "pyproject.toml", place / "local_aws")
    shutil.copytree(NOTEBOOKS, place / "notebooks")
    (place / "helpers").symlink_to(PROJECT / "helpers")  # by which ruff tells the project's imports
    (place / ".venv").mkdir()  # links one by one: make would clear the folder that it takes for an old environment
    for name in ("bin", "lib", "pyvenv.cfg"):
        (place / ".venv" / name).symlink_to(PROJECT / ".venv" / name)
    for name in (".ready", ".ready-dev"):
        (place / ".venv" / name).touch()
    path = place / "notebooks" / "07_athena_checks.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for identity in UUIDS:
        cell = nbformat.v4.new_code_cell("1 + 1", id=identity, outputs=[nbformat.v4.new_output("stream", text="2")])
        notebook.cells.append(cell)
    nbformat.write(notebook, path)
    return place


def make(checkout, target):
    return subprocess.run(["make", target], cwd=checkout, capture_output=True, text=True, check=False)


def test_long_cell_ids_are_complained_of_and_shortened_the_same_way_every_time(checkout):
    path = checkout / "notebooks" / "07_athena_checks.ipynb"
    worked_at = path.read_text("utf-8")
    ids = []
    for _ in range(2):
        path.write_text(worked_at, "utf-8")
        complaint = make(checkout, "lint")
        assert complaint.returncode != 0
        assert "long cell ids in a notebook: make notebooks" in complaint.stderr
        assert make(checkout, "notebooks").returncode == 0
        ids.append([cell["id"] for cell in nbformat.read(path, as_version=4).cells])
    assert ids[0] == ids[1]
    old = [cell["id"] for cell in nbformat.read(NOTEBOOKS / path.name, as_version=4).cells]
    assert ids[0][: len(old)] == old
    added = ids[0][len(old) :]
    assert len(set(added)) == len(UUIDS)
    assert all(len(identity) == 8 and int(identity, 16) >= 0 for identity in added)
    for name in [path.name for path in NOTEBOOKS.glob("*.ipynb") if path.name != "07_athena_checks.ipynb"]:
        assert (checkout / "notebooks" / name).read_bytes() == (NOTEBOOKS / name).read_bytes()
