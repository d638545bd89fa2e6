"""What a run says while it works: a live table on a terminal, plain lines in a log, JSON events for programs."""

from rich.console import Console

from runner.run.progress.events import EventProgress
from runner.run.progress.lines import LineProgress
from runner.run.progress.progress import Progress
from runner.run.progress.table import TableProgress

__all__ = ["Progress", "choose_progress"]


def choose_progress(steps: list[str], as_events: bool) -> Progress:
    """The progress that fits standard output.

    Parameters
    ----------
    steps : list of str
        The steps of the run, in order.
    as_events : bool
        One JSON document a line.
    """
    if as_events:
        return EventProgress(steps)
    console = Console(highlight=False, soft_wrap=True)
    return TableProgress(steps, console) if console.is_terminal else LineProgress(steps, console)
