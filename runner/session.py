"""One warm Glue session for a whole batch: sessions cost half a minute each, so the notebooks share one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import StepFailed, UserError
from runner.parameters import tagged_cell
from runner.scripts import HELPERS_KEY

READY_WITHIN = 300
"""Seconds that a session may take to start; on AWS about half a minute is usual."""

REMEMBER = "_stedi_before = set(globals())"
FORGET = """
from pyspark.sql import SparkSession as _spark
_spark.builder.getOrCreate().catalog.clearCache()
for _name in set(globals()) - _stedi_before - {"_stedi_before"}:
    del globals()[_name]
"""
"""Runs before each notebook, so that none sees the variables of the one before."""


def session_magics() -> dict[str, str]:
    """The session magics of the notebooks, which are the same in all, such as ``{"worker_type": "G.1X"}``."""
    source = tagged_cell("01_landing_tables", "session")
    return dict(line.removeprefix("%").split(maxsplit=1) for line in source.splitlines() if line.startswith("%"))


def role_arn() -> str:
    """The role that the session runs as: ``glue_role_arn`` in the AWS profile, where the Glue kernel looks too.

    Raises
    ------
    UserError
        If the profile names none.
    """
    profile = boto3.Session()._session.get_scoped_config()
    role = profile.get("glue_role_arn") or profile.get("glue_iam_role")
    if not role:
        raise UserError(
            f"The AWS profile {boto3.Session().profile_name!r} names no Glue role: "
            "add a line glue_role_arn = arn:aws:iam::ACCOUNT:role/NAME to it in your AWS config file."
        )
    return role


def session_id(run_id: str) -> str:
    """The id of the session that a batch works in."""
    return f"stedi-{run_id}"


@contextmanager
def warm_session(run_id: str, bucket: str) -> Iterator[str]:
    """A Glue session for the length of a batch; it is stopped however the batch ends.

    Yields
    ------
    str
        The session's id.

    Raises
    ------
    StepFailed
        If the session cannot be created or does not become ready.
    """
    glue, magics, identity = boto3.client("glue"), session_magics(), session_id(run_id)
    try:
        glue.create_session(
            Id=identity,
            Role=role_arn(),
            Command={"Name": "glueetl", "PythonVersion": "3"},
            GlueVersion=magics["glue_version"],
            WorkerType=magics["worker_type"],
            NumberOfWorkers=int(magics["number_of_workers"]),
            IdleTimeout=int(magics["idle_timeout"]),
            DefaultArguments=session_arguments(bucket),
            Tags={"project": "stedi-lakehouse", "run_id": run_id},
        )
    except ClientError as error:
        raise StepFailed(f"the Glue session could not be created: {error}") from error
    try:
        _wait_until_ready(identity)
        _run(identity, REMEMBER)
        yield identity
    finally:
        stop_session(identity)


def session_arguments(bucket: str) -> dict[str, str]:
    """The arguments of a session that runs the project's notebooks."""
    return {
        "--enable-glue-datacatalog": "true",
        "--extra-py-files": f"s3://{bucket}/{HELPERS_KEY}",
        "--additional-python-modules": f"pyathena=={version('pyathena')}",
        "--enable-spark-ui": "true",
        "--spark-event-logs-path": f"s3://{bucket}/sparkHistoryLogs/",
    }


def stop_session(identity: str) -> None:
    """Stop a session. One that is gone is no error; one that cannot be reached is said aloud, since it bills."""
    try:
        boto3.client("glue").stop_session(Id=identity)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("IllegalSessionStateException", "EntityNotFoundException"):
            print(
                f"The Glue session {identity} could not be stopped ({error}): stop it by hand, it bills while it lives."
            )
    except BotoCoreError as error:
        print(f"The Glue session {identity} could not be reached ({error}): make sure that it is stopped.")


def _wait_until_ready(identity: str) -> None:
    glue, deadline = boto3.client("glue"), time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        session = glue.get_session(Id=identity)["Session"]
        if session["Status"] == "READY":
            return
        if session["Status"] != "PROVISIONING":
            raise StepFailed(
                f"the Glue session is {session['Status']}: {session.get('ErrorMessage', 'no reason given')}"
            )
        time.sleep(0.2)
    raise StepFailed(f"the Glue session was not ready within {READY_WITHIN} s")


def _run(identity: str, code: str) -> None:
    glue = boto3.client("glue")
    statement = glue.run_statement(SessionId=identity, Code=code)["Id"]
    while True:
        found = glue.get_statement(SessionId=identity, Id=statement)["Statement"]
        if found["State"] == "AVAILABLE" and found["Output"].get("Status") == "ok":
            return
        if found["State"] not in ("WAITING", "RUNNING"):
            raise StepFailed(f"the Glue session did not run its first statement: {found}")
        time.sleep(0.2)
