"""Progress as a live table, for people at a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table

from runner.run.progress.progress import Progress, Standing

MARKS = {
    "WAITING": "[dim]·[/]",
    "RUNNING": "[cyan]▶[/]",
    "SUCCEEDED": "[green]✓[/]",
    "FAILED": "[red]✕[/]",
    "CANCELLED": "[yellow]■[/]",
    "SKIPPED": "[dim]–[/]",
}


class TableProgress(Progress):
    """A table that stays while the sentences scroll above it."""

    def __init__(self, steps: list[str], console: Console):
        super().__init__(steps, console)
        self._doing: str | None = None
        self._spinner = Spinner("dots")
        self._live = Live(console=console, get_renderable=self._render, refresh_per_second=4)

    def __enter__(self) -> "TableProgress":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        self._doing = what
        try:
            yield
        finally:
            self._doing = None

    def _render(self) -> RenderableType:
        table = Table(box=None, padding=(0, 1), pad_edge=False)
        for name, justify in (("", "left"), ("step", "left"), ("cell", "right"), ("time", "right")):
            table.add_column(name, justify=justify, no_wrap=True)
        table.add_column("rows read → kept", justify="right", no_wrap=True)
        table.add_column("", overflow="ellipsis", no_wrap=True)
        for step, standing in self.steps.items():
            table.add_row(*_row(step, standing))
        if not self._doing:
            return table
        self._spinner.update(text=self._doing)
        return Group(table, self._spinner)


def _row(step: str, standing: Standing) -> tuple[str, ...]:
    style = "dim" if standing.status in ("WAITING", "SKIPPED") else "default"
    cell = f"{standing.cell} of {standing.cells}" if standing.status == "RUNNING" and standing.cells else ""
    time = "" if standing.status in ("WAITING", "SKIPPED") else f"{standing.elapsed:.0f} s"
    rows = f"{standing.rows['read']:,} → {standing.rows['kept']:,}" if standing.rows else ""
    return MARKS[standing.status], f"[{style}]{step}[/]", cell, time, rows, escape(standing.note)
