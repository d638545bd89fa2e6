"""One interactive session as the endpoint sees it: its state, its statements, and the thread that attends to it."""

import threading
import time
from collections.abc import Callable
from typing import Any

from local_aws.errors import AwsError
from local_aws.glue.sessions.failure import how_it_ended
from local_aws.glue.sessions.process import SessionProcess
from local_aws.glue.sessions.request import SessionRequest, invalid
from local_aws.glue.sessions.statement import (
    AVAILABLE,
    CANCELLED,
    CANCELLING,
    ERROR,
    RUNNING,
    WAITING,
    Statement,
    lost_output,
)

PROVISIONING, READY, FAILED, TIMEOUT, STOPPING, STOPPED = (
    "PROVISIONING", "READY", "FAILED", "TIMEOUT", "STOPPING", "STOPPED",
)  # fmt: skip
LIVE = (PROVISIONING, READY, STOPPING)

MINUTE = 60.0
"""Seconds in a minute of IdleTimeout and Timeout."""

STOP_SECONDS = 10.0
"""How long a session may take to stop by itself."""

EVENT_LOG_SECONDS = 0.7
"""How much later than its end a session's event log appears in its bucket: who looks at once must not find it.

Glue copies event logs every 30 seconds (AWS: "Enabling the Apache Spark web UI for AWS Glue jobs").
"""

LOOK_SECONDS = 5.0
"""How often the attendant looks at the clock, where nothing happens."""


class Session:
    """A session from CreateSession to its end; ``launch`` starts its process."""

    def __init__(self, request: SessionRequest, launch: Callable[[], SessionProcess]):
        self.request = request
        self.tags = dict(request.tags)
        self.status = PROVISIONING
        self.statements: list[Statement] = []
        self.created = time.time()
        self._completed: float | None = None
        self._error: str | None = None
        self._ending: tuple[str, str] | None = None
        self._last_used = self.created
        self._changed = threading.Condition()
        self._hurry = threading.Event()
        self._process: SessionProcess | None = None
        self._launch = launch
        self._attendant = threading.Thread(target=self._attend, name=f"session {request.id}", daemon=True)
        self._attendant.start()

    def run(self, code: str) -> Statement:
        """Queue a statement."""
        with self._changed:
            self._require_ready()
            statement = Statement(len(self.statements), code)
            self.statements.append(statement)
            self._process.channel.send({"kind": "run", "id": statement.id, "code": code})
            return statement

    def statement(self, number: int) -> Statement:
        """A statement by its id."""
        if not 0 <= number < len(self.statements):
            raise AwsError("EntityNotFoundException", f"Statement {number} is not found in session {self.request.id}")
        return self.statements[number]

    def cancel(self, number: int) -> None:
        """Cancel a statement; one that is over stays as it is."""
        with self._changed:
            self._require_ready()
            statement = self.statement(number)
            if statement.final:
                return
            waiting = statement.state == WAITING
            if waiting:
                statement.finish(CANCELLED, {"Status": "error"})
                self._changed.notify_all()
            else:
                statement.state = CANCELLING
            self._process.channel.send({"kind": "cancel", "id": number})

    def stop(self) -> None:
        """End the session in its own time."""
        with self._changed:
            if self.status not in (PROVISIONING, READY):
                raise AwsError("IllegalSessionStateException", f"Session {self.request.id} is in {self.status} status")
            self._begin_end(STOPPING, STOPPED, "the session was stopped")

    def close(self) -> None:
        """Ask for the end, whatever the state, and for the event log at once."""
        self._hurry.set()
        with self._changed:
            if self.status in (PROVISIONING, READY):
                self._begin_end(STOPPING, STOPPED, "the session was stopped")

    def join(self, timeout: float) -> None:
        """Wait for the session's process to be gone; kill it after ``timeout`` seconds."""
        self._attendant.join(timeout)
        if self._attendant.is_alive() and self._process:
            self._process.kill()
            self._attendant.join()

    def wait(self, condition: Callable[[], bool], timeout: float) -> None:
        """Wait until something about the session holds, or the time is up."""
        with self._changed:
            self._changed.wait_for(condition, timeout)

    def to_aws(self) -> dict[str, Any]:
        """The shape ``Session`` of the Glue API."""
        request = self.request
        end = self._completed or time.time()
        shape = request.told | {
            "CreatedOn": self.created,
            "Status": self.status,
            "ErrorMessage": self._error,
            "Progress": 0.0 if self.status == PROVISIONING else 1.0,
            "CompletedOn": self._completed,
            "ExecutionTime": round(end - self.created, 3),
            "DPUSeconds": round((end - self.created) * request.dpus, 3),
        }
        return {name: value for name, value in shape.items() if value is not None}

    def _require_ready(self) -> None:
        if self.status == READY:
            return
        message = f"Session is not ready, session_id={self.request.id}, status={self.status}"
        if self.status == TIMEOUT:
            # The Glue kernel offers a new session after a timeout only on this code.
            raise invalid(message)
        raise AwsError("IllegalSessionStateException", message)

    def _attend(self) -> None:
        """Follow the process from its start to its end."""
        try:
            self._process = self._launch()
        except OSError as error:
            self._finish(FAILED, f"The session's process could not be started: {error.strerror}.")
            return
        with self._changed:
            if self.status == STOPPING:
                self._process.channel.send({"kind": "stop"})
        try:
            self._listen()
        except EOFError:
            self._after_the_end(self._process.end())
            self._hurry.wait(EVENT_LOG_SECONDS)
            self._process.clear_away()

    def _listen(self) -> None:
        """Take the worker's messages, and end the session when its time is up, until the worker is gone."""
        while True:
            message = self._process.channel.receive(min(LOOK_SECONDS, self._seconds_left()))
            with self._changed:
                if message is not None:
                    self._take(message)
                elif self.status in (PROVISIONING, READY):
                    self._end_if_due()
                elif self._seconds_left() == 0:
                    self._process.kill()

    def _take(self, message: dict[str, Any]) -> None:
        if message["kind"] == "ready" and self.status == PROVISIONING:
            self.status = READY
        elif message["kind"] == "failed":
            self._ending = (FAILED, message["message"])
        elif message["kind"] == "running" and self.statement(message["id"]).state == WAITING:
            self.statement(message["id"]).state = RUNNING
        elif message["kind"] == "done":
            self._take_output(message)
        self._last_used = time.time()
        self._changed.notify_all()

    def _take_output(self, message: dict[str, Any]) -> None:
        statement = self.statement(message["id"])
        if statement.final:
            return
        cancelled = message["cancelled"] and message["output"]["Status"] == "error"
        statement.finish(CANCELLED if cancelled else AVAILABLE, message["output"])

    def _seconds_left(self) -> float:
        """Until the next moment at which the attendant has to act by itself."""
        now = time.time()
        if self.status == STOPPING:
            return max(0.0, self._last_used + STOP_SECONDS - now)
        left = self.created + self.request.timeout * MINUTE - now
        if self.status == READY and all(statement.final for statement in self.statements):
            left = min(left, self._last_used + self.request.idle_timeout * MINUTE - now)
        return max(0.0, left)

    def _end_if_due(self) -> None:
        if self._seconds_left() == 0:
            self._begin_end(STOPPING, TIMEOUT, "the session reached its timeout")

    def _begin_end(self, through: str, final: str, reason: str) -> None:
        """Let the worker end; a statement in progress is broken off."""
        self.status, self._ending, self._last_used = through, (final, reason), time.time()
        if self._process:
            for statement in self.statements:
                if not statement.final:
                    self._process.channel.send({"kind": "cancel", "id": statement.id})
            self._process.channel.send({"kind": "stop"})
        self._changed.notify_all()

    def _after_the_end(self, exit_code: int | None) -> None:
        process = "The session's process"
        lost = f"{process} does not answer" if exit_code is None else how_it_ended(process, exit_code)
        self._finish(*(self._ending or (FAILED, f"{lost}; its log holds the details.")))

    def _finish(self, status: str, reason: str) -> None:
        with self._changed:
            self.status, self._completed = status, time.time()
            if status == FAILED:
                self._error = reason
            for statement in self.statements:
                if not statement.final:
                    statement.finish(ERROR if status == FAILED else CANCELLED, lost_output(statement, reason))
            self._changed.notify_all()
