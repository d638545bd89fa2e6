"""Two notebooks in one warm session, through AWS's own kernel: neither knows what the other has said."""

import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from local_aws.profile import PROFILE
from runner import kernels, notebook, parameters, scripts
from runner.aws import use_profile
from runner.kernel_queue import KernelQueue
from runner.notebook import execute_notebook
from runner.paths import NOTEBOOKS
from runner.session import TAGS
from runner.session_pool import SessionPool

pytestmark = pytest.mark.kernel
BUCKET = "stedi-lakehouse"
PARAMETERS = f"run_id = 'nobody'\nbucket = '{BUCKET}'\nsecret = ''"
RECORD = """
import json, boto3
told = {"mine": secret, "stranger": globals().get("stranger")}
boto3.client("s3").put_object(Bucket=bucket, Key=f"runs/{run_id}/{step}.json", Body=json.dumps(told).encode())
"""


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """Two notebooks that the runner takes for steps."""
    magics = parameters.tagged_cell("01_landing_tables", "session")
    for step in ("one", "two"):
        cells = [
            new_code_cell(magics, metadata={"tags": ["session"]}),
            new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
            new_code_cell(f"step = '{step}'\n{RECORD}"),
            new_code_cell("stranger = f'of {step}'\ndef helper():\n    return stranger"),
        ]
        kernelspec = {"name": kernels.GLUE, "language": "python", "display_name": "Glue PySpark"}
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernelspec}), tmp_path / f"{step}.ipynb")
    shutil.copy(NOTEBOOKS / "01_landing_tables.ipynb", tmp_path)  # what the session is made from
    for module in (kernels, notebook, parameters):
        monkeypatch.setattr(module, "NOTEBOOKS", tmp_path)
    return ["one", "two"]


@pytest.mark.parametrize("isolated", [False, True], ids=["shared", "isolated"])
def test_no_notebook_sees_the_variables_of_another(steps, tmp_path, isolated):
    with use_profile(PROFILE, tmp_path / "lake"):
        scripts.ensure_bucket(BUCKET)
        scripts.upload_scripts(BUCKET)
        kernels.install_kernels()
        with KernelQueue(steps, TAGS) as queue, SessionPool("run", BUCKET, isolated, 1, print) as pool:
            pool.start()
            told, sessions = [], []
            for step in steps:
                sessions.append(pool.take(step, lambda: None))
                given = {"bucket": BUCKET, "run_id": "run", "secret": f"for {step}"}
                target = tmp_path / "done" / f"{step}.ipynb"
                told.append(execute_notebook(step, given, sessions[-1], queue.take(step), target, lambda *_: None))
                queue.end(step)
                pool.give_back(step)
    assert told == [{"mine": f"for {step}", "stranger": None} for step in steps]
    assert len(set(sessions)) == (2 if isolated else 1)
