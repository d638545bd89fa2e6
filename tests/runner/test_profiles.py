"""A profile of a real account: whose credentials count, and what a run on it must be told."""

import boto3
import pytest

from runner.aws import use_profile
from runner.aws_errors import error_code, may_succeed_later
from runner.errors import UserError
from runner.run.commands import NONE, _source_of

ROLE = "glue_role_arn = arn:aws:iam::111122223333:role/glue"
CONFIG = f"""
[profile bare]
region = eu-central-1
{ROLE}
[profile own]
region = eu-central-1
{ROLE}
aws_access_key_id = AKIAOWN
aws_secret_access_key = own
"""


@pytest.fixture
def of_the_environment(tmp_path, monkeypatch):
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "environment")


@pytest.mark.parametrize(("profile", "key"), [("bare", "AKIAENVIRONMENT"), ("own", "AKIAOWN")])
def test_a_profile_without_credentials_takes_those_of_the_environment(of_the_environment, tmp_path, profile, key):
    """AWS SDKs and Tools Reference Guide, "Settings reference": what a build server gives by variables."""
    with use_profile(profile, tmp_path):
        assert boto3.DEFAULT_SESSION.get_credentials().access_key == key
        assert boto3.DEFAULT_SESSION.region_name == "eu-central-1"


def test_on_an_account_nothing_is_taken_for_granted(tmp_path):
    with pytest.raises(UserError, match="--set bucket=NAME"):
        _source_of(tmp_path, "own", [])
    with pytest.raises(UserError, match="--landing none"):
        _source_of(None, "own", ["bucket=mine"])
    assert _source_of(NONE, "own", ["bucket=mine"]) is None
    assert _source_of(tmp_path, "own", ["bucket=mine"]) == tmp_path


def test_what_glues_kernel_says_of_throttling_is_known():
    """The kernel prints the message alone."""
    assert error_code("Exception encountered while running statement: Rate exceeded") == "ThrottlingException"
    assert may_succeed_later("Rate exceeded")
    assert not may_succeed_later(
        "An error occurred (ConcurrentModificationException) when calling the UpdateTable operation"
    )
