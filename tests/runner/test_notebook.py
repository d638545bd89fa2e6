"""Notebooks through their kernels: none knows what another has said, and one that ends too early says why."""

import shutil
import threading
import time

import boto3
import nbformat
import pytest
from jupyter_client.channels import HBChannel
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.publishing.objects import list_keys
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.errors import StepFailed
from runner.glue import kernels
from runner.glue.kernels import KernelQueue
from runner.glue.pool import SessionPool
from runner.paths import NOTEBOOKS
from runner.pipeline import parameters, scripts
from runner.run import notebook
from runner.run.notebook import execute_notebook

pytestmark = pytest.mark.kernel
BUCKET = "stedi-lakehouse"
PARAMETERS = f"run_id = 'nobody'\nbucket = '{BUCKET}'\nsecret = ''"
RECORD = """
import json, boto3
told = {"mine": secret, "stranger": globals().get("stranger")}
boto3.client("s3").put_object(Bucket=bucket, Key=f"runs/{run_id}/{step}.json", Body=json.dumps(told).encode())
"""


ENDINGS = {
    "sys_exit": ("import sys\nsys.exit(3)", r"cell 6 \(Work\) called sys\.exit\(3\): "),
    "glue_quit": ("quit()", r"cell 6 \(Work\) called sys\.exit\(0\) or quit\(\): "),
    "session_dies": ("import os\nos._exit(3)", r"the Glue session ended in cell 6 \(Work\): FAILED: .*exit code 3"),
    "python_exit": ("import sys\nsys.exit(0)", r"cell 5 \(Work\) called sys\.exit\(0\) or quit\(\): "),
    "python_quit": ("quit()", r"cell 5 \(Work\) called quit\(\) or exit\(\): "),
    "python_dies": ("import os\nos._exit(3)", r"its kernel ended in cell 5 \(Work\): exit code 3"),
    "python_killed": ("import os\nos.kill(os.getpid(), 9)", r"killed by signal 9 \(SIGKILL\), probably .* memory"),
    "dies_later": (
        "import os, threading\nthreading.Timer(0.3, os._exit, [3]).start()",
        r"the Glue session ended in cell 7 \(Work\): FAILED: .*exit code 3",
    ),
}
"""Step -> a cell that ends it, and what is said of that."""


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A folder of notebooks that the runner takes for its own."""
    shutil.copy(NOTEBOOKS / "01_landing_tables.ipynb", tmp_path)  # what the session is made from
    for module in (kernels, notebook, parameters):
        monkeypatch.setattr(module, "NOTEBOOKS", tmp_path)
    with use_profile(PROFILE, tmp_path / "lake"):
        scripts.ensure_bucket(BUCKET)
        scripts.upload_scripts(BUCKET)
        yield tmp_path


def write_step(room, step, cells, kernel=parameters.GLUE):
    """A step's notebook: the usual first cells, and these."""
    magics = parameters.tagged_cell("01_landing_tables", "session") if kernel == parameters.GLUE else "None"
    first = [
        new_code_cell(magics, metadata={"tags": ["session"]}),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
    ]
    kernelspec = {"name": kernel, "language": "python", "display_name": kernel}
    nbformat.write(new_notebook(cells=[*first, *cells], metadata={"kernelspec": kernelspec}), room / f"{step}.ipynb")


def execute(room, step, queue, pool, on_cell=lambda *_: None):
    """Run one step's notebook, as a batch does."""
    session = pool.take(step, lambda: None)
    given = {"bucket": BUCKET, "run_id": "run", "secret": f"for {step}"}
    target = room / "done {of}" / f"{step}.ipynb"
    try:
        record = execute_notebook(step, given, session, queue.take(step), target, on_cell)
        queue.give_back(step)
        return record
    finally:
        assert not [thread for thread in threading.enumerate() if isinstance(thread, HBChannel)]
        queue.end(step)
        pool.give_back(step)


def wait_for_the_end_before_cell_7(cell, _cells):
    """Between two cells, until the session is gone."""
    deadline = time.monotonic() + 30
    while cell == 7 and boto3.client("glue").get_session(Id="stedi-other")["Session"]["Status"] == "READY":
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    "isolated", [pytest.param(False, id="shared"), pytest.param(True, id="isolated", marks=pytest.mark.deep)]
)
def test_no_notebook_sees_the_variables_of_another(room, isolated):
    steps = ["one", "two"]
    for step in steps:
        tell, define = f"step = '{step}'\n{RECORD}", f"stranger = 'of {step}'\ndef helper():\n    return stranger"
        write_step(room, step, [new_code_cell(tell), new_code_cell(define)])
    with KernelQueue(steps, isolated) as queue, SessionPool("run", BUCKET, isolated, 1, print) as pool:
        pool.start()
        told = [execute(room, step, queue, pool) for step in steps]
        assert told == [{"mine": f"for {step}", "stranger": None} for step in steps]
        assert len(set(pool._lent.values())) == (2 if isolated else 1)


def test_a_notebook_that_ends_too_early_says_how_and_no_later_cell_runs(room):
    later = f"step = 'later'\n{RECORD}"
    for step, (cell, _) in ENDINGS.items():
        cells = [new_markdown_cell("## Work\nof the day"), new_code_cell(cell), new_code_cell("1"), new_code_cell("2")]
        kernel = "python3" if step.startswith("python") else parameters.GLUE
        write_step(room, step, [*cells, new_code_cell(later)], kernel)
    *steps, last = ENDINGS
    with KernelQueue(steps, False) as queue, SessionPool("run", BUCKET, False, 1, print) as pool:
        pool.start()
        for step in steps:
            with pytest.raises(StepFailed, match=ENDINGS[step][1]):
                execute(room, step, queue, pool)
    with KernelQueue([last], False) as queue, SessionPool("other", BUCKET, False, 1, print) as pool:
        pool.start()
        with pytest.raises(StepFailed, match=ENDINGS[last][1]):
            execute(room, last, queue, pool, wait_for_the_end_before_cell_7)
    made = {session["Id"] for session in boto3.client("glue").list_sessions()["Sessions"]}
    assert made == {"stedi-run", "stedi-other"}
    assert not list_keys(f"s3://{BUCKET}/runs/")
    cells = nbformat.read(room / "done {of}" / "session_dies.ipynb", as_version=4).cells
    assert [cell.metadata.get("papermill", {}).get("exception") for cell in cells[-4:]] == [True, None, None, None]
