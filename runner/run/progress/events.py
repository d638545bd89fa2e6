"""Progress as JSON events, one document a line, for programs that watch a run."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

from runner.run.progress.progress import Progress


class EventProgress(Progress):
    """JSON lines on standard output: ``{"event": ..., "time": ..., ...}``.

    The events are run_started, message, work_started, step_started, cell, step_ended and run_ended.
    """

    _lock = threading.Lock()

    def started(self, run_id: str) -> None:
        self._emit("run_started", run_id=run_id, steps=list(self.steps))

    def say(self, text: str) -> None:
        self._emit("message", text=text)

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        self._emit("work_started", text=what)
        yield

    def begun(self, step: str) -> None:
        super().begun(step)
        self._emit("step_started", step=step)

    def at_cell(self, step: str, cell: int, cells: int) -> None:
        super().at_cell(step, cell, cells)
        self._emit("cell", step=step, cell=cell, cells=cells, seconds=round(self.steps[step].elapsed, 1))

    def ended(self, step: str, status: str, seconds: float, rows: dict | None, note: str = "") -> None:
        super().ended(step, status, seconds, rows, note)
        self._emit("step_ended", step=step, status=status, seconds=seconds, rows=rows, note=note or None)

    def finished(self, status: str, report: str) -> None:
        self._emit("run_ended", status=status, report=report)

    def _emit(self, event: str, **values: object) -> None:
        time = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        with self._lock:
            print(json.dumps({"event": event, "time": time, **values}), flush=True)
