"""The query executions: run by a few threads, in memory until they end, in the history from their start on."""

import logging
import queue
import sqlite3
import threading
import time
from typing import Any

from local_aws.athena.ddl.utility import CatalogStatements, Listing
from local_aws.athena.engine import Engine
from local_aws.athena.failure import QueryFailed
from local_aws.athena.queries.execution import FINAL, Execution
from local_aws.athena.queries.history import History
from local_aws.athena.queries.results import result_path, write_csv, write_text
from local_aws.athena.queries.reuse import most_age_seconds, question
from local_aws.athena.types.hive import text_column
from local_aws.athena.writes.run import Writes
from local_aws.caller import called_by, require_object
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError
from local_aws.lake import Lake

_log = logging.getLogger("local_aws")

WORKERS = 2
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
        self._live: dict[str, Execution] = {}
        self.history = History(lake)
        self._lock = threading.Lock()
        for _ in range(WORKERS):
            self._add_worker()

    def start(self, execution: Execution, token: str | None, request: dict[str, Any]) -> None:
        """Queue an execution."""
        self.history.add(execution.record(), token, request)
        with self._lock:
            self._live[execution.identifier] = execution
        self._queue.put(execution)

    def get(self, identifier: str) -> Execution:
        """Find an execution.

        Raises
        ------
        AwsError
            As Athena answers for an id that it does not know.
        """
        with self._lock:
            execution = self._live.get(identifier)
        if execution is not None:
            return execution
        record = self.history.get(identifier)
        if record is None:
            raise AwsError("InvalidRequestException", f"QueryExecution {identifier} was not found")
        return Execution.of_record(record)

    def stop(self, execution: Execution) -> None:
        """Cancel an execution that is not final yet: at once, however long its worker may still need to notice."""
        with self._lock:
            running = execution.state == "RUNNING"
            self._finish(execution, "CANCELLED")
        if running and execution.state == "CANCELLED":
            self._add_worker()

    def _add_worker(self) -> None:
        threading.Thread(target=self._work, name="athena", daemon=True).start()

    def _finish(self, execution: Execution, state: str, failure: QueryFailed | AwsError | None = None) -> None:
        """End an execution that is not final yet: it is in the history before anybody hears of its end."""
        if execution.state in FINAL:
            return
        execution.finish(state, failure)
        try:
            first = state == "SUCCEEDED" and execution.reused_location is None
            self.history.end(execution.record(), question(execution) if first else None)
            del self._live[execution.identifier]
        except sqlite3.Error:  # such as a full disk: the end is told from memory
            _log.exception("The end of the query %s is not in the history", execution.identifier)
        finally:
            execution.done.set()

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
                self._finish(execution, _final_state(failure), failure)
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
        if self._reuse(execution):
            return
        sql, tree, database = execution.sql, execution.statement.tree, execution.database
        with self._engine.run(sql, tree, database, execution.done) as answer:
            execution.columns, execution.scanned_bytes = answer.columns, answer.scanned_bytes
            if execution.cutoff is not None and answer.scanned_bytes > execution.cutoff:
                raise QueryFailed(CUT_OFF, "Bytes scanned limit was exceeded")
            write_csv(self._lake, target, [column["Name"] for column in answer.columns], answer.rows)

    def _reuse(self, execution: Execution) -> bool:
        """Take the result of a previous query, where that is wanted and there is one ("Reuse query results")."""
        age = most_age_seconds(execution)
        record = None if age is None else self.history.find_result(question(execution), time.time() - age)
        if record is None:
            return False
        previous = Execution.of_record(record)
        require_object("s3:GetObject", previous.output_location)
        if not result_path(self._lake, previous.output_location).is_file():
            return False
        execution.columns, execution.reused_location = previous.columns, previous.output_location
        return True

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
