"""Terminal text as HTML: escaped, its colours as classes of the page's style."""

import re

from markupsafe import Markup, escape

_CONTROL = re.compile(r"\x1b\[([\d;]*)m|\x1b\[[\d;?]*[A-Za-z]")
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_STYLES = {
    1: ("weight", "ansi-bold"),
    22: ("weight", ""),
    4: ("line", "ansi-underline"),
    24: ("line", ""),
    39: ("colour", ""),
    **{base + at: ("colour", f"ansi-{name}-fg") for at, name in enumerate(_COLOURS) for base in (30, 90)},
}


def terminal_html(text: str) -> Markup:
    """A text with ANSI's control sequences as HTML, without blank lines around it.

    Bold, underline and the eight colours, bright or not, become classes. Anything else, such as a colour that a program
    chose for its own ground, would be unreadable in light or in dark, and is dropped.

    >>> terminal_html("\\x1b[1;31mno\\x1b[0m")
    Markup('<span class="ansi-bold ansi-red-fg">no</span>')
    """
    html, classes, start = Markup(""), {}, 0
    text = text.strip("\n")
    for found in _CONTROL.finditer(text):
        html += _span(text[start : found.start()], classes)
        start = found.end()
        if found[1] is not None:
            classes = _restyled(classes, [int(code or 0) for code in found[1].split(";")])
    return html + _span(text[start:], classes)


def _restyled(classes: dict[str, str], codes: list[int]) -> dict[str, str]:
    """The classes in force behind a sequence of codes, by what they are of."""
    for code in codes:
        if code in (38, 48):  # a colour by number, or by its parts, follows
            break
        if code == 0:
            classes = {}
        elif code in _STYLES:
            kind, name = _STYLES[code]
            classes = classes | {kind: name}
    return classes


def _span(text: str, classes: dict[str, str]) -> Markup:
    names = " ".join(filter(None, classes.values()))
    return Markup('<span class="{}">{}</span>').format(names, text) if text and names else escape(text)
