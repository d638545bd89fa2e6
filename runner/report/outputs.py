"""A code cell's outputs as blocks that the notebook page draws: text, tables, pictures, errors."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markupsafe import Markup
from nbconvert.filters.ansi import ansi2html, strip_ansi
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode

from runner.report.ascii_table import AsciiTable, split_tables
from runner.report.markdown import markdown_to_html
from runner.report.session_log import split_session_log

_PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
_STYLE = re.compile(r"<(style|script)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)")
_HEADER_CELL = re.compile(r"<th(?=[\s>])")
_TABLE_TAGS = ["table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "p", "div", "b", "i", "em", "strong"]


@dataclass(frozen=True)
class Block:
    """One thing to show beneath a cell.

    Parameters
    ----------
    kind : str
        ``text``, ``stderr``, ``table`` (Spark's), ``dataframe`` (pandas'), ``html``, ``picture`` or ``error``.
    html : Markup
        Safe HTML, of the kinds that are HTML.
    table : AsciiTable, optional
        Of kind ``table``.
    uri, alt : str
        The data URI and the alternative text, of kind ``picture``.
    """

    kind: str
    html: Markup = Markup("")
    table: AsciiTable | None = None
    uri: str = ""
    alt: str = ""


@dataclass
class CellOutput:
    """All that a cell gave: the blocks to show, and the kernel's session log to fold away."""

    blocks: list[Block] = field(default_factory=list)
    session_log: list[str] = field(default_factory=list)


def read_outputs(outputs: Iterable[NotebookNode], topic: str) -> CellOutput:
    """Turn the outputs of one executed cell into blocks.

    Parameters
    ----------
    outputs : iterable of NotebookNode
        ``cell.outputs`` in nbformat 4.
    topic : str
        The heading the cell stands under; the alternative text of its pictures.
    """
    seen = CellOutput()
    for output in _joined_streams(outputs):
        if output["output_type"] == "stream":
            log, text = split_session_log(_OVERWRITTEN.sub("", output["text"]))
            seen.session_log += log
            seen.blocks += _text_blocks(text, output["name"])
        elif output["output_type"] == "error":
            seen.blocks.append(_error_block(output))
        else:
            seen.blocks += _data_blocks(output, topic)
    return seen


def _joined_streams(outputs: Iterable[NotebookNode]) -> Iterator[dict]:
    """The outputs, with neighbouring pieces of one stream put together: a table may arrive in pieces."""
    held: dict | None = None
    for output in outputs:
        if held and output["output_type"] == "stream" and output["name"] == held["name"]:
            held["text"] += output["text"]
            continue
        if held:
            yield held
        held = dict(output) if output["output_type"] == "stream" else None
        if held is None:
            yield output
    if held:
        yield held


def _text_blocks(text: str, stream: str) -> list[Block]:
    """A stream as passages of text and tables."""
    if stream == "stderr":
        return [Block("stderr", html=_console(text))] if text.strip() else []
    return [
        Block("table", table=piece) if isinstance(piece, AsciiTable) else Block("text", html=_console(piece))
        for piece in split_tables(text)
    ]


def _data_blocks(output: NotebookNode, topic: str) -> list[Block]:
    """The richest form of a result that a page without scripts and network can show."""
    data = output["data"]
    for mime in _PICTURES:
        if mime in data:
            return [_picture(mime, data[mime], output, topic)]
    if "<table" in data.get("text/html", ""):
        return [Block("dataframe", html=_clean_table(data["text/html"]))]
    if "text/markdown" in data:
        return [Block("html", html=markdown_to_html(data["text/markdown"]))]
    return _text_blocks(data.get("text/plain", ""), "stdout")


def _picture(mime: str, content: str, output: NotebookNode, topic: str) -> Block:
    """A picture as a data URI; its alternative text is its own, where the notebook gave one."""
    metadata = output.get("metadata", {})
    alt = metadata.get("alt") or metadata.get(mime, {}).get("alt") or f"Figure: {topic}"
    if mime == "image/svg+xml":
        content = b64encode(content.encode()).decode()
    return Block("picture", uri=f"data:{mime};base64,{''.join(content.split())}", alt=alt)


def _error_block(output: NotebookNode) -> Block:
    """An error with its traceback, or its name and value alone where the kernel gave no traceback."""
    line = f"{output['ename']}: {output['evalue']}"
    traceback = "\n".join(output.get("traceback", []))
    shown = traceback if strip_ansi(traceback).strip() else line
    return Block("error", html=_console(shown), alt=strip_ansi(line))


def _clean_table(html: str) -> Markup:
    """An HTML table, such as pandas makes, without styles, scripts and attributes that could act."""
    cleaner = SanitizeHTML(
        tags=_TABLE_TAGS, attributes={"th": ["colspan", "rowspan"], "td": ["colspan", "rowspan"]}, strip=True
    )
    clean = cleaner.sanitize_html_tags(_STYLE.sub("", html))
    head, mark, body = clean.partition("</thead>")
    return Markup(_HEADER_CELL.sub('<th scope="col"', head) + mark + _HEADER_CELL.sub('<th scope="row"', body))


def _console(text: str) -> Markup:
    """Terminal text as HTML: escaped, its ANSI colours as classes, without blank lines around it."""
    return Markup(ansi2html(text.strip("\n")))
