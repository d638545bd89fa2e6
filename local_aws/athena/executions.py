"""The query executions of this endpoint's life: run by a few threads, kept in memory, the oldest forgotten."""

import contextlib
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb

from local_aws.athena.engine import Engine
from local_aws.athena.execution import FINAL, Execution
from local_aws.athena.failure import QueryFailed
from local_aws.athena.results import result_path, write_csv, write_text
from local_aws.athena.utility import CatalogStatements
from local_aws.errors import AwsError
from local_aws.lake import Lake
from local_aws.service import Service

WORKERS = 2
KEPT = 1_000


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
        self._catalog_statements = CatalogStatements(catalog)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="athena")
        self._kept: OrderedDict[str, Execution] = OrderedDict()
        self._tokens: dict[str, tuple[str, dict[str, Any]]] = {}
        self._lock = threading.Lock()

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
        self._pool.submit(self._run, execution)

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
        """Cancel an execution that is not final yet."""
        with self._lock:
            if execution.state in FINAL:
                return
            execution.state = "CANCELLED"
            interrupt = execution.interrupt
        if interrupt is not None:
            interrupt()

    def _forget_oldest(self) -> None:
        for identifier in list(self._kept):
            if len(self._kept) <= KEPT:
                break
            if self._kept[identifier].state in FINAL:
                del self._kept[identifier]
        self._tokens = {token: known for token, known in self._tokens.items() if known[0] in self._kept}

    def _run(self, execution: Execution) -> None:
        with self._lock:
            if execution.state == "CANCELLED":
                execution.finish()
                return
            execution.state, execution.started = "RUNNING", time.time()
        try:
            self._execute(execution)
        except (QueryFailed, AwsError) as failure:
            execution.finish(failure)
        except (duckdb.Error, OSError, MemoryError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            # The thread must always give the execution an end, or its client would wait forever.
            execution.finish(QueryFailed("GENERIC_INTERNAL_ERROR", f"{type(error).__name__}: {error}"))
        else:
            execution.finish()

    def _execute(self, execution: Execution) -> None:
        target = result_path(self._lake, execution.output_location)
        if execution.statement.tree is None:
            listing = execution.statement.act(self._catalog_statements, execution.database)
            execution.columns, execution.rows = listing.columns, listing.rows
            write_text(self._lake, target, ([row] for row in listing.rows))
            return
        with contextlib.ExitStack() as stack:
            query = self._engine.run(
                execution.sql,
                execution.statement.tree,
                execution.database,
                lambda interrupt: self._can_stop(execution, interrupt),
            )
            answer = stack.enter_context(query)
            execution.columns, execution.scanned_bytes = answer.columns, answer.scanned_bytes
            write_csv(self._lake, target, [column["Name"] for column in answer.columns], answer.rows)

    def _can_stop(self, execution: Execution, interrupt: Any) -> None:
        with self._lock:
            execution.interrupt = interrupt
            cancelled = execution.state == "CANCELLED"
        if cancelled:
            raise QueryFailed("USER_CANCELED", "Query was cancelled")
