"""Glue sessions as a client makes and uses them."""

import uuid
from typing import Any

ROLE = "arn:aws:iam::123456789012:role/stedi-local"


def create(glue: Any, **more: Any) -> str:
    name = f"test-{uuid.uuid4()}"
    asked = {"Role": ROLE, "Command": {"Name": "glueetl"}, "WorkerType": "G.1X", "NumberOfWorkers": 2}
    glue.create_session(Id=name, **(asked | more))
    return name


def wait_for_start(glue: Any, session: str) -> dict[str, Any]:
    for _ in range(60):
        found = glue.get_session(Id=session)["Session"]
        if found["Status"] != "PROVISIONING":
            return found
    raise AssertionError("the session did not start")


def run(glue: Any, session: str, code: str) -> dict[str, Any]:
    number = glue.run_statement(SessionId=session, Code=code)["Id"]
    for _ in range(20):  # each answer is held back for some seconds
        statement = glue.get_statement(SessionId=session, Id=number)["Statement"]
        if statement["State"] in ("AVAILABLE", "CANCELLED", "ERROR"):
            return statement
    raise AssertionError(f"the statement does not end: {code}")
