"""One Glue session: how it is created, made ready, found by its tag, and stopped."""

import time
from collections.abc import Callable

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from runner.aws_errors import error_code, find, is_denied
from runner.errors import StepFailed, UserError
from runner.pipeline.engine import TAGS, engine, session_magics

WORKING = ("PROVISIONING", "READY")
"""States of a session that takes statements, or will."""
ALIVE = (*WORKING, "STOPPING")
"""States of one that bills, and may still write."""
READY_WITHIN = 300
"""Seconds that a session may take to start; on AWS about half a minute is usual."""
STOP_WITHIN = 30
"""Seconds for which an AWS that cannot be reached, or refuses, is asked again to stop a session."""
GONE_WITHIN = 60.0
"""Seconds that a session may take to stop."""
HASTE = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})

FORGET = """
from pyspark.sql import SparkSession as _spark
_spark.builder.getOrCreate().catalog.clearCache()
_stedi_before = globals().get("_stedi_before") or {"_stedi_before", *globals()}
for _name in set(globals()) - _stedi_before:
    del globals()[_name]
"""
"""Runs before each notebook, so that none sees the variables of the one before; the first finds what it leaves be."""


def named_role() -> str | None:
    """The role that the AWS profile names as ``glue_role_arn``, where the Glue kernel looks too."""
    profile = boto3.Session()._session.get_scoped_config()
    return profile.get("glue_role_arn") or profile.get("glue_iam_role")


def role_arn() -> str:
    """The role that the session runs as; UserError where the profile names none."""
    role = named_role()
    if not role:
        raise UserError(
            f"The AWS profile {boto3.Session().profile_name!r} names no Glue role: "
            "add a line glue_role_arn = arn:aws:iam::ACCOUNT:role/NAME to it in your AWS config file."
        )
    return role


def session_tags() -> dict[str, str]:
    """The project's tag, and whose session it is: policies let nobody else run statements in it.

    Source: AWS Glue Developer Guide, "Interactive sessions with IAM" (tag ``owner``).
    """
    return TAGS | {"owner": boto3.client("sts").get_caller_identity()["UserId"]}


def create_session(identity: str, run_id: str, bucket: str) -> None:
    """Ask for a session; it becomes ready in its own time (`await_session`). StepFailed if AWS refuses."""
    magics = session_magics()
    try:
        boto3.client("glue").create_session(
            Id=identity,
            Role=role_arn(),
            IdleTimeout=int(magics["idle_timeout"]),
            Timeout=int(magics["timeout"]),
            Tags=session_tags() | {"run_id": run_id},
            **engine(bucket, boto3.Session().region_name),
        )
    except ClientError as error:
        raise StepFailed(f"the Glue session could not be created: {error}") from error


def await_session(identity: str, go_on: Callable[[], None]) -> None:
    """Wait until a session is ready; StepFailed if it ends instead, or takes too long.

    Meanwhile ``go_on`` is called, which raises where nobody waits any more.
    """
    glue, began = boto3.client("glue"), time.monotonic()
    while (session := glue.get_session(Id=identity)["Session"])["Status"] != "READY":
        if session["Status"] != "PROVISIONING":
            raise StepFailed(f"the Glue session is {_state(session)}")
        waited = time.monotonic() - began
        if waited > READY_WITHIN:
            raise StepFailed(f"the Glue session was not ready within {READY_WITHIN} s")
        go_on()
        time.sleep(min(1.0, 0.1 + waited / 10))  # an account's calls are counted


def why_ended(identity: str) -> str | None:
    """How and why a session ended, such as ``FAILED: …``, in AWS's own words; None where it lives."""
    session = boto3.client("glue", config=HASTE).get_session(Id=identity)["Session"]
    return None if session["Status"] in WORKING else _state(session)


def _state(session: dict) -> str:
    return f"{session['Status']}: {session.get('ErrorMessage') or 'no reason given'}"


def live_sessions(run_id: str | None = None) -> list[dict]:
    """The project's sessions that live and so bill, of one run or of all, as GetSession describes them."""
    tags, sessions, token = TAGS | ({"run_id": run_id} if run_id else {}), [], {}
    while True:
        page = boto3.client("glue", config=HASTE).list_sessions(Tags=tags, **token)
        sessions += page.get("Sessions", [])
        if not page.get("NextToken"):
            return [session for session in sessions if session["Status"] in ALIVE]
        token = {"NextToken": page["NextToken"]}


def cancel_statements(identity: str) -> None:
    """Cancel what a session is doing; a session that is gone does nothing."""
    glue = boto3.client("glue", config=HASTE)
    try:
        for statement in glue.list_statements(SessionId=identity).get("Statements", []):
            if statement["State"] in ("WAITING", "RUNNING"):
                glue.cancel_statement(SessionId=identity, Id=statement["Id"])
    except (ClientError, BotoCoreError):
        return  # stopping the session, which follows, cancels them as well


def stop_session(identity: str) -> str | None:
    """Stop a session, which takes it a while (`await_end`); gives why it could not be asked, None where it ends.

    Where AWS cannot be reached, or refuses to stop a session that lives, it is asked again for a while, since a
    forgotten session bills.
    """
    glue, deadline = boto3.client("glue", config=HASTE), time.monotonic() + STOP_WITHIN
    while True:
        try:
            glue.stop_session(Id=identity)
            return None
        except (ClientError, BotoCoreError) as error:
            if not _bills_on(identity):
                return None
            if time.monotonic() > deadline or is_denied(error):
                return str(error)
            time.sleep(1)


def _bills_on(identity: str) -> bool:
    """Whether a session that AWS refused to stop goes on; where AWS does not say, it may."""
    try:
        return boto3.client("glue", config=HASTE).get_session(Id=identity)["Session"]["Status"] in WORKING
    except ClientError as error:
        return error_code(error) != "EntityNotFoundException"
    except BotoCoreError:
        return True


def await_end(identity: str) -> dict:
    """Wait until a session that was stopped is gone, and so writes no more; gives it as GetSession describes it.

    One whose creation was refused has never been: it is an empty dictionary. StepFailed if it does not end.
    """
    deadline = time.monotonic() + GONE_WITHIN
    while (session := find("glue", "get_session", Id=identity).get("Session", {})).get("Status") in ALIVE:
        if time.monotonic() > deadline:
            raise StepFailed(f"the Glue session {identity} does not end: it is {session['Status']}")
        time.sleep(0.2)
    return session


def dpus(session: dict) -> float:
    """The data processing units of a session (AWS Glue, "Configuring job properties": four vCPUs are one)."""
    if session.get("MaxCapacity"):
        return float(session["MaxCapacity"])
    size = session.get("WorkerType", "G.1X").rpartition(".")[2].removesuffix("X")
    return float(session.get("NumberOfWorkers", 2)) * (float(size) if size.isdecimal() else 1.0)
