"""An AWS that throttles, has no capacity or cannot be reached any more: tried again, failed or cancelled."""

import json
from contextlib import suppress
from dataclasses import dataclass

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws.lifecycle import running
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.paths import SAMPLES
from tests.faults import FaultyNetwork
from tests.pipeline.conftest import BUCKET, begin, events_until, sessions, stedi

pytestmark = pytest.mark.kernel


@dataclass(frozen=True)
class Far:
    """A lake at the other end of a faulty network, and the profile that leads there."""

    lake: object
    network: FaultyNetwork
    environment: dict

    def run(self, *arguments):
        """Begin a run of the samples, as one on an account is told of them."""
        told = ("--landing", SAMPLES, "--set", f"bucket={BUCKET}")
        return begin("run", *arguments, *told, "--profile", "far", **self.environment)


@pytest.fixture
def far(lake, tmp_path):
    endpoint = running(lake)
    with use_profile(PROFILE, lake), suppress(ClientError):  # it is there since the test before
        boto3.client("glue").create_database(DatabaseInput={"Name": "stedi"})
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


@pytest.mark.deep
def test_throttling_is_tried_again(far):
    # More often than botocore itself tries again: five times of a request, in the command and in the kernel.
    far.network.refusals = {"CreateSession": 5, "RunStatement": 5}
    run = far.run("--only", "01")
    out, err = run.communicate(timeout=200)
    assert run.returncode == 0, out + err
    assert out.count("ThrottlingException: trying again in") > out.count("01_landing_tables: ThrottlingException") > 0
    assert far.network.refusals == {"CreateSession": 0, "RunStatement": 0}
    assert sessions(far.lake) == []


@pytest.mark.parametrize("refusal", ["ThrottlingException", "ResourceNumberLimitExceededException"])
def test_a_refusal_that_does_not_end_fails_the_run(far, refusal):
    far.network.refusals, far.network.refusal = {"CreateSession": 1000}, refusal
    run = far.run("--only", "01", "--retries", "1")
    out, err = run.communicate(timeout=200)
    assert run.returncode == 1, out + err
    assert f"could not be created: An error occurred ({refusal})" in err
    assert out.count("trying again") == 1


@pytest.mark.deep
def test_a_lost_network_cancels_the_run_and_the_session_can_be_found_and_stopped(far):
    run = far.run("--only", "01", "--json")
    run_id = events_until(run, "run_started")["run_id"]
    events_until(run, "cell", step="01_landing_tables", cell=5)
    far.network.cut = True
    out, err = run.communicate(timeout=500)  # it takes four minutes, ten if each call waited as long as it usually may
    assert run.returncode == 1, out + err
    assert "01_landing_tables was cancelled: AWS cannot be reached" in err
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
    resumed = begin("resume", run_id, "--profile", "far", **far.environment)
    out, err = resumed.communicate(timeout=200)
    assert resumed.returncode == 0, out + err
