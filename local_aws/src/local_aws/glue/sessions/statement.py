"""One statement of a session and its life, as GetStatement tells it."""

import time
from dataclasses import dataclass, field
from typing import Any

WAITING, RUNNING, AVAILABLE, CANCELLING, CANCELLED, ERROR = (
    "WAITING", "RUNNING", "AVAILABLE", "CANCELLING", "CANCELLED", "ERROR",
)  # fmt: skip
FINAL = (AVAILABLE, CANCELLED, ERROR)


def now_ms() -> int:
    """Now in epoch milliseconds, the unit of a statement's times."""
    return int(time.time() * 1000)


@dataclass
class Statement:
    """A statement; ``output`` is AWS's StatementOutput."""

    id: int
    code: str
    state: str = WAITING
    output: dict[str, Any] = field(default_factory=dict)
    started: int = field(default_factory=now_ms)
    completed: int | None = None

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in FINAL

    def finish(self, state: str, output: dict[str, Any]) -> None:
        """Enter a final state."""
        self.state, self.output, self.completed = state, output, now_ms()

    def to_aws(self) -> dict[str, Any]:
        """The shape ``Statement`` of the Glue API; times are epoch milliseconds there."""
        shape = {
            "Id": self.id,
            "Code": self.code,
            "State": self.state,
            "Output": self.output,
            "Progress": 1.0 if self.final else 0.0,
            "StartedOn": self.started,
        }
        return shape if self.completed is None else shape | {"CompletedOn": self.completed}


def lost_output(statement: Statement, reason: str) -> dict[str, Any]:
    """The output of a statement whose session ended underneath it."""
    return {
        "ExecutionCount": statement.id + 1,
        "Status": "error",
        "ErrorName": "SessionEnded",
        "ErrorValue": reason,
        "Traceback": [],
    }
