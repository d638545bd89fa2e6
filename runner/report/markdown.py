"""A notebook's narrative: Markdown to HTML that carries no foreign markup."""

import re
from collections.abc import Mapping

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$", re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)


def markdown_to_html(source: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> Markup:
    """Markdown as HTML; raw HTML in it is shown as text, ``javascript:`` links lead nowhere.

    Parameters
    ----------
    source : str
        The cell's source.
    attachments : mapping, optional
        The cell's attachments, which become data URIs.
    """
    renderer = IPythonRenderer(
        escape=True,
        allow_harmful_protocols=False,
        exclude_anchor_links=False,
        anchor_link_text="#",
        attachments=dict(attachments or {}),
    )
    html = MarkdownWithMath(renderer=renderer).render(source)
    return Markup(_scrolling_tables(html).replace("<pre>", '<pre tabindex="0">'))  # what scrolls, by keyboard too


def headings(source: str) -> list[tuple[int, str]]:
    """The headings of a Markdown source as (level, text), without those in code fences."""
    return [(len(signs), text) for signs, text in _HEADING.findall(_FENCED.sub("", source))]


def _scrolling_tables(html: str) -> str:
    """Each table in a box of its own that scrolls sideways, so that the page never does."""
    opened = html.replace("<table>", '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>')
    return opened.replace("</table>", "</table></div>").replace("<th>", '<th scope="col">')
