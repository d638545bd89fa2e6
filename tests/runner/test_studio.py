"""The notebooks in Glue Studio: ready to be run, and never over somebody's work."""

import hashlib
import json

import pytest

from runner.errors import UserError
from runner.pipeline.copies import SOURCE_SHA256
from runner.pipeline.studio import job_of, ready_notebook
from tests.runner.small_account import BUCKET, OUTPUTS, ROLE, stedi

NOTEBOOK = "studio/notebooks/stedi-06_machine_learning_curated.ipynb"


def test_what_somebody_saved_in_studio_is_overwritten_only_when_told_to(account):
    s3 = account.client("s3")
    stedi("deploy", "--bucket", BUCKET, "--studio", "--yes")
    assert "Put stedi" not in stedi("deploy", "--studio", "--yes")
    s3.put_object(Bucket=BUCKET, Key=NOTEBOOK, Body=b"my work")  # as Studio saves it, without metadata
    older = b"an older one of the project's"
    digest = {SOURCE_SHA256: hashlib.sha256(older).hexdigest()}
    other = NOTEBOOK.replace("06_machine_learning_curated", "02_customer_landing_to_trusted")
    s3.put_object(Bucket=BUCKET, Key=other, Body=older, Metadata=digest)
    with pytest.raises(UserError, match=f"changed in Glue Studio: {NOTEBOOK}.*aws s3 cp.*--overwrite"):
        stedi("deploy", "--studio", "--yes")
    assert s3.get_object(Bucket=BUCKET, Key=NOTEBOOK)["Body"].read() == b"my work"
    assert s3.get_object(Bucket=BUCKET, Key=other)["Body"].read() == older
    said = stedi("deploy", "--studio", "--overwrite", "--yes")
    assert said.count("Put stedi") == 2
    assert b"%extra_py_files" in s3.get_object(Bucket=BUCKET, Key=NOTEBOOK)["Body"].read()


def test_a_notebook_in_studio_has_its_session_and_its_bucket_already():
    notebook = json.loads(ready_notebook("01_landing_tables", OUTPUTS, "eu-central-1"))
    session, parameters = ("".join(one["source"]) for one in notebook["cells"][1:3])
    assert f"%extra_py_files s3://{BUCKET}/scripts/helpers.zip" in session
    assert "%region eu-central-1" in session
    assert f"%iam_role {ROLE}" in session
    assert f'bucket = "{BUCKET}"' in parameters
    assert 'workgroup = "stedi-pipeline"' in parameters
    assert 'database = "motion"' in parameters


def test_studio_lists_jobs_that_are_notebooks():
    job = job_of("n", OUTPUTS, "eu-central-1")
    assert job["JobMode"] == "NOTEBOOK"
    assert job["Command"]["ScriptLocation"] == f"s3://{BUCKET}/studio/scripts/n.py"
    assert job["DefaultArguments"]["--database"] == "motion"
