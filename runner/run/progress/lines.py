"""Progress as plain lines, for logs: one when a step ends, and one a minute while it works."""

import time

from runner.run.progress.progress import Progress, rows_text

QUIET_SECONDS = 60.0


class LineProgress(Progress):
    """Plain lines."""

    def at_cell(self, step: str, cell: int, cells: int) -> None:
        super().at_cell(step, cell, cells)
        standing = self.steps[step]
        if time.monotonic() - standing.told > QUIET_SECONDS:
            standing.told = time.monotonic()
            self.say(f"{self._number(step)} {step}: cell {cell} of {cells}, {standing.elapsed:.0f} s")

    def ended(self, step: str, status: str, seconds: float, rows: dict | None, note: str = "") -> None:
        super().ended(step, status, seconds, rows, note)
        line = f"{self._number(step)} {step:<38} {status:<9} {seconds:6.1f} s  {rows_text(rows)}"
        self.say(f"{line.rstrip()}{f'  {note}' if note else ''}")

    def _number(self, step: str) -> str:
        return f"[{list(self.steps).index(step) + 1}/{len(self.steps)}]"
