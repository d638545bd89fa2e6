"""The states of a session, with a stand-in for its process."""

import time
from collections.abc import Callable, Iterator
from multiprocessing import Pipe

import pytest

from local_aws.errors import AwsError
from local_aws.glue.sessions import session as module
from local_aws.glue.sessions.channel import Channel
from local_aws.glue.sessions.request import parse_request
from local_aws.glue.sessions.session import Session

REQUEST = {"Id": "s", "Role": "arn:aws:iam::123456789012:role/r", "Command": {"Name": "glueetl"}}


class StandIn:
    """A process whose messages the test writes by hand."""

    def __init__(self):
        ours, theirs = Pipe()
        self.channel, self.worker = Channel(ours), Channel(theirs)
        self.killed = False

    def end(self) -> int:
        self.channel.close()
        return 9

    def clear_away(self) -> None:
        pass

    def kill(self) -> None:
        self.killed = True
        self.worker.close()


@pytest.fixture
def process() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.worker.close()


@pytest.fixture
def session(process: StandIn) -> Iterator[Session]:
    started = Session(parse_request(REQUEST), lambda: process)
    yield started
    started.join(0)


def reach(session: Session, *states: str) -> None:
    session.wait(lambda: session.status in states, 5)
    assert session.status in states


def ready(session: Session, process: StandIn) -> None:
    process.worker.send({"kind": "ready"})
    reach(session, "READY")


def done(process: StandIn, number: int, status: str = "ok", cancelled: bool = False) -> None:
    process.worker.send({"kind": "done", "id": number, "cancelled": cancelled, "output": {"Status": status}})


def test_a_statement_waits_runs_and_is_available(session: Session, process: StandIn):
    ready(session, process)
    statement = session.run("1")
    assert statement.state == "WAITING"
    assert process.worker.receive(5) == {"kind": "run", "id": 0, "code": "1"}
    process.worker.send({"kind": "running", "id": 0})
    session.wait(lambda: statement.state == "RUNNING", 5)
    done(process, 0)
    session.wait(lambda: statement.final, 5)
    assert (statement.state, statement.to_aws()["Progress"]) == ("AVAILABLE", 1.0)


def test_a_session_that_cannot_start_says_why(session: Session, process: StandIn):
    process.worker.send({"kind": "failed", "message": "no such zip"})
    process.kill()
    reach(session, "FAILED")
    assert session.to_aws()["ErrorMessage"] == "no such zip"


def test_a_lost_process_fails_the_session_and_its_statements(session: Session, process: StandIn):
    ready(session, process)
    running, waiting = session.run("1"), session.run("2")
    process.kill()
    reach(session, "FAILED")
    assert "exit code 9" in session.to_aws()["ErrorMessage"]
    assert [running.state, waiting.state] == ["ERROR", "ERROR"]
    with pytest.raises(AwsError, match="status=FAILED") as refused:
        session.run("3")
    assert refused.value.code == "IllegalSessionStateException"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (3, "ended with exit code 3"),
        (-9, "was killed by signal 9 (SIGKILL): probably there was not enough memory"),
        (-15, "was killed by signal 15 (SIGTERM);"),
        (-64, "was killed by signal 64"),
        (None, "does not answer"),
    ],
)
def test_a_lost_process_tells_how_it_ended(session: Session, process: StandIn, code: int | None, told: str):
    ready(session, process)
    statement = session.run("1")
    process.end = lambda: code
    process.kill()
    reach(session, "FAILED")
    assert told in session.to_aws()["ErrorMessage"]
    assert statement.output["ErrorName"] == "SessionEnded"
    assert statement.output["ErrorValue"] == session.to_aws()["ErrorMessage"]


def test_cancelling(session: Session, process: StandIn):
    ready(session, process)
    running, waiting, finished = session.run("1"), session.run("2"), session.run("3")
    process.worker.send({"kind": "running", "id": 0})
    session.wait(lambda: running.state == "RUNNING", 5)
    session.cancel(0)
    session.cancel(1)
    assert (running.state, waiting.state) == ("CANCELLING", "CANCELLED")
    done(process, 0, "error", cancelled=True)
    done(process, 2)
    session.wait(lambda: finished.final, 5)
    session.cancel(2)
    assert (running.state, finished.state) == ("CANCELLED", "AVAILABLE")


def test_a_statement_that_ended_before_its_cancellation_is_available(session: Session, process: StandIn):
    ready(session, process)
    statement = session.run("1")
    done(process, 0, "ok", cancelled=True)
    session.wait(lambda: statement.final, 5)
    assert statement.state == "AVAILABLE"


def test_stopping_breaks_the_running_statement_off(session: Session, process: StandIn):
    ready(session, process)
    statement = session.run("1")
    session.stop()
    assert session.status == "STOPPING"
    kinds = [process.worker.receive(5)["kind"] for _ in range(3)]
    assert kinds == ["run", "cancel", "stop"]
    process.kill()
    reach(session, "STOPPED")
    assert statement.state == "CANCELLED"
    with pytest.raises(AwsError, match="STOPPED"):
        session.stop()


def test_a_session_that_does_not_stop_is_killed(session: Session, process: StandIn, monkeypatch: pytest.MonkeyPatch):
    ready(session, process)
    monkeypatch.setattr(module, "STOP_SECONDS", 0.1)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.1)
    session.run("1")
    done(process, 0)
    session.stop()
    reach(session, "STOPPED")
    assert process.killed


@pytest.mark.parametrize(("limit", "busy"), [("IdleTimeout", False), ("Timeout", True)])
def test_time_is_up(process: StandIn, monkeypatch: pytest.MonkeyPatch, limit: str, busy: bool):
    monkeypatch.setattr(module, "MINUTE", 0.3)
    monkeypatch.setattr(module, "STOP_SECONDS", 0.1)
    session = Session(parse_request(REQUEST | {limit: 1}), lambda: process)
    ready(session, process)
    if busy:
        session.run("1")
    reach(session, "TIMEOUT")
    with pytest.raises(AwsError, match="status=TIMEOUT") as refused:
        session.run("2")
    assert refused.value.code == "InvalidInputException"
    session.join(1)


def test_a_long_statement_is_not_idle(process: StandIn, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MINUTE", 0.2)
    session = Session(parse_request(REQUEST | {"IdleTimeout": 1}), lambda: process)
    ready(session, process)
    session.run("1")
    time.sleep(0.5)
    assert session.status == "READY"
    session.close()
    process.kill()
    session.join(1)


def test_a_process_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch):
    def refuse() -> StandIn:
        raise OSError(28, "No space left on device")

    launch: Callable[[], StandIn] = refuse
    session = Session(parse_request(REQUEST), launch)
    reach(session, "FAILED")
    assert "No space left" in session.to_aws()["ErrorMessage"]
