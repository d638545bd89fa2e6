"""A run among other runs, stopped, resumed, out of time: nothing interleaves and nothing is left over."""

import json
import signal

import boto3
import pytest

from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.paths import SAMPLES
from tests.pipeline.conftest import (
    BUCKET,
    begin,
    complaint,
    events_until,
    query,
    sessions,
    stedi,
    table_files,
    wait_for,
)

pytestmark = pytest.mark.kernel
NOON = 1_680_000_000_000  # epoch ms
TRUTH = json.loads((SAMPLES / "truth.json").read_text("utf-8"))["expected"]["any_time"]["customer_and_time"]


def test_a_second_run_waits_and_a_third_that_may_not_wait_says_so(lake):
    first = begin("run", "--lake", lake, "--only", "01", "--json")
    run_id = events_until(first, "run_started")["run_id"]
    events_until(first, "work_started")
    second = begin("run", "--lake", lake, "--only", "01", "--json")
    waiting = events_until(second, "message")
    assert f"Run {run_id} is at work on this lake" in waiting["text"]
    line = complaint(stedi("run", "--lake", lake, "--only", "01", "--wait", "0"), 1)
    assert f"run {run_id} is at work on this lake" in line
    assert "--wait" in line
    for run in (first, second):
        _, err = run.communicate(timeout=200)
        assert run.returncode == 0, err
    after, before = (
        json.loads(path.read_text()) for path in reversed(sorted((lake / BUCKET).glob("runs/2*/_b*"))[-2:])
    )
    assert before["run_id"] == run_id
    assert after["steps"][0]["status"] == before["steps"][0]["status"] == "SUCCEEDED"
    first_record, second_record = (
        (lake / BUCKET / "runs" / run["run_id"] / "01_landing_tables.json").stat().st_mtime for run in (before, after)
    )
    released = (lake / BUCKET / "runs" / before["run_id"] / "_batch.json").stat().st_mtime
    assert first_record < released < second_record


def record_of(lake, run_id):
    """What the bucket knows of a run."""
    path = lake / BUCKET / "runs" / run_id / "_batch.json"
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def stopped(lake):
    """A whole run that got Ctrl-C in its second step: its id, exit code, output and error."""
    run = begin("run", "--lake", lake, "--json", "--set", "consent=any_time")
    run_id = events_until(run, "run_started")["run_id"]
    events_until(run, "cell", step="02_customer_landing_to_trusted", cell=8)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=120)
    assert sessions(lake) == []
    return run_id, run.returncode, out, err, record_of(lake, run_id)


@pytest.fixture(scope="module")
def resumed(lake, stopped):
    """The same run, resumed and so completed: what it said, and its document."""
    outcome = stedi("resume", stopped[0], "--lake", lake)
    assert outcome.code == 0, outcome.out + outcome.err
    return outcome.out, outcome.run


def test_a_run_that_is_asked_to_stop_says_how_to_go_on(lake, stopped):
    run_id, code, out, err, record = stopped
    assert code == 130, err
    assert err.strip() == "stedi: cancelled"
    last = json.loads(out.splitlines()[-1])
    assert (last["event"], last["status"]) == ("run_ended", "CANCELLED")
    assert f"stedi resume {run_id}" in out
    assert record["status"] == "CANCELLED"
    states = {step["name"]: step["status"] for step in record["steps"]}
    assert states["02_customer_landing_to_trusted"] == "CANCELLED"
    assert states["audit_privacy"] == "SKIPPED"
    assert record["steps"][1]["seconds"] > 0
    assert record["steps"][1]["cost"]["dpu_seconds"] > 0
    assert "CANCELLED" in next(line for line in stedi("runs", "--lake", lake).out.splitlines() if run_id in line)


@pytest.mark.deep
def test_a_resumed_run_skips_what_is_done_and_completes_every_table(lake, stopped, resumed):
    out, run = resumed
    assert run["run_id"] == stopped[0]
    assert run["attempt"] == 2
    assert out.count("done before, and unchanged since") == 1
    for table, rows in TRUTH["tables"].items():
        assert run["tables"][table] == rows, table
        assert query(lake, f"select count(*) from {table}") == [[str(rows)]], table


@pytest.mark.deep
def test_a_run_that_does_every_step_again_changes_nothing_and_says_so(lake, resumed):
    _, first = resumed
    before = table_files(lake)
    again = stedi("run", "--lake", lake, "--fresh", "--set", "consent=any_time")
    assert again.code == 0, again.out + again.err
    assert not [step["name"] for step in again.run["steps"] if "unchanged_since" in step]
    assert again.run["tables"] == first["tables"]
    assert table_files(lake) == before
    assert again.run["previous"]["run_id"] == first["run_id"]
    assert "Nothing: the same parameters and the same rows" in (again.report / "index.html").read_text("utf-8")


@pytest.mark.deep
def test_a_resumed_run_does_again_what_its_input_has_changed_for(lake):
    assert stedi("run", "--lake", lake, "--only", "02").code == 0
    again = stedi("resume", "--lake", lake)
    assert again.code == 0, again.err
    assert again.out.count("done before, and unchanged since") == 1
    with use_profile(PROFILE, lake):
        customer = {"email": "new@example.com", "serialNumber": "new", "shareWithResearchAsOfDate": NOON}
        body = json.dumps(customer | {"registrationDate": NOON, "lastUpdateDate": NOON}).encode()
        boto3.client("s3").put_object(Bucket=BUCKET, Key="customer/landing/new.json", Body=body)
    before = again.run["tables"]["customer_trusted"]
    try:
        changed = stedi("resume", "--lake", lake)
        assert changed.code == 0, changed.err
        assert "unchanged since" not in changed.out
        assert changed.run["tables"]["customer_trusted"] == before + 1
    finally:
        with use_profile(PROFILE, lake):
            boto3.client("s3").delete_object(Bucket=BUCKET, Key="customer/landing/new.json")


@pytest.mark.parametrize("minutes", ["0.01", "0.06"], ids=["while its session starts", "in a cell"])
def test_a_step_that_takes_too_long_fails_and_its_session_is_stopped(lake, minutes):
    outcome = stedi("run", "--lake", lake, "--only", "02", "--timeout", minutes)
    line = complaint(outcome, 1)
    assert f"02_customer_landing_to_trusted failed: it took longer than the {minutes} minutes" in line
    assert "--timeout" in line
    assert outcome.run["status"] == "FAILED"
    assert sessions(lake) == []


def test_what_does_not_exist_cannot_be_resumed(lake):
    assert "knows no run nobody" in complaint(stedi("resume", "nobody", "--lake", lake), 2)
    assert "no lake at" in complaint(stedi("runs", "--lake", lake / "nowhere"), 2)


@pytest.mark.deep
def test_isolated_notebooks_have_sessions_of_their_own_and_run_side_by_side(lake, resumed):
    run = begin("run", "--lake", lake, "--from", "07", "--isolated", "--json", "--set", "consent=any_time")
    run_id = events_until(run, "run_started")["run_id"]
    events_until(run, "step_started", step="08_explore_curated")  # before 07 has ended
    wait_for(lambda: any(f"{run_id}-07" in session for session in sessions(lake)))
    out, err = run.communicate(timeout=200)
    assert run.returncode == 0, err
    assert all(json.loads(line)["time"] for line in out.splitlines())
    ended = [json.loads(line)["step"] for line in out.splitlines() if '"step_ended"' in line]
    assert set(ended[:2]) == {"07_athena_checks", "08_explore_curated"}
    assert sessions(lake) == []
