"""The cells of an executed notebook as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from runner.report.markdown import markdown_to_html
from runner.report.notebook import Notebook, tagged, tags_of
from runner.report.outputs import Block, read_outputs

_KINDS = {"parameters": "defaults", "injected-parameters": "injected"}
_LEXER, _FORMATTER = PythonLexer(), HtmlFormatter()


@dataclass
class Cell:
    """One cell of the page."""

    number: int  # its place among the notebook's own cells, from 1
    kind: str  # markdown, code, defaults (of the parameters) or injected (parameters of this run)
    html: Markup  # the narrative, or the highlighted code
    blocks: list[Block] = field(default_factory=list)  # what the code gave
    session_log: list[str] = field(default_factory=list)  # what Glue's kernel said of its session, to be folded away
    failed: bool = False  # the notebook stopped here
    pending: bool = False  # it ended before it came here
    seconds: float | None = None  # that it ran, where papermill measured it

    @property
    def silent(self) -> bool:
        """Whether this is code that ran and has nothing to show."""
        return self.kind != "markdown" and not (self.blocks or self.failed or self.pending)


def read_cells(notebook: Notebook, tables: Mapping[str, Mapping]) -> tuple[str | None, list[Cell]]:
    """The text of a notebook's first heading of level 1, if it has one, and its cells, without empty ones.

    ``tables`` (name -> ``columns`` and ``rows``) is what the cells tagged ``table:<name>`` hand over as data.
    """
    cells: list[Cell] = []
    title, topic = None, "the notebook"
    for number, cell in enumerate(notebook.cells, start=1):
        if not cell["source"].strip():
            continue
        if cell["cell_type"] == "markdown":
            html, headings = markdown_to_html(cell["source"], cell.get("attachments"))
            title = title or next((text for level, text in headings if level == 1), None)
            topic = headings[-1][1] if headings else topic
            cells.append(Cell(number, "markdown", html))
        elif cell["cell_type"] == "code":
            cells.append(_code_cell(number, cell, tables.get(tagged(cell, "table:")), topic))
    return title, cells


def _code_cell(number: int, cell: dict, table: Mapping | None, topic: str) -> Cell:
    record = cell["metadata"].get("papermill", {})
    # A Glue statement's error leaves no error output, only papermill's note of the exception on the cell.
    failed = record.get("exception") is True or any(output["output_type"] == "error" for output in cell["outputs"])
    blocks, log = read_outputs(cell, None if failed else table, topic)
    return Cell(
        number,
        next((_KINDS[tag] for tag in tags_of(cell) if tag in _KINDS), "code"),
        # What scrolls must be reached by keyboard.
        Markup(highlight(cell["source"], _LEXER, _FORMATTER).replace("<pre>", '<pre tabindex="0">', 1)),
        _with_error(blocks) if failed else blocks,
        log,
        failed,
        record.get("status") == "pending",
        record.get("duration"),
    )


def _with_error(blocks: list[Block]) -> list[Block]:
    """The blocks of a failed cell: where none of them is an error, the last text is; Glue's kernel only prints it."""
    texts = [place for place, block in enumerate(blocks) if block.kind in ("text", "stderr")]
    if texts and not any(block.kind == "error" for block in blocks):
        blocks[texts[-1]] = blocks[texts[-1]]._replace(kind="error")
    return blocks
