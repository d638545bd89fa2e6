"""The cells of an executed notebook as the notebook page shows them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from markupsafe import Markup
from nbformat import NotebookNode

from runner.report.markdown import markdown_to_html
from runner.report.outputs import CellOutput, read_outputs
from runner.report.parameters import DEFAULTS_TAG, INJECTED_TAG, Parameter, read_parameters


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

    @property
    def silent(self) -> bool:
        """Whether this is code that ran and has nothing to show."""
        return self.kind != "markdown" and not (self.output.blocks or self.failed or self.pending)


def markdown_cell(number: int, cell: NotebookNode) -> Cell:
    """A cell of the narrative."""
    return Cell(number, "markdown", markdown_to_html(cell.source, cell.get("attachments")))


def code_cell(number: int, cell: NotebookNode, topic: str, highlight: Callable[[str], str]) -> Cell:
    """A code cell with its outputs, and with its parameters where it is tagged to hold them.

    Parameters
    ----------
    number : int
        Its place in the notebook.
    cell : NotebookNode
        A cell of nbformat 4.
    topic : str
        The heading that it stands under.
    highlight : callable
        Python source to HTML.
    """
    tags = cell.metadata.get("tags", [])
    kind = "injected" if INJECTED_TAG in tags else "defaults" if DEFAULTS_TAG in tags else "code"
    record = cell.metadata.get("papermill", {})
    failed = _failed(cell)
    output = read_outputs(cell.outputs, topic)
    return Cell(
        number=number,
        kind=kind,
        # What scrolls must be reached by keyboard.
        html=Markup(highlight(cell.source).replace("<pre>", '<pre tabindex="0">', 1)),
        output=_with_error(output) if failed else output,
        parameters=[] if kind == "code" else read_parameters(cell.source),
        failed=failed,
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


def _with_error(output: CellOutput) -> CellOutput:
    """The output of a failed cell: where none of it is an error, the last text is; Glue's kernel only prints it."""
    blocks = list(output.blocks)
    if not any(block.kind == "error" for block in blocks):
        for place in reversed(range(len(blocks))):
            if blocks[place].kind in ("text", "stderr"):
                blocks[place] = replace(blocks[place], kind="error")
                break
    return CellOutput(blocks, output.session_log)
