"""The cells of an executed notebook as the notebook page shows them."""

from dataclasses import dataclass, field

from markupsafe import Markup
from nbconvert.filters.highlight import Highlight2HTML
from nbformat import NotebookNode

from runner.report.markdown import headings, markdown_to_html
from runner.report.outputs import CellOutput, read_outputs
from runner.report.parameters import DEFAULTS_TAG, INJECTED_TAG, Parameter, read_parameters

# papermill marks a failed notebook with cells of its own that hold raw HTML; the page has its own banner and anchor.
_PAPERMILL_BANNER_TAG = "papermill-error-cell-tag"


@dataclass
class Cell:
    """One cell of the page.

    Parameters
    ----------
    number : int
        Its place among the notebook's own cells, from 1.
    kind : str
        ``markdown``, ``code``, ``defaults`` (of the parameters) or ``injected`` (parameters of this run).
    html : Markup
        The narrative, or the highlighted code.
    output : CellOutput
        What the code gave.
    parameters : list of Parameter
        Of a parameters cell that is plain assignments.
    failed, pending : bool
        Whether the notebook stopped here, or ended before it came here.
    seconds : float or None
        How long it ran, where papermill measured it.
    """

    number: int
    kind: str
    html: Markup
    output: CellOutput = field(default_factory=CellOutput)
    parameters: list[Parameter] = field(default_factory=list)
    failed: bool = False
    pending: bool = False
    seconds: float | None = None


@dataclass
class Story:
    """A notebook read for its page: its cells, and the text of its first heading of level 1, if it has one."""

    cells: list[Cell]
    title: str | None


def read_story(notebook: NotebookNode) -> Story:
    """Read the cells of a notebook in nbformat 4, executed wholly or in part; empty cells are left out."""
    highlight = Highlight2HTML(pygments_lexer="ipython3")
    cells: list[Cell] = []
    title: str | None = None
    topic = "the notebook"
    own = [cell for cell in notebook.cells if _PAPERMILL_BANNER_TAG not in cell.metadata.get("tags", [])]
    for number, cell in enumerate(own, start=1):
        if not cell.source.strip():
            continue
        if cell.cell_type == "code":
            cells.append(_code_cell(number, cell, topic, highlight))
            continue
        if cell.cell_type == "markdown":
            found = headings(cell.source)
            title = title or next((text for level, text in found if level == 1), None)
            topic = found[-1][1] if found else topic
            cells.append(Cell(number, "markdown", markdown_to_html(cell.source, cell.get("attachments"))))
    return Story(cells, title)


def _code_cell(number: int, cell: NotebookNode, topic: str, highlight: Highlight2HTML) -> Cell:
    """A code cell with its outputs, and with its parameters where it is tagged to hold them."""
    tags = cell.metadata.get("tags", [])
    kind = "injected" if INJECTED_TAG in tags else "defaults" if DEFAULTS_TAG in tags else "code"
    record = cell.metadata.get("papermill", {})
    return Cell(
        number=number,
        kind=kind,
        html=Markup(highlight(cell.source)),
        output=read_outputs(cell.outputs, topic),
        parameters=[] if kind == "code" else read_parameters(cell.source),
        failed=_failed(cell),
        pending=record.get("status") == "pending",
        seconds=record.get("duration"),
    )


def _failed(cell: NotebookNode) -> bool:
    """Whether the notebook stopped at a cell.

    A Glue statement's error leaves no error output, only papermill's note of the exception on the cell.
    """
    if cell.metadata.get("papermill", {}).get("exception") is True:
        return True
    return any(output.output_type == "error" for output in cell.outputs)
