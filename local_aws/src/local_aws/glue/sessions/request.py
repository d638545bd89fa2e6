"""What CreateSession accepts (AWS: "CreateSession - AWS Glue")."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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
_NOT_HERE = ("Connections", "SecurityConfiguration", "DataAccessId", "PartitionId", "ProfileName")
_KNOWN = {
    "Id", "Role", "Command", "Description", "Timeout", "IdleTimeout", "DefaultArguments", "MaxCapacity",
    "NumberOfWorkers", "WorkerType", "GlueVersion", "Tags", "RequestOrigin", "SessionType", *_NOT_HERE,
}  # fmt: skip


@dataclass(frozen=True)
class SessionRequest:
    """A checked CreateSession request; times are minutes."""

    id: str
    role: str
    command: dict[str, str]
    description: str | None
    glue_version: str
    worker_type: str
    workers: int
    max_capacity: float | None
    idle_timeout: int
    timeout: int
    arguments: dict[str, str]
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def dpus(self) -> float:
        """The data processing units that are billed: four vCPUs are one (AWS: "AWS Glue worker types")."""
        return self.max_capacity or self.workers * WORKER_TYPES[self.worker_type][0] / 4


def invalid(message: str) -> AwsError:
    """AWS's InvalidInputException."""
    return AwsError("InvalidInputException", message)


def parse_request(payload: Mapping[str, Any]) -> SessionRequest:
    """Check a CreateSession payload.

    Raises
    ------
    AwsError
        InvalidInputException for what AWS refuses, and for what only a session on AWS can have.
    """
    _check_names(payload)
    workers, worker_type = _workers(payload)
    return SessionRequest(
        id=_text(payload, "Id"),
        role=_role(payload),
        command=_command(payload),
        description=payload.get("Description"),
        glue_version=_glue_version(payload),
        worker_type=worker_type,
        workers=workers,
        max_capacity=payload.get("MaxCapacity"),
        idle_timeout=_minutes(payload, "IdleTimeout"),
        timeout=_minutes(payload, "Timeout"),
        arguments=_string_map(payload, "DefaultArguments"),
        tags=check_tags(payload.get("Tags", {})),
    )


def check_tags(tags: Any) -> dict[str, str]:
    """Check a map of tags (at most 50; keys of 1 to 128 characters, values of at most 256)."""
    checked = _string_map({"Tags": tags}, "Tags")
    if len(checked) > MAX_TAGS:
        raise invalid(f"Tags: at most {MAX_TAGS} tags are allowed")
    for key, value in checked.items():
        if not 1 <= len(key) <= 128 or len(value) > 256 or key.lower().startswith("aws:"):
            raise invalid(f"Tags: the tag {key!r} is not valid")
    return checked


def _check_names(payload: Mapping[str, Any]) -> None:
    for name in payload:
        if name not in _KNOWN:
            raise invalid(f"Unknown parameter in input: {name}")
    for name in _NOT_HERE:
        if payload.get(name):
            raise invalid(f"{name} is not supported by local sessions: run this against an AWS account")
    if payload.get("SessionType", "LIVY") != "LIVY":
        raise invalid(f"SessionType {payload['SessionType']} is not supported by local sessions; supported: LIVY")


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= 255:
        raise invalid(f"{name} must be a string of 1 to 255 characters")
    return value


def _role(payload: Mapping[str, Any]) -> str:
    role = _text(payload, "Role")
    if not _ROLE.fullmatch(role):
        raise invalid(f"Role {role} must satisfy regular expression pattern: {_ROLE.pattern}")
    return role


def _command(payload: Mapping[str, Any]) -> dict[str, str]:
    command = _string_map(payload, "Command")
    if command.get("Name") != "glueetl":
        raise invalid(f"Command name {command.get('Name')} is not supported by local sessions; supported: glueetl")
    if command.get("PythonVersion", "3") != "3":
        raise invalid(f"Python version {command['PythonVersion']} is not supported; supported: 3")
    return command


def _glue_version(payload: Mapping[str, Any]) -> str:
    version = payload.get("GlueVersion", GLUE_VERSIONS[-1])
    if version not in GLUE_VERSIONS:
        supported = ", ".join(GLUE_VERSIONS)
        raise invalid(
            f"Glue version {version} is not supported by local sessions; supported: {supported} (%glue_version)"
        )
    return version


def _workers(payload: Mapping[str, Any]) -> tuple[int, str]:
    """Number and type of workers; MaxCapacity (one DPU is one G.1X worker) may stand for both."""
    capacity, number, kind = (payload.get(name) for name in ("MaxCapacity", "NumberOfWorkers", "WorkerType"))
    if capacity is not None:
        if number is not None or kind is not None:
            raise invalid("Please do not set Max Capacity if using Worker Type and Number of Workers.")
        if isinstance(capacity, bool) or not isinstance(capacity, int | float) or not 2 <= capacity <= MAX_WORKERS:
            raise invalid(f"MaxCapacity must be between 2 and {MAX_WORKERS} DPUs, found {capacity}")
        return int(capacity), DEFAULT_WORKER_TYPE
    kind = DEFAULT_WORKER_TYPE if kind is None else kind
    number = DEFAULT_WORKERS if number is None else number
    if kind not in WORKER_TYPES:
        supported = ", ".join(WORKER_TYPES)
        raise invalid(f"Worker type {kind} is not supported for Spark ETL sessions; supported: {supported}")
    if isinstance(number, bool) or not isinstance(number, int) or not 2 <= number <= MAX_WORKERS:
        raise invalid(f"Number of workers must be between 2 and {MAX_WORKERS}, found {number}")
    return number, kind


def _minutes(payload: Mapping[str, Any], name: str) -> int:
    value = payload.get(name, DEFAULT_TIMEOUT_MINUTES)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise invalid(f"{name} must be a number of minutes of at least 1, found {value}")
    return value


def _string_map(payload: Mapping[str, Any], name: str) -> dict[str, str]:
    value = payload.get(name, {})
    entries = list(value.items()) if isinstance(value, dict) else [(value, "")]
    if not all(isinstance(key, str) and isinstance(entry, str) for key, entry in entries):
        raise invalid(f"{name} must be a map of strings")
    return dict(entries)
