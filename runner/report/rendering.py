"""The template environment, and what each page carries inside itself: its style, its script, its content policy."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from runner.privacy.masking import mask_identity_text
from runner.report import formatting
from runner.report.account import branches, unaccounted

TEMPLATES = Path(__file__).parent / "templates"


def breakable(name: str) -> Markup:
    """A technical name that may wrap behind its underscores, so that a phone need not scroll for it."""
    return Markup("_<wbr>").join(str(name).split("_"))


def content_policy(script: str) -> str:
    """The Content-Security-Policy of a page: nothing is fetched, and only the page's own script runs.

    What a table or a notebook brings in is escaped; this is the second lock, in the browser itself.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


# Everything is escaped, an unknown name is an error.
PAGES = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
PAGES.filters |= {
    "count": formatting.count_text,
    "duration": formatting.duration_text,
    "instant": formatting.instant_text,
    "dollars": formatting.dollars_text,
    "number": formatting.number_text,
    "numeric_columns": formatting.numeric_columns,
    "breakable": breakable,
    "branches": branches,
    "unaccounted": unaccounted,
}
_SCRIPT = (TEMPLATES / "toggle.js").read_text("utf-8")
PAGES.globals |= {
    "status_marks": formatting.STATUS_MARKS,
    "no_value": formatting.NO_VALUE,
    "share": formatting.share_text,
    "style": Markup((TEMPLATES / "style.css").read_text("utf-8")),
    "script": Markup(_SCRIPT),
    "policy": content_policy(_SCRIPT),
}


def render_page(template: str, **values: object) -> str:
    """Fill a page's template (under ``templates/``) with what it asks for, and mask identity in what came out."""
    return mask_identity_text(PAGES.get_template(template).render(**values))
