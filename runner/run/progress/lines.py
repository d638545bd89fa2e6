"""Progress as plain lines, for logs: one when a step ends, and one a minute while it works."""

import time

from rich.console import Console

from runner.run.progress.progress import Progress, rows_text

QUIET_SECONDS = 60.0


class LineProgress(Progress):
    """Plain lines.

    Parameters
    ----------
    steps : list of str
        The steps of the run, in order.
    console : Console
        Where they go.
    """

    def __init__(self, steps: list[str], console: Console):
        super().__init__(steps)
        self.console = console
        self._said = dict.fromkeys(steps, 0.0)

    def say(self, text: str) -> None:
        self.console.print(text, markup=False)

    def begun(self, step: str) -> None:
        super().begun(step)
        self._said[step] = time.monotonic()

    def at_cell(self, step: str, cell: int, cells: int) -> None:
        super().at_cell(step, cell, cells)
        if time.monotonic() - self._said[step] > QUIET_SECONDS:
            self._said[step] = time.monotonic()
            self.say(f"{self._number(step)} {step}: cell {cell} of {cells}, {self.steps[step].elapsed:.0f} s")

    def ended(self, step: str, status: str, seconds: float, rows: dict | None, note: str = "") -> None:
        super().ended(step, status, seconds, rows, note)
        line = f"{self._number(step)} {step:<38} {status:<9} {seconds:6.1f} s  {rows_text(rows)}"
        self.say(f"{line.rstrip()}{f'  {note}' if note else ''}")

    def _number(self, step: str) -> str:
        return f"[{list(self.steps).index(step) + 1}/{len(self.steps)}]"
