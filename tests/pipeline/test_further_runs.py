"""Further runs on a lake on which the samples have been run: equal ones, failing ones, single steps, job scripts."""

import json
import os
import re
import subprocess
import sys
import time

import pytest
from glue_job import job_environment

from local_aws.lifecycle import running
from runner.paths import JOBS, SAMPLES
from runner.pipeline.jobs import AUDIT
from runner.pipeline.scripts import zip_project
from tests.pipeline.conftest import BUCKET, complaint, query, stedi, table_files
from tests.warm_jobs import WarmJobs

EXPECTED = json.loads((SAMPLES / "truth.json").read_text("utf-8"))["expected"]["at_collection"]
PERSON = json.loads((SAMPLES / "customer" / "landing" / "customer-0001.json").read_text("utf-8").splitlines()[0])

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def published(sample_lake):
    """The files of the first run's tables."""
    return table_files(sample_lake)


def test_a_failing_step_is_named_and_later_steps_do_not_run(sample_lake, published):
    outcome = stedi("run", "--lake", sample_lake, "--from", "06", "--set", "participant_key=no-such-secret")
    line = complaint(outcome, 1)
    assert "06_machine_learning_curated failed: MissingSecret" in line
    assert "trying again" not in outcome.out
    assert "no-such-secret" in line
    assert [step["status"] for step in outcome.run["steps"]] == ["FAILED", "SKIPPED", "SKIPPED", "SKIPPED"]
    assert "no-such-secret" in (outcome.report / "index.html").read_text("utf-8")
    assert table_files(sample_lake) == published


def test_somebodys_name_in_an_event_log_fails_the_run(sample_lake):
    leak = sample_lake / BUCKET / "sparkHistoryLogs" / "leak.json"
    leak.write_text(json.dumps({"Event": "SparkListenerJobStart", "Description": f"reading {PERSON['email']}"}))
    os.utime(leak, (time.time() + 600,) * 2)  # as if it were written while the run is on
    try:
        outcome = stedi("run", "--lake", sample_lake, "--only", "07")
    finally:
        leak.unlink()
    line = complaint(outcome, 1)
    assert "audit_privacy failed: identity values of landing files stand in: sparkHistoryLogs/leak.json (" in line
    assert PERSON["email"] not in line + (outcome.report / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def jobs(sample_lake, tmp_path_factory):
    """Job scripts, with the helpers that the run has put into the bucket."""
    helpers = sample_lake / BUCKET / "scripts" / "helpers.zip"
    with WarmJobs(sample_lake, tmp_path_factory.mktemp("jobs"), helpers) as warm:
        yield warm


@pytest.mark.parametrize("script", ["customer_landing_to_trusted.py", "machine_learning_curated.py"])
def test_a_job_script_arrives_at_the_tables_of_its_notebook(sample_lake, published, jobs, script):
    before = len(jobs.said)
    assert jobs.run(script, "--run_id", "a-job") == 0, jobs.said
    assert "unchanged; the published version stays" in jobs.said[before:]
    assert table_files(sample_lake) == published


@pytest.fixture
def audit(sample_lake, tmp_path):
    """A function that runs the job of the privacy audit, with the package that a deployment keeps in the bucket."""
    package = tmp_path / "project.zip"
    package.write_bytes(zip_project())
    endpoint = running(sample_lake)
    environment = job_environment(endpoint.lake, endpoint.environment(), tmp_path)
    environment["PYTHONPATH"] = os.pathsep.join([str(package), environment["PYTHONPATH"]])

    def run(run_id):
        arguments = ["--JOB_NAME", "audit", "--bucket", BUCKET, "--database", "stedi", "--run_id", run_id]
        command = [sys.executable, JOBS / AUDIT, *arguments]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def test_the_audits_job_looks_through_what_the_jobs_have_made(sample_lake, sample_run, audit):
    run_id = sample_run.outcome.run["run_id"]
    code, said = audit(run_id)
    assert code == 0, said
    assert re.search(r"none of [\d,]+ identity values found in \d+ places", said)
    leak = sample_lake / BUCKET / "runs" / run_id / "leak.json"
    leak.write_text(json.dumps({"reason": f"read {PERSON['email']}"}))
    try:
        code, said = audit(run_id)
    finally:
        leak.unlink()
    assert code == 1
    assert f"identity values of landing files stand in: runs/{run_id}/leak.json (" in said
    assert PERSON["email"] not in said
    assert "there is no record under s3://stedi-lakehouse/runs/nobodys/" in audit("nobodys")[1]


def test_one_step_can_run_alone_under_another_policy_and_its_job_leads_back(sample_lake, jobs):
    changed = stedi("run", "--lake", sample_lake, "--only", "06", "--set", "match=time_only")
    assert changed.code == 0, changed.err
    expected = EXPECTED["time_only"]["tables"]["machine_learning_curated"]
    assert changed.run["tables"]["machine_learning_curated"] == expected
    assert query(sample_lake, "select count(*) from machine_learning_curated") == [[str(expected)]]
    assert jobs.run("machine_learning_curated.py", "--run_id", "job-back") == 0, jobs.said
    count = EXPECTED["customer_and_time"]["tables"]["machine_learning_curated"]
    assert query(sample_lake, "select count(*) from machine_learning_curated") == [[str(count)]]
