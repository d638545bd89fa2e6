"""A notebook's narrative: Markdown to HTML that carries no foreign markup."""

import re
from collections.abc import Mapping

import mistune
from markupsafe import Markup

HEADER_CELL = re.compile(r"<th(?=[\s>])")


class _Narrative(mistune.HTMLRenderer):
    """mistune's own HTML, with anchors at the headings, and boxes of their own for what may be wider than the page."""

    def __init__(self):
        super().__init__(escape=True)
        self.headings: list[tuple[int, str]] = []

    def heading(self, text: str, level: int, **_: object) -> str:
        plain = Markup(text).striptags()
        self.headings.append((level, plain))
        anchor = Markup.escape(plain.replace(" ", "-"))
        return f'<h{level} id="{anchor}">{text}<a class="anchor-link" href="#{anchor}">#</a></h{level}>\n'

    def block_code(self, code: str, info: str | None = None) -> str:
        # What scrolls must be reached by keyboard.
        return super().block_code(code, info).replace("<pre>", '<pre tabindex="0">', 1)


def _scrolling_table(_: mistune.HTMLRenderer, text: str) -> str:
    table = HEADER_CELL.sub('<th scope="col"', text)
    return f'<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n{table}</table></div>\n'


def markdown_to_html(
    source: str, attachments: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[Markup, list[tuple[int, str]]]:
    """A cell's Markdown as HTML, and its headings as (level, text); its attachments become data URIs.

    Raw HTML in it is shown as text, ``javascript:`` links lead nowhere.
    """
    for name, forms in (attachments or {}).items():
        mime, content = next(iter(forms.items()))
        source = source.replace(f"attachment:{name}", f"data:{mime};base64,{''.join(content)}")
    renderer = _Narrative()
    render = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough", "url"])
    renderer.register("table", _scrolling_table)
    return Markup(render(source)), renderer.headings
