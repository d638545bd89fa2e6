"""What a run says while it works: a live line on a terminal, plain lines in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Progress:
    """Says which step is at which cell, and how each one ended.

    Parameters
    ----------
    steps : list of str
        The steps of the run, in order.
    """

    def __init__(self, steps: list[str]):
        self.steps = steps
        self.console = Console(highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """One plain line."""
        self.console.print(text, markup=False)

    @contextmanager
    def doing(self, what: str) -> Iterator["Line"]:
        """A piece of work that takes a while: a live line on a terminal, nothing in a log until it is done."""
        with self.console.status(what) as status:
            yield Line(status, what)

    def ended(self, step: str, status: str, seconds: float, rows: dict | None, reason: str | None = None) -> None:
        """How a step ended: one line."""
        number = f"[{self.steps.index(step) + 1}/{len(self.steps)}]"
        counts = f"  read {rows['read']:,}, kept {rows['kept']:,}" if rows else ""
        self.say(f"{number} {step:<38} {status:<9} {seconds:6.1f} s{counts}{f'  {reason}' if reason else ''}")


class Line:
    """The live line of one piece of work."""

    def __init__(self, status, what: str):
        self.status, self.what, self.began = status, what, time.monotonic()

    def at_cell(self, number: int, count: int) -> None:
        """Show the cell that has begun."""
        self.status.update(f"{self.what}: cell {number} of {count}, {time.monotonic() - self.began:.0f} s")
