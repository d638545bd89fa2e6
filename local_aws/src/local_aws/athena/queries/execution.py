"""One query execution: its request, its state and the shape in which the API gives it."""

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from local_aws.athena.failure import OTHER, QueryFailed
from local_aws.athena.statements import Statement
from local_aws.caller import Caller, present_caller
from local_aws.errors import AwsError

FINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELLED"})
WRITES = frozenset({"CREATE_TABLE_AS_SELECT", "INSERT", "UNLOAD"})
"""The statements that write data; their result is a list of files."""
NO_REUSE = {"ResultReuseByAgeConfiguration": {"Enabled": False}}
ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}


@dataclass
class Execution:
    """A query that was accepted; `Executions` changes its state."""

    sql: str
    statement: Statement
    database: str
    folder: str
    workgroup: str
    parameters: list[str]
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    submitted: float = field(default_factory=time.time)
    state: str = "QUEUED"
    reason: str | None = None
    error: dict[str, Any] | None = None
    started: float | None = None
    completed: float | None = None
    scanned_bytes: int = 0
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    reuse: dict[str, Any] = field(default_factory=lambda: NO_REUSE)
    """``ResultReuseConfiguration`` of the request."""
    reused_location: str | None = None
    """Where the result of a previous query is, which is this one's too."""
    cutoff: int | None = None
    """How many bytes the query's workgroup lets it scan."""
    update_count: int = 0
    """How many rows were written."""
    done: threading.Event = field(default_factory=threading.Event)
    caller: Caller = field(default_factory=present_caller)
    """Whose rights the query has."""

    @property
    def output_location(self) -> str:
        """The S3 address of the result file."""
        if self.reused_location is not None:
            return self.reused_location
        if self.statement.substatement == "CREATE_TABLE_AS_SELECT":
            return f"{self.folder.rstrip('/')}/tables/{self.identifier}"
        if self.statement.substatement in WRITES:
            return f"{self.folder.rstrip('/')}/{self.identifier}"
        suffix = "csv" if self.statement.kind == "DML" else "txt"
        return f"{self.folder.rstrip('/')}/{self.identifier}.{suffix}"

    @property
    def manifest_location(self) -> str:
        """The S3 address of the list of files that the statement wrote."""
        return f"{self.folder.rstrip('/')}/{self.identifier}-manifest.csv"

    def finish(self, state: str, failure: QueryFailed | AwsError | None = None) -> None:
        """Set the final state, which is never left again; `done` is set by who has kept it."""
        if self.state in FINAL:
            return
        self.state, self.completed = state, time.time()
        if failure:
            self.reason = str(failure)
            self.error = {
                "ErrorCategory": failure.category if isinstance(failure, QueryFailed) else OTHER,
                "Retryable": False,
                "ErrorMessage": self.reason,
            }

    def record(self) -> dict[str, Any]:
        """Give what is kept of the execution, as a JSON document."""
        statement = {"kind": self.statement.kind, "substatement": self.statement.substatement}
        return {name: getattr(self, name) for name in _RECORDED} | {"statement": statement}

    @classmethod
    def of_record(cls, record: dict[str, Any]) -> "Execution":
        """Make an execution that is final of what was kept of it."""
        restored = cls(**{**record, "statement": Statement(**record["statement"])})
        restored.done.set()
        return restored

    def describe(self) -> dict[str, Any]:
        """Give the execution as GetQueryExecution does (API reference, ``QueryExecution``)."""
        status = {
            "State": self.state,
            "StateChangeReason": self.reason,
            "AthenaError": self.error,
            "SubmissionDateTime": self.submitted,
            "CompletionDateTime": self.completed,
        }
        described: dict[str, Any] = {
            "QueryExecutionId": self.identifier,
            "Query": self.sql,
            "StatementType": self.statement.kind,
            "SubstatementType": self.statement.substatement,
            "ResultConfiguration": {"OutputLocation": self.output_location},
            "ResultReuseConfiguration": self.reuse,
            "QueryExecutionContext": {"Database": self.database, "Catalog": "awsdatacatalog"},
            "Status": {key: value for key, value in status.items() if value is not None},
            "Statistics": self.statistics(),
            "WorkGroup": self.workgroup,
            "EngineVersion": ENGINE,
        }
        if self.parameters:
            described["ExecutionParameters"] = self.parameters
        return described

    def statistics(self) -> dict[str, Any]:
        """Give the times (ms) and bytes of the run so far."""
        now = self.completed or time.time()
        began = self.started or now
        written = self.statement.substatement in WRITES and self.state == "SUCCEEDED"
        return {
            **({"DataManifestLocation": self.manifest_location} if written else {}),
            "EngineExecutionTimeInMillis": _milliseconds(began, now),
            "DataScannedInBytes": self.scanned_bytes,
            "TotalExecutionTimeInMillis": _milliseconds(self.submitted, now),
            "QueryQueueTimeInMillis": _milliseconds(self.submitted, began),
            "ServiceProcessingTimeInMillis": 0,
            "ResultReuseInformation": {"ReusedPreviousResult": self.reused_location is not None},
        }


_RECORDED = (
    *("sql", "database", "folder", "workgroup", "parameters", "identifier", "submitted", "state", "reason", "error"),
    *("started", "completed", "scanned_bytes", "columns", "rows", "update_count", "reuse", "reused_location"),
)


def _milliseconds(start: float, end: float) -> int:
    return max(0, round((end - start) * 1000))
