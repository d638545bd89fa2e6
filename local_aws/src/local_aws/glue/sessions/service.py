"""The Glue actions for interactive sessions (AWS: "Interactive sessions API - AWS Glue")."""

import hashlib
import re
import shutil
import threading
from collections.abc import Callable, Mapping
from typing import Any

from botocore import xform_name

from local_aws.errors import AwsError
from local_aws.glue.sessions.process import SessionProcess
from local_aws.glue.sessions.request import SessionRequest, check_tags, invalid, parse_request
from local_aws.glue.sessions.resources import local_resources
from local_aws.glue.sessions.session import LIVE, PROVISIONING, Session
from local_aws.glue.sessions.start import StartOrder
from local_aws.lake import Lake
from local_aws.paging import page
from local_aws.store import Store
from local_aws.unkind import read_unkind

_PAGE = 200
MAX_LIVE_SESSIONS = 4
MAX_CODE_CHARACTERS = 68_000
MAX_WAITERS = 8
"""How many requests may be held back at a time; the endpoint has not endlessly many threads."""

PROVISIONING_HOLD_SECONDS = 1.5
STATEMENT_HOLD_SECONDS = 15.0
CLOSE_SECONDS = 8.0

_ARN = re.compile(r"arn:aws:glue:[a-z0-9-]+:\d{12}:session/(.+)")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class Sessions:
    """The sessions of one endpoint, with scratch folders and logs in the lake's state folder.

    ``environment`` is the whole one of the session processes; it names the AWS profile that leads back to the endpoint.
    """

    ACTIONS = frozenset(
        {
            "CreateSession", "GetSession", "ListSessions", "StopSession",
            "RunStatement", "GetStatement", "ListStatements", "CancelStatement",
            "TagResource", "GetTags",
        }
    )  # fmt: skip
    """The Glue actions that are answered here, each by the method of its name."""

    def __init__(self, lake: Lake, environment: dict[str, str]):
        self._lake = lake
        self._environment = dict(environment)
        self._folder = lake.state / "sessions"
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()
        self._ids = Store(lake, "sessions.sqlite")
        self._used = {key for (key,), _ in self._ids.items()}
        self._waiters = threading.BoundedSemaphore(MAX_WAITERS)
        # What an endpoint that was killed left behind; its processes ended with it.
        for leftover in self._folder.glob("*.scratch"):
            shutil.rmtree(leftover, ignore_errors=True)
        self._folder.mkdir(exist_ok=True)

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer a Glue action of the sessions API."""
        return getattr(self, xform_name(action))(payload)

    def close(self) -> None:
        """End every session; no process of theirs is left."""
        with self._lock:
            sessions = list(self._sessions.values())
        for session in sessions:
            session.close()
        for session in sessions:
            session.join(CLOSE_SECONDS)

    def create_session(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """CreateSession: answers at once, the session becomes READY (or FAILED) in its own time."""
        request = parse_request(payload)
        with self._lock:
            # Glue keeps the id of a session that has ended, and of one that was deleted.
            if request.id in self._used:
                raise AwsError("AlreadyExistsException", f"Session already created, sessionId={request.id}")
            capacity = read_unkind(self._lake).sessions
            limit = MAX_LIVE_SESSIONS if capacity is None else capacity
            if sum(session.status in LIVE for session in self._sessions.values()) >= limit:
                raise AwsError(
                    "ResourceNumberLimitExceededException",
                    f"Failed to create session due to the limit of {limit} live sessions: stop another one",
                )
            self._ids.put((request.id,), {})
            self._used.add(request.id)
            session = Session(request, lambda: self._launch(request))
            self._sessions[request.id] = session
        return {"Session": session.to_aws()}

    def get_session(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """GetSession: held back a little while the session starts, so that a poller learns soon."""
        session = self._session(payload, "Id")
        self._hold(session, lambda: session.status != PROVISIONING, PROVISIONING_HOLD_SECONDS)
        return {"Session": session.to_aws()}

    def list_sessions(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """ListSessions: newest first, filtered by tags."""
        wanted = check_tags(payload.get("Tags", {})).items()
        with self._lock:
            found = [session for session in self._sessions.values() if wanted <= session.tags.items()]
        shown, token = page(found, lambda session: [-session.created, session.request.id], payload, _PAGE)
        shapes = [session.to_aws() for session in shown]
        return {"Ids": [shape["Id"] for shape in shapes], "Sessions": shapes} | token

    def stop_session(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """StopSession: answers at once; the session is STOPPING, then STOPPED."""
        session = self._session(payload, "Id")
        session.stop()
        return {"Id": session.request.id}

    def run_statement(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """RunStatement: queues the code behind the session's other statements."""
        session = self._session(payload, "SessionId")
        code = payload["Code"]
        if len(code) > MAX_CODE_CHARACTERS:
            raise invalid(
                "1 validation error detected: Value at 'code' failed to satisfy constraint: "
                f"Member must have length less than or equal to {MAX_CODE_CHARACTERS}"
            )
        return {"Id": session.run(code).id}

    def get_statement(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """GetStatement: a long poll, answered when the statement is final or some seconds have passed."""
        session = self._session(payload, "SessionId")
        statement = session.statement(payload["Id"])
        self._hold(session, lambda: statement.final, STATEMENT_HOLD_SECONDS)
        return {"Statement": statement.to_aws()}

    def list_statements(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """ListStatements: in the order in which they were run."""
        statements = self._session(payload, "SessionId").statements
        shown, token = page(statements, lambda statement: statement.id, payload, _PAGE)
        return {"Statements": [statement.to_aws() for statement in shown]} | token

    def cancel_statement(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """CancelStatement: answers at once; the statement is CANCELLING, then CANCELLED."""
        self._session(payload, "SessionId").cancel(payload["Id"])
        return {}

    def tag_resource(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """TagResource for a session's ARN."""
        session = self._tagged(payload)
        session.tags = check_tags(session.tags | check_tags(payload.get("TagsToAdd", {})))
        return {}

    def get_tags(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """GetTags for a session's ARN."""
        return {"Tags": dict(self._tagged(payload).tags)}

    def _launch(self, request: SessionRequest) -> SessionProcess:
        name = _file_name(request.id)
        order = StartOrder(
            self._lake,
            self._folder / f"{name}.scratch",
            request.arguments,
            local_resources(request.worker_type, request.workers, self._environment),
        )
        return SessionProcess(order, self._environment, self._folder / f"{name}.log")

    def _session(self, payload: Mapping[str, Any], key: str) -> Session:
        name = payload[key]
        with self._lock:
            session = self._sessions.get(name)
        if session is None:
            raise AwsError("EntityNotFoundException", f"Session {name} is not found")
        return session

    def _tagged(self, payload: Mapping[str, Any]) -> Session:
        arn = payload["ResourceArn"]
        found = _ARN.fullmatch(arn)
        if not found:
            raise invalid(f"Invalid session ARN: {arn}")
        return self._session({"Id": found.group(1)}, "Id")

    def _hold(self, session: Session, condition: Callable[[], bool], seconds: float) -> None:
        """Hold an answer back until the condition holds, unless too many answers are held back already."""
        if self._waiters.acquire(blocking=False):
            try:
                session.wait(condition, seconds)
            finally:
                self._waiters.release()


def _file_name(session_id: str) -> str:
    """The session's id where it can be a file name, else a name made of it."""
    if _FILE_NAME.fullmatch(session_id):
        return session_id
    return hashlib.sha256(session_id.encode()).hexdigest()
