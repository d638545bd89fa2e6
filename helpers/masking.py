"""Looks at data without looking at people: what a notebook shows shows no identity."""

from collections.abc import Iterable, Sequence

from helpers.records import write_finding
from helpers.settings import Settings
from helpers.tables import SHOWN

COUNTS = frozenset({"registration_events", "with_research_consent", "blank_consent"})
"""Columns of the notebooks' own queries: counts, which show nobody."""
MASK = "•••"


def mask_value(column: str, value: object) -> object:
    """One value of a table as it may be shown; only columns that are known to name nobody are, and nulls."""
    return value if value is None or column.lower() in SHOWN | COUNTS else MASK


def show_table(settings: Settings, name: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print rows that may be shown (`mask_rows`), and hand them over to the report as data.

    Parameters
    ----------
    name : str
        The report shows them at the cell with the tag ``table:<name>``.
    """
    write_finding(settings, f"table_{name}", {"columns": columns, "rows": rows})
    print_table(columns, rows)


def mask_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[list[str]]:
    """Rows as texts that may be shown."""
    masked = ([mask_value(column, value) for column, value in zip(columns, row, strict=True)] for row in rows)
    return [["NULL" if value is None else str(value) for value in row] for row in masked]


def print_table(columns: list[str], rows: list[list[str]]) -> None:
    """Print rows in the form of Spark's ``show``."""
    widths = [max(len(cell) for cell in column) for column in zip(columns, *rows, strict=True)]
    rule = "+" + "+".join("-" * width for width in widths) + "+"
    lines = [
        "|" + "|".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) + "|"
        for row in [columns, *rows]
    ]
    print("\n".join([rule, lines[0], rule, *lines[1:], rule]))
