"""What a run says while it works: a live table on a terminal, plain lines in a log, JSON events for programs."""

from rich.console import Console

from runner.run.progress.events import EventProgress
from runner.run.progress.progress import LineProgress, Progress
from runner.run.progress.table import TableProgress

__all__ = ["Progress", "choose_progress"]


def choose_progress(steps: list[str], as_events: bool) -> Progress:
    """The progress of a run's steps that fits standard output."""
    if as_events:
        return EventProgress(steps)
    console = Console(highlight=False, soft_wrap=True)
    return TableProgress(steps, console) if console.is_terminal else LineProgress(steps, console)
