"""An executed notebook as its file holds it, whole or as far as it came."""

from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbconvert.filters.highlight import Highlight2HTML

from runner.report.cells import Cell, code_cell, markdown_cell
from runner.report.markdown import headings

# papermill marks a failed notebook with cells of its own that hold raw HTML; the page has its own banner and anchor.
_PAPERMILL_BANNER_TAG = "papermill-error-cell-tag"


class UnreadableNotebookError(Exception):
    """A notebook file that is missing, cut off or no notebook; the message says which."""


@dataclass(frozen=True)
class ExecutedNotebook:
    """A notebook's cells, and the text of its first heading of level 1, if it has one."""

    cells: list[Cell]
    title: str | None


def read_notebook(path: Path) -> ExecutedNotebook:
    """Read an executed notebook; empty cells are left out.

    Raises
    ------
    UnreadableNotebookError
        If the file is missing or holds no notebook.
    """
    highlight = Highlight2HTML(pygments_lexer="ipython3")
    cells: list[Cell] = []
    title: str | None = None
    topic = "the notebook"
    own = [cell for cell in _parse(path).cells if _PAPERMILL_BANNER_TAG not in cell.metadata.get("tags", [])]
    for number, cell in enumerate(own, start=1):
        if not cell.source.strip():
            continue
        if cell.cell_type == "code":
            cells.append(code_cell(number, cell, topic, highlight))
        elif cell.cell_type == "markdown":
            found = headings(cell.source)
            title = title or next((text for level, text in found if level == 1), None)
            topic = found[-1][1] if found else topic
            cells.append(markdown_cell(number, cell))
    return ExecutedNotebook(cells, title)


def _parse(path: Path) -> nbformat.NotebookNode:
    """The notebook in a file, in nbformat 4."""
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError as error:
        raise UnreadableNotebookError("no executed notebook was left") from error
    except OSError as error:
        raise UnreadableNotebookError(f"the executed notebook cannot be read: {error.strerror}") from error
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        # A notebook cut off while it was written is broken JSON (ValueError) or lacks parts (the other two).
        raise UnreadableNotebookError("the executed notebook is cut off or damaged") from error
