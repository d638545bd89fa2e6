"""What a run tells, whoever listens."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console


@dataclass
class Standing:
    """How a step stands.

    Parameters
    ----------
    status : str
        ``WAITING``, ``RUNNING``, or how it ended.
    began : float
        On the monotonic clock.
    cell, cells : int
        The cell that it is at, of how many; 0 before the first.
    seconds : float or None
        How long it took; None before its end.
    rows : dict or None
        Its account, where it keeps one.
    note : str
        What else there is to say.
    """

    status: str = "WAITING"
    began: float = 0.0
    cell: int = 0
    cells: int = 0
    seconds: float | None = None
    rows: dict | None = None
    note: str = ""
    told: float = 0.0
    """When something was last said of it, on the monotonic clock."""

    @property
    def elapsed(self) -> float:
        """Seconds since its begin, or what it took."""
        return time.monotonic() - self.began if self.seconds is None else self.seconds


class Progress:
    """Takes what happens in a run. Its methods may be called from any thread.

    Parameters
    ----------
    steps : list of str
        The steps of the run, in order.
    console : Console, optional
        Where it is told, if it is told to people.
    """

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
        self.steps[step] = Standing("RUNNING", now, told=now)

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


def rows_text(rows: dict | None) -> str:
    """A step's account in a few words."""
    return f"read {rows['read']:,}, kept {rows['kept']:,}" if rows else ""
