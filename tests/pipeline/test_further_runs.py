"""Further runs on a lake on which the samples have been run: equal ones, failing ones, single steps, job scripts."""

import json
import os
import time

import pytest

from runner.paths import SAMPLES
from tests.pipeline.conftest import BUCKET, complaint, query, stedi, table_files
from tests.warm_jobs import WarmJobs

EXPECTED = json.loads((SAMPLES / "truth.json").read_text("utf-8"))["expected"]["at_collection"]

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
    person = json.loads((SAMPLES / "customer" / "landing" / "customer-0001.json").read_text("utf-8").splitlines()[0])
    leak.write_text(json.dumps({"Event": "SparkListenerJobStart", "Description": f"reading {person['email']}"}))
    os.utime(leak, (time.time() + 600,) * 2)  # as if it were written while the run is on
    try:
        outcome = stedi("run", "--lake", sample_lake, "--only", "07")
    finally:
        leak.unlink()
    line = complaint(outcome, 1)
    assert "audit_privacy failed: identity values of landing files stand in: sparkHistoryLogs/leak.json (" in line
    assert person["email"] not in line + (outcome.report / "index.html").read_text("utf-8")


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


def test_one_step_can_run_alone_under_another_policy_and_its_job_leads_back(sample_lake, jobs):
    changed = stedi("run", "--lake", sample_lake, "--only", "06", "--set", "match=time_only")
    assert changed.code == 0, changed.err
    expected = EXPECTED["time_only"]["tables"]["machine_learning_curated"]
    assert changed.run["tables"]["machine_learning_curated"] == expected
    assert query(sample_lake, "select count(*) from machine_learning_curated") == [[str(expected)]]
    assert jobs.run("machine_learning_curated.py", "--run_id", "job-back") == 0, jobs.said
    count = EXPECTED["customer_and_time"]["tables"]["machine_learning_curated"]
    assert query(sample_lake, "select count(*) from machine_learning_curated") == [[str(count)]]
