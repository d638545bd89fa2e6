"""What a run tells, whoever listens, and how it tells it to a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console

QUIET_SECONDS = 60.0
"""How long a log hears nothing of a step at work."""


@dataclass
class Standing:
    """How a step stands; its times are on the monotonic clock."""

    status: str = "WAITING"
    """``WAITING``, ``RUNNING``, or how it ended."""
    began: float = 0.0
    told: float = 0.0
    """When something was last said of it."""
    cell: int = 0
    cells: int = 0
    """Of how many cells it is at one; 0 before the first."""
    seconds: float | None = None
    """How long it took; None before its end."""
    rows: dict | None = None
    note: str = ""

    @property
    def elapsed(self) -> float:
        """Seconds since its begin, or what it took."""
        return time.monotonic() - self.began if self.seconds is None else self.seconds


class Progress:
    """Takes what happens in a run. Its methods may be called from any thread."""

    def __init__(self, steps: list[str], console: Console | None = None):
        self.steps, self.console = {step: Standing() for step in steps}, console

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def started(self, run_id: str) -> None:
        """The run begins."""
        self.say(f"Run {run_id}")

    def say(self, text: str) -> None:
        """One sentence."""
        self.console.print(text, markup=False)

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """A piece of work that takes a while and is no step."""
        yield

    def begun(self, step: str) -> None:
        """A step begins."""
        now = time.monotonic()
        self.steps[step] = Standing("RUNNING", now, now)

    def at_cell(self, step: str, cell: int, cells: int) -> None:
        """A step has come to a cell."""
        self.steps[step].cell, self.steps[step].cells = cell, cells

    def ended(self, step: str, status: str, seconds: float, rows: dict | None, note: str = "") -> None:
        """A step has ended, or was not needed."""
        standing = self.steps[step]
        standing.status, standing.seconds, standing.rows, standing.note = status, seconds, rows, note

    def finished(self, status: str, report: str) -> None:
        """The run has ended, and there is its report."""
        self.say(f"Report: {report}")


class LineProgress(Progress):
    """Plain lines: one when a step ends, and one a minute while it works."""

    def at_cell(self, step: str, cell: int, cells: int) -> None:
        super().at_cell(step, cell, cells)
        standing = self.steps[step]
        if time.monotonic() - standing.told > QUIET_SECONDS:
            standing.told = time.monotonic()
            self.say(f"{self._number(step)} {step}: cell {cell} of {cells}, {standing.elapsed:.0f} s")

    def ended(self, step: str, status: str, seconds: float, rows: dict | None, note: str = "") -> None:
        super().ended(step, status, seconds, rows, note)
        account = f"read {rows['read']:,}, kept {rows['kept']:,}" if rows else ""
        line = f"{self._number(step)} {step:<38} {status:<9} {seconds:6.1f} s  {account}"
        self.say(f"{line.rstrip()}{f'  {note}' if note else ''}")

    def _number(self, step: str) -> str:
        return f"[{list(self.steps).index(step) + 1}/{len(self.steps)}]"
