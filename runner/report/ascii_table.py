"""Tables that Spark's ``DataFrame.show()`` prints as text, found in a cell's output and read back into cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

RULE = re.compile(r"\+(?:-+\+)+")
TOP_ROWS = re.compile(r"only showing top \d+ rows?")
NUMBER = re.compile(r"[-+]?(?:\d[\d,]*)(?:\.\d+)?(?:[eE][-+]?\d+)?%?")
NO_VALUE = {"", "null", "NULL", "NaN"}


@dataclass(frozen=True)
class AsciiTable:
    """A table as Spark printed it.

    Parameters
    ----------
    header : list of str
        Column names.
    rows : list of list of str
        The cells, without padding; each row is as long as the header.
    note : str
        What Spark says beneath a table that it cut, else empty.
    """

    header: list[str]
    rows: list[list[str]]
    note: str = ""

    @property
    def numeric_columns(self) -> list[bool]:
        """For each column whether it holds numbers and missing values alone, and so is set to the right."""
        return [self._is_numeric(column) for column in range(len(self.header))]

    def _is_numeric(self, column: int) -> bool:
        filled = [row[column] for row in self.rows if row[column] not in NO_VALUE]
        return bool(filled) and all(NUMBER.fullmatch(cell) for cell in filled)


def split_tables(text: str) -> Iterator[str | AsciiTable]:
    """Cut a text into the tables in it and the passages between them, in their order.

    What looks like a table and cannot be read with certainty stays text.
    """
    lines = text.split("\n")
    passage: list[str] = []
    at = 0
    while at < len(lines):
        found = _table_at(lines, at)
        if found is None:
            passage.append(lines[at])
            at += 1
            continue
        if any(line.strip() for line in passage):
            yield "\n".join(passage)
        passage = []
        table, at = found
        yield table
    if any(line.strip() for line in passage):
        yield "\n".join(passage)


def _table_at(lines: list[str], start: int) -> tuple[AsciiTable, int] | None:
    """The table whose upper rule is line ``start``, and the line behind it."""
    rule = lines[start].rstrip()
    if not RULE.fullmatch(rule):
        return None
    body: list[list[str]] = []
    rules = 1
    for at in range(start + 1, len(lines)):
        line = lines[at].rstrip()
        if line == rule:
            rules += 1
            if rules == 3:
                return _with_note(body, lines, at + 1)
            continue
        cells = _cells(line, rule)
        # One header line stands between the first two rules, all rows behind the second.
        if cells is None or (rules == 1 and body):
            return None
        body.append(cells)
    return None


def _with_note(body: list[list[str]], lines: list[str], end: int) -> tuple[AsciiTable, int] | None:
    """The finished table, with Spark's remark on rows left out where the next line is one."""
    if not body:
        return None
    if end < len(lines) and TOP_ROWS.fullmatch(lines[end].strip()):
        return AsciiTable(body[0], body[1:], lines[end].strip()), end + 1
    return AsciiTable(body[0], body[1:]), end


def _cells(line: str, rule: str) -> list[str] | None:
    """The cells of a line, cut where the rule has its crosses; None if the line does not fit the rule.

    A value may hold ``|`` itself, so positions decide. Spark pads full-width characters as two columns, which shifts
    the positions; such a line is cut at its bars, if that gives the right number of cells.
    """
    if not (line.startswith("|") and line.endswith("|") and len(line) > 1):
        return None
    crosses = [place for place, sign in enumerate(rule) if sign == "+"]
    if len(line) == len(rule) and all(line[place] == "|" for place in crosses):
        return [line[left + 1 : right].strip() for left, right in zip(crosses, crosses[1:], strict=False)]
    pieces = line[1:-1].split("|")
    return [piece.strip() for piece in pieces] if len(pieces) == len(crosses) - 1 else None
