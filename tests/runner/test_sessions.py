"""A Glue session as the runner makes, stops and awaits it."""

import boto3
import pytest

from local_aws.lake import Lake
from local_aws.profile import PROFILE
from local_aws.unkind import Unkind, write_unkind
from runner.aws import use_profile
from runner.errors import StepFailed
from runner.glue.pool import SessionPool
from runner.glue.session import await_end, live_sessions, stop_session, why_ended
from runner.pipeline.scripts import upload_scripts

STEP = "06_machine_learning_curated"


@pytest.fixture
def lake(tmp_path):
    with use_profile(PROFILE, tmp_path / "lake"):
        boto3.client("s3").create_bucket(Bucket="sessions-of-a-run")
        upload_scripts("sessions-of-a-run")
        yield Lake(tmp_path / "lake")


def pool(run_id):
    return SessionPool(run_id, "sessions-of-a-run", False, 1, print)


def test_a_session_that_is_stopping_still_counts(lake):
    with pool("one") as sessions:
        sessions.start()
    assert [session["Status"] for session in live_sessions("one")] in (["STOPPING"], [])
    assert stop_session("stedi-one") is None  # it ends already
    assert stop_session("stedi-none") is None  # there is none
    assert await_end("stedi-one")["Status"] == "STOPPED"
    assert live_sessions("one") == []
    assert why_ended("stedi-one").startswith("STOPPED")


def test_what_a_session_cost_is_known_when_it_is_gone(lake):
    with pool("one") as sessions:
        sessions.start()
    estimate = sessions.dpu_seconds
    sessions.await_ends()
    assert sessions.dpu_seconds >= estimate > 0
    assert sessions.used == set()  # no notebook came to have it, so that nobody waits for its log


def test_a_session_that_may_not_be_stopped_is_told_at_once(lake, capsys):
    with pool("one") as sessions:
        sessions.start()
        write_unkind(lake, Unkind(deny=("glue:StopSession",)))
    assert "stedi-one could not be stopped (An error occurred (AccessDeniedException)" in capsys.readouterr().out
    write_unkind(lake, Unkind())


def test_where_there_is_no_capacity_the_next_try_has_a_name_of_its_own(lake):
    write_unkind(lake, Unkind(sessions=0))
    with pool("one") as sessions:
        with pytest.raises(StepFailed, match="ResourceNumberLimitExceededException"):
            sessions.start()
        write_unkind(lake, Unkind())
        sessions.start()
        assert [session["Id"] for session in live_sessions("one")] == ["stedi-one-1-2"]
