"""A code cell's outputs as blocks that the notebook page draws: text, tables, pictures, errors."""

import re
from base64 import b64encode
from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

import bleach
from markupsafe import Markup

from runner.report.markdown import HEADER_CELL, markdown_to_html
from runner.report.notebook import tags_of
from runner.report.terminal import terminal_html

_PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
_STYLE = re.compile(r"<(style|script)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)")
_TABLE_TAGS = ["table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "p", "div", "b", "i", "em", "strong"]
_SPANS = ["colspan", "rowspan"]
_SESSION_TAGS = {"session", "warm-session"}
_RED = "\x1b[31m"


class Block(NamedTuple):
    """One thing to show beneath a cell."""

    kind: str  # text, stderr, table (handed over as data), dataframe (pandas'), html, picture or error
    content: Markup | Mapping | str  # safe HTML; of a table its columns and rows, of a picture its data URI
    alt: str = ""  # a picture in words


def read_outputs(cell: dict, table: Mapping | None, topic: str) -> tuple[list[Block], list[str]]:
    """Turn the outputs of a code cell (nbformat 4) into blocks, and the kernel's talk about its session into lines.

    A ``table`` that the cell handed over as data takes the place of what it printed. ``topic``, the heading that the
    cell stands under, is the alternative text of its pictures.
    """
    talk = [output for output in cell["outputs"] if _is_session_talk(cell, output)]
    log = [line for output in talk for line in "".join(output["text"]).splitlines() if line.strip()]
    blocks: list[Block] = []
    # Neighbouring pieces of one stream are one text.
    said = (output for output in cell["outputs"] if output not in talk)
    for (kind, name), pieces in groupby(said, lambda output: (output["output_type"], output.get("name"))):
        if kind == "error":
            blocks += map(_error_block, pieces)
        elif kind != "stream":
            blocks += [block for piece in pieces for block in _data_blocks(piece, topic)]
        elif name == "stdout" and table:
            blocks += [] if any(block.kind == "table" for block in blocks) else [Block("table", table)]
        else:
            text = "".join("".join(piece["text"]) for piece in pieces)
            blocks += _text_blocks(_OVERWRITTEN.sub("", text), "stderr" if name == "stderr" else "text")
    return blocks, log


def _is_session_talk(cell: dict, output: dict) -> bool:
    """Whether Glue's kernel tells of its session: in the cells that set it up or join it, and no complaint.

    Complaints must stay in sight. The kernel prints them in red, or on stderr.
    """
    told = output["output_type"] == "stream" and output["name"] == "stdout" and _RED not in "".join(output["text"])
    return told and not _SESSION_TAGS.isdisjoint(tags_of(cell))


def _text_blocks(text: str, kind: str) -> list[Block]:
    """A text, if there is any."""
    return [Block(kind, terminal_html(text))] if text.strip() else []


def _data_blocks(output: dict, topic: str) -> list[Block]:
    """The richest form of a result that a page without scripts and network can show."""
    data = {mime: "".join(content) for mime, content in output["data"].items() if isinstance(content, (str, list))}
    picture = next((mime for mime in _PICTURES if mime in data), None)
    if picture:
        return [_picture(picture, data[picture], output.get("metadata", {}), topic)]
    if "<table" in data.get("text/html", ""):
        return [Block("dataframe", _clean_table(data["text/html"]))]
    if "text/markdown" in data:
        return [Block("html", markdown_to_html(data["text/markdown"])[0])]
    return _text_blocks(data.get("text/plain", ""), "text")


def _picture(mime: str, content: str, metadata: Mapping, topic: str) -> Block:
    """A picture as a data URI; its alternative text is its own, where the notebook gave one."""
    alt = metadata.get("alt") or metadata.get(mime, {}).get("alt") or f"Figure: {topic}"
    if mime == "image/svg+xml":
        content = b64encode(content.encode()).decode()
    return Block("picture", f"data:{mime};base64,{''.join(content.split())}", alt)


def _error_block(output: dict) -> Block:
    """An error with its traceback, or its name and value alone where the kernel gave no traceback."""
    traceback = terminal_html("\n".join(output.get("traceback", [])))
    return Block("error", traceback if traceback.strip() else terminal_html(f"{output['ename']}: {output['evalue']}"))


def _clean_table(html: str) -> Markup:
    """An HTML table, such as pandas makes, without styles, scripts and attributes that could act."""
    clean = bleach.clean(_STYLE.sub("", html), _TABLE_TAGS, {"th": _SPANS, "td": _SPANS}, strip=True)
    head, mark, body = clean.partition("</thead>")
    return Markup(HEADER_CELL.sub('<th scope="col"', head) + mark + HEADER_CELL.sub('<th scope="row"', body))
