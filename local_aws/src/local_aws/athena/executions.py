"""The query executions of this endpoint's life: run by a few threads, kept in memory, the oldest forgotten."""

import queue
import threading
import time
from collections import OrderedDict
from typing import Any

from local_aws.athena.engine import Engine
from local_aws.athena.execution import FINAL, Execution
from local_aws.athena.failure import QueryFailed
from local_aws.athena.results import result_path, write_csv, write_text
from local_aws.athena.types import text_column
from local_aws.athena.utility import CatalogStatements, Listing
from local_aws.athena.writes.run import Writes
from local_aws.caller import called_by, require_object
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError
from local_aws.lake import Lake

WORKERS = 2
KEPT = 1_000
CUT_OFF = "Query cancelled! "
"""How Athena begins the reason of a query that scans more than its workgroup lets it."""


class Executions:
    """Runs executions and finds them again by their id.

    Parameters
    ----------
    lake : Lake
        Where tables and results are.
    catalog : Service
        The Glue Data Catalog.
    """

    def __init__(self, lake: Lake, catalog: Service):
        self._lake = lake
        self._engine = Engine(lake, catalog)
        self._writes = Writes(lake, catalog, self._engine)
        self._catalog_statements = CatalogStatements(catalog, lake, self._engine)
        self._queue: queue.SimpleQueue[Execution] = queue.SimpleQueue()
        self._kept: OrderedDict[str, Execution] = OrderedDict()
        self._tokens: dict[str, tuple[str, dict[str, Any]]] = {}
        self._lock = threading.Lock()
        for _ in range(WORKERS):
            self._add_worker()

    def find_started(self, token: str | None, request: dict[str, Any]) -> str | None:
        """Give the id of the execution that the same ClientRequestToken started before.

        Raises
        ------
        AwsError
            Where the token came with another request.
        """
        with self._lock:
            identifier, known = self._tokens.get(token or "", (None, request))
        if known != request:
            raise AwsError("InvalidRequestException", "Idempotent parameters do not match")
        return identifier

    def start(self, execution: Execution, token: str | None, request: dict[str, Any]) -> None:
        """Queue an execution."""
        with self._lock:
            self._kept[execution.identifier] = execution
            if token:
                self._tokens[token] = (execution.identifier, request)
            self._forget_oldest()
        self._queue.put(execution)

    def get(self, identifier: str) -> Execution:
        """Find an execution.

        Raises
        ------
        AwsError
            As Athena answers for an id that it does not know.
        """
        with self._lock:
            execution = self._kept.get(identifier)
        if execution is None:
            raise AwsError("InvalidRequestException", f"QueryExecution {identifier} was not found")
        return execution

    def list(self) -> "list[Execution]":
        """Give all executions, the newest first."""
        with self._lock:
            return list(reversed(self._kept.values()))

    def stop(self, execution: Execution) -> None:
        """Cancel an execution that is not final yet: at once, however long its worker may still need to notice."""
        with self._lock:
            running = execution.state == "RUNNING"
            execution.finish("CANCELLED")
        if running and execution.state == "CANCELLED":
            self._add_worker()

    def _add_worker(self) -> None:
        threading.Thread(target=self._work, name="athena", daemon=True).start()

    def _forget_oldest(self) -> None:
        for identifier in list(self._kept):
            if len(self._kept) <= KEPT:
                break
            if self._kept[identifier].state in FINAL:
                del self._kept[identifier]
        self._tokens = {token: known for token, known in self._tokens.items() if known[0] in self._kept}

    def _work(self) -> None:
        """Run what is queued, until an execution is cancelled underneath: then another worker has taken over."""
        while True:
            execution = self._queue.get()
            with self._lock:
                if execution.state in FINAL:
                    continue
                execution.state, execution.started = "RUNNING", time.time()
            failure = self._run(execution)
            with self._lock:
                cancelled = execution.state == "CANCELLED"
                execution.finish(_final_state(failure), failure)
            if cancelled:
                return

    def _run(self, execution: Execution) -> QueryFailed | AwsError | None:
        """Run an execution and give what it failed for."""
        try:
            with called_by(execution.caller):
                self._execute(execution)
        except (QueryFailed, AwsError) as failure:
            return failure
        except BaseException as error:  # noqa: BLE001 - without an end its client would wait for the execution forever
            return QueryFailed("GENERIC_INTERNAL_ERROR", f"{type(error).__name__}: {error}")
        return None

    def _execute(self, execution: Execution) -> None:
        if execution.statement.write is not None:
            self._write(execution)
            return
        require_object("s3:PutObject", execution.output_location)
        target = result_path(self._lake, execution.output_location)
        if execution.statement.tree is None:
            listing, execution.scanned_bytes = self._list(execution)
            execution.columns, execution.rows = listing.columns, listing.rows
            write_text(self._lake, target, ([row] for row in listing.rows))
            return
        sql, tree, database = execution.sql, execution.statement.tree, execution.database
        with self._engine.run(sql, tree, database, execution.done) as answer:
            execution.columns, execution.scanned_bytes = answer.columns, answer.scanned_bytes
            if execution.cutoff is not None and answer.scanned_bytes > execution.cutoff:
                raise QueryFailed(CUT_OFF, "Bytes scanned limit was exceeded")
            write_csv(self._lake, target, [column["Name"] for column in answer.columns], answer.rows)

    def _list(self, execution: Execution) -> tuple[Listing, int]:
        statement = execution.statement
        if statement.explain is not None:
            return statement.explain.run(self._engine, execution.database, execution.done)
        return statement.act(self._catalog_statements, execution.database), 0

    def _write(self, execution: Execution) -> None:
        """Run a statement that writes data; its manifest lists the files ("UNLOAD", Athena user guide)."""
        require_object("s3:PutObject", execution.manifest_location)
        location = f"{execution.folder.rstrip('/')}/tables/{execution.identifier}/"
        written = self._writes.run(execution.statement.write, execution.database, location, execution.done)
        execution.columns = [text_column("rows", "bigint")]
        execution.update_count, execution.scanned_bytes = written.rows, written.scanned_bytes
        write_text(self._lake, result_path(self._lake, execution.manifest_location), ([file] for file in written.files))


def _final_state(failure: QueryFailed | AwsError | None) -> str:
    if failure is None:
        return "SUCCEEDED"
    return "CANCELLED" if isinstance(failure, QueryFailed) and failure.name == CUT_OFF else "FAILED"
