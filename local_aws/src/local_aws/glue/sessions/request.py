"""What CreateSession accepts (AWS: "CreateSession - AWS Glue")."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.errors import AwsError
from local_aws.glue.sessions.resources import WORKER_TYPES

GLUE_VERSIONS = ("5.0", "5.1")
DEFAULT_TIMEOUT_MINUTES = 2880
DEFAULT_WORKER_TYPE = "G.1X"
DEFAULT_WORKERS = 5
MAX_WORKERS = 299
MAX_TAGS = 50

_ROLE = re.compile(r"arn:aws[^:]*:iam::[0-9]{12}:role/.+")
_ECHOED = ("Id", "Description", "Role", "Command")
_NOT_HERE = ("Connections", "SecurityConfiguration", "DataAccessId", "MaxCapacity", "PartitionId", "ProfileName")


@dataclass(frozen=True)
class SessionRequest:
    """A checked CreateSession request; times are minutes."""

    id: str
    worker_type: str
    workers: int
    idle_timeout: int
    timeout: int
    arguments: dict[str, str]
    tags: dict[str, str]
    told: dict[str, Any]
    """What the shape ``Session`` of the Glue API tells of the request."""

    @property
    def dpus(self) -> float:
        """The data processing units that are billed: four vCPUs are one (AWS: "AWS Glue worker types")."""
        return self.workers * WORKER_TYPES[self.worker_type][0] / 4


def invalid(message: str) -> AwsError:
    """AWS's InvalidInputException."""
    return AwsError("InvalidInputException", message)


def parse_request(payload: Mapping[str, Any]) -> SessionRequest:
    """Check a CreateSession payload, whose names and types fit AWS's model of it.

    Raises InvalidInputException for what AWS refuses, and for what only a session on AWS can have.
    """
    for name in _NOT_HERE:
        if payload.get(name):
            raise invalid(f"{name} is not supported by local sessions: run this against an AWS account")
    _one_of(payload.get("SessionType", "LIVY"), ("LIVY",), "SessionType")
    _one_of(payload["Command"].get("Name"), ("glueetl",), "Command name")
    _one_of(payload["Command"].get("PythonVersion", "3"), ("3",), "Python version")
    if not _ROLE.fullmatch(payload["Role"]):
        raise invalid(f"Role {payload['Role']} must satisfy regular expression pattern: {_ROLE.pattern}")
    workers = payload.get("NumberOfWorkers", DEFAULT_WORKERS)
    if not 2 <= workers <= MAX_WORKERS:
        raise invalid(f"Number of workers must be between 2 and {MAX_WORKERS}, found {workers}")
    told = {
        "GlueVersion": _one_of(payload.get("GlueVersion", GLUE_VERSIONS[-1]), GLUE_VERSIONS, "Glue version"),
        "DefaultArguments": payload.get("DefaultArguments", {}),
        "IdleTimeout": payload.get("IdleTimeout", DEFAULT_TIMEOUT_MINUTES),
        "Timeout": payload.get("Timeout", DEFAULT_TIMEOUT_MINUTES),
        "NumberOfWorkers": workers,
        "WorkerType": _one_of(payload.get("WorkerType", DEFAULT_WORKER_TYPE), WORKER_TYPES, "Worker type"),
        **{name: payload[name] for name in _ECHOED if name in payload},
    }
    return SessionRequest(
        id=payload["Id"],
        worker_type=told["WorkerType"],
        workers=workers,
        idle_timeout=told["IdleTimeout"],
        timeout=told["Timeout"],
        arguments=told["DefaultArguments"],
        tags=check_tags(payload.get("Tags", {})),
        told=told,
    )


def check_tags(tags: dict[str, str]) -> dict[str, str]:
    """Check a map of tags (at most 50; keys of 1 to 128 characters, values of at most 256)."""
    if len(tags) > MAX_TAGS:
        raise invalid(f"Tags: at most {MAX_TAGS} tags are allowed")
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or len(value) > 256 or key.lower().startswith("aws:"):
            raise invalid(f"Tags: the tag {key!r} is not valid")
    return dict(tags)


def _one_of(value: str | None, supported: Collection[str], what: str) -> str:
    if value not in supported:
        names = ", ".join(supported)
        raise invalid(f"{what} {value} is not supported by local sessions; supported: {names}")
    return value
