"""What is looked at after each cell of a notebook: whether its session still lives, and whether the cell ended it."""

import re
from collections.abc import Callable

from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from runner.glue.session import why_ended

HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


class CellWatch:
    """Follows the cells of a notebook, and breaks it off at the cell in which its session or itself came to an end.

    Glue's kernel reports a cell as done whatever became of the session, so only the session, where there is one, can
    tell. ``tell`` takes the number of each cell that begins.
    """

    def __init__(self, session: str | None, tell: Callable[[int], None]):
        self._session, self._tell = session, tell
        self._number, self._heading = 0, ""
        self.reason: str | None = None
        """Why the notebook was broken off."""

    @property
    def place(self) -> str:
        """The cell that began last, such as ``cell 7 (Join)``."""
        if not self._number:
            return "its start"
        return f"cell {self._number} ({self._heading})" if self._heading else f"cell {self._number}"

    def begins(self, cell: NotebookNode, cell_index: int) -> None:
        """A cell begins, be it of text or of code."""
        self._number = cell_index + 1
        if cell.cell_type == "markdown":
            self._heading = next(reversed(HEADING.findall(cell.source)), self._heading)
        self._tell(self._number)

    def ended(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        """A cell of code has ended; where nothing may run after it papermill marks it and ends the notebook."""
        reply = execute_reply["content"]
        if call := _ending_call(reply):
            self.reason = f"{self.place} called {call}: a step ends with its last cell, or with an error that says why"
        elif self._session and (why := why_ended(self._session)):
            self.reason = f"the Glue session ended in {self.place}: {why}"
        if self.reason:
            raise CellExecutionError("", "SessionEnded", self.reason)


def _ending_call(reply: dict) -> str | None:
    """What a cell called to end its Python, as its kernel answered."""
    if reply.get("ename") == "SystemExit":
        value = reply["evalue"]
        if value in ("", "0", "None"):
            return "sys.exit(0) or quit()"
        return f"sys.exit({value if value.isdecimal() else repr(value)})"
    if any(action.get("source") == "ask_exit" for action in reply.get("payload", [])):
        return "quit() or exit()"
    return None
