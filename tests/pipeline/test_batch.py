"""A run among other runs, and a run in trouble: nothing interleaves, nothing is left over, it can be resumed."""

import json
import os
import signal
import subprocess
from dataclasses import dataclass

import boto3
import pytest

from local_aws.endpoint import running
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.paths import PROJECT, SAMPLES
from runner.session import live_sessions
from tests.faults import FaultyNetwork
from tests.pipeline.conftest import STEDI, complaint, query, stedi

pytestmark = pytest.mark.kernel
BUCKET = "stedi-lakehouse"
NOON = 1_680_000_000_000  # epoch ms
TRUTH = json.loads((SAMPLES / "truth.json").read_text("utf-8"))["expected"]["at_collection"]["customer_and_time"]


def begin(*arguments, **environment):
    """Start the command, and go on while it works."""
    return subprocess.Popen(
        [STEDI, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=os.environ | environment,
        # Where the tests run in the background, the shell has them ignore what Ctrl-C sends.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def events_until(run, wanted, **values):
    """Read a run's events until one comes; gives it."""
    for line in run.stdout:
        event = json.loads(line)
        if event["event"] == wanted and all(event.get(name) == value for name, value in values.items()):
            return event
    raise AssertionError(f"no {wanted} {values}: {run.stderr.read()}")


def record_of(lake, run_id):
    """What the bucket knows of a run."""
    path = lake / BUCKET / "runs" / run_id / "_batch.json"
    return json.loads(path.read_text("utf-8"))


def sessions(lake):
    with use_profile(PROFILE, lake):
        return [session["Id"] for session in live_sessions()]


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


def test_a_run_that_is_asked_to_stop_can_be_resumed(lake):
    run = begin("run", "--lake", lake, "--json")
    run_id = events_until(run, "run_started")["run_id"]
    events_until(run, "cell", step="02_customer_landing_to_trusted", cell=8)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    assert err.strip() == "stedi: cancelled"
    last = json.loads(out.splitlines()[-1])
    assert (last["event"], last["status"]) == ("run_ended", "CANCELLED")
    assert f"stedi resume {run_id}" in out
    assert sessions(lake) == []
    record = record_of(lake, run_id)
    assert record["status"] == "CANCELLED"
    states = {step["name"]: step["status"] for step in record["steps"]}
    assert states["02_customer_landing_to_trusted"] == "CANCELLED"
    assert states["audit_privacy"] == "SKIPPED"
    assert "CANCELLED" in next(line for line in stedi("runs", "--lake", lake).out.splitlines() if run_id in line)
    resumed = stedi("resume", run_id, "--lake", lake)
    assert resumed.code == 0, resumed.err
    assert resumed.run["run_id"] == run_id
    assert resumed.run["attempt"] == 2
    assert resumed.out.count("done before, and unchanged since") == 1
    for table, rows in TRUTH["tables"].items():
        assert resumed.run["tables"][table] == rows, table


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


def test_a_step_that_takes_too_long_fails_and_its_session_is_stopped(lake):
    outcome = stedi("run", "--lake", lake, "--only", "02", "--timeout", "0.03")
    line = complaint(outcome, 1)
    assert "02_customer_landing_to_trusted failed: it took longer than the 0.03 minutes" in line
    assert "--timeout" in line
    assert outcome.run["status"] == "FAILED"
    assert sessions(lake) == []


def test_what_does_not_exist_cannot_be_resumed(lake):
    assert "knows no run nobody" in complaint(stedi("resume", "nobody", "--lake", lake), 2)
    assert "no lake at" in complaint(stedi("runs", "--lake", lake / "nowhere"), 2)


@dataclass(frozen=True)
class Far:
    """A lake at the other end of a faulty network, and the profile that leads there."""

    lake: object
    network: FaultyNetwork
    environment: dict

    def run(self, *arguments):
        return begin(*arguments, "--profile", "far", **self.environment)


@pytest.fixture
def far(lake, tmp_path):
    endpoint = running(lake)
    network = FaultyNetwork(endpoint.url)
    environment = endpoint.environment()
    config = tmp_path / "config"
    with open(environment["AWS_CONFIG_FILE"], encoding="utf-8") as near:
        text = near.read().replace(f"[profile {PROFILE}]", "[profile far]").replace(endpoint.url, network.url)
    config.write_text(text)
    secrets = tmp_path / "credentials"
    with open(environment["AWS_SHARED_CREDENTIALS_FILE"], encoding="utf-8") as near:
        secrets.write_text(near.read().replace(f"[{PROFILE}]", "[far]"))
    assert network.url in text
    yield Far(lake, network, {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(secrets)})
    network.close()


def test_throttling_is_tried_again(far):
    # More often than botocore itself tries again: five times of a request, in the command and in the kernel.
    far.network.refusals = {"CreateSession": 5, "RunStatement": 5}
    run = far.run("run", "--only", "02")
    out, err = run.communicate(timeout=200)
    assert run.returncode == 0, out + err
    assert out.count("ThrottlingException: trying again in") == 2
    assert far.network.refusals == {"CreateSession": 0, "RunStatement": 0}
    assert sessions(far.lake) == []


def test_throttling_that_does_not_end_fails_the_run(far):
    far.network.refusals = {"CreateSession": 1000}
    run = far.run("run", "--only", "02", "--retries", "1")
    out, err = run.communicate(timeout=200)
    assert run.returncode == 1, out + err
    assert "could not be created: An error occurred (ThrottlingException)" in err
    assert out.count("trying again") == 1


def test_a_lost_network_cancels_the_run_and_the_session_can_be_found_and_stopped(far):
    run = far.run("run", "--only", "02", "--json")
    run_id = events_until(run, "run_started")["run_id"]
    events_until(run, "cell", step="02_customer_landing_to_trusted", cell=8)
    far.network.cut = True
    out, err = run.communicate(timeout=300)
    assert run.returncode == 1, out + err
    assert "02_customer_landing_to_trusted was cancelled: AWS cannot be reached" in err
    assert len(err.strip().splitlines()) == 1
    assert "stedi clean-sessions --yes" in out
    assert json.loads(out.splitlines()[-1])["status"] == "CANCELLED"
    assert len(sessions(far.lake)) == 1
    holding = stedi("clean-sessions", "--lake", far.lake)
    assert run_id in holding.out
    assert "Nothing was changed" in holding.out
    assert "1 of 1 sessions stopped" in stedi("clean-sessions", "--lake", far.lake, "--yes").out
    assert sessions(far.lake) == []
    assert "No session is left over" in stedi("clean-sessions", "--lake", far.lake).out
    far.network.cut = False
    resumed = far.run("resume", run_id)
    out, err = resumed.communicate(timeout=200)
    assert resumed.returncode == 0, out + err


def test_isolated_notebooks_have_sessions_of_their_own_and_run_side_by_side(lake):
    assert stedi("run", "--lake", lake).code == 0
    run = begin("run", "--lake", lake, "--from", "07", "--isolated", "--json")
    run_id = events_until(run, "run_started")["run_id"]
    events_until(run, "step_started", step="08_explore_curated")  # before 07 has ended
    assert any(f"{run_id}-07" in session for session in sessions(lake))
    out, err = run.communicate(timeout=200)
    assert run.returncode == 0, err
    assert all(json.loads(line)["time"] for line in out.splitlines())
    ended = [json.loads(line)["step"] for line in out.splitlines() if '"step_ended"' in line]
    assert set(ended[:2]) == {"07_athena_checks", "08_explore_curated"}
    assert sessions(lake) == []


def test_tables_are_those_of_the_sample_after_all_that(lake):
    outcome = stedi("run", "--lake", lake)
    assert outcome.code == 0, outcome.err
    for table, rows in TRUTH["tables"].items():
        assert query(lake, f"select count(*) from {table}") == [[str(rows)]], table
