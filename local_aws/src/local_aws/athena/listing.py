"""The answer of a statement that is no query."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Listing:
    """Its columns, and its rows of one text each."""

    columns: list[dict[str, Any]]
    rows: list[str]


DONE = Listing([], [])
