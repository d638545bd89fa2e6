"""What the commands print."""

from rich.console import Console
from rich.table import Table

WIDE = 10_000


def print_table(table: Table) -> None:
    """Print a table. Only a terminal has an edge; what goes into a file or a pipe is not cut off."""
    console = Console()
    Console(width=console.width if console.is_terminal else WIDE).print(table)


def people(count: int) -> str:
    """A number of people in words."""
    return "1 person" if count == 1 else f"{count:,} people"
