"""One step at work in a thread of its own, with its session, its kernel and its clock."""

import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Queue

from runner.aws_errors import with_retries
from runner.errors import StepFailed
from runner.glue.kernels import KernelQueue
from runner.glue.pool import SessionPool
from runner.run.notebook import execute_notebook
from runner.run.plan import Options
from runner.run.progress import Progress


@dataclass(frozen=True)
class Workshop:
    """What all steps of a batch work with."""

    sessions: SessionPool
    kernels: KernelQueue
    progress: Progress
    folder: Path
    """Where the executed notebooks go."""
    options: Options
    """How often a step is tried again after throttling, and how long it may take, its retries included."""
    ended: "Queue[StepRun]" = field(default_factory=Queue)
    """Takes each step's run as it ends."""


class StepRun(threading.Thread):
    """A step that was begun."""

    def __init__(self, step: str, parameters: dict[str, str], shop: Workshop):
        super().__init__(name=step, daemon=True)
        self.step, self._parameters, self._shop = step, parameters, shop
        self.record: dict | None = None
        self.error: BaseException | None = None
        self.session_seconds = 0.0
        self._began = time.monotonic()
        self._cancelled: str | None = None
        shop.progress.begun(step)
        self.start()

    @property
    def seconds(self) -> float:
        """How long it is at work."""
        return round(time.monotonic() - self._began, 1)

    def end_if_overdue(self) -> None:
        """Break a step off that takes longer than it may."""
        if not self._cancelled and self.seconds > self._shop.options.timeout:
            limit = f"{self._shop.options.timeout / 60:g} minutes"
            self.cancel(f"it took longer than the {limit} that a step may take (--timeout)")

    def cancel(self, reason: str) -> None:
        """Break it off: its kernel first, which would go on with the next cell, then its statement."""
        self._cancelled = reason
        self._shop.kernels.end(self.step)
        self._shop.sessions.cancel(self.step)

    def run(self) -> None:
        """Work in its own thread."""
        try:
            self.record = with_retries(self._execute, self._shop.options.retries, self._say)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the batch's own thread deals with it
            self.error = StepFailed(self._cancelled) if self._cancelled else error
        self._shop.ended.put(self)

    def _go_on(self) -> None:
        """Raise where the step was cancelled while it had no kernel or statement that could be ended."""
        if self._cancelled:
            raise StepFailed(self._cancelled)

    def _say(self, text: str) -> None:
        self._go_on()
        self._shop.progress.say(f"{self.step}: {text}")

    def _execute(self) -> dict:
        shop, step = self._shop, self.step
        session = shop.sessions.take(step, self._go_on)
        began = time.monotonic()
        try:
            kernel = shop.kernels.take(step)
            self._go_on()
            target, on_cell = shop.folder / f"{step}.ipynb", partial(shop.progress.at_cell, step)
            record = execute_notebook(step, self._parameters, session, kernel, target, on_cell)
            shop.kernels.give_back(step)
            return record
        finally:
            shop.kernels.end(step)
            if session:
                self.session_seconds += time.monotonic() - began
                shop.sessions.give_back(step)
