"""The house style: the template environment, and the style and script that each page carries inside itself."""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from runner.report import wording

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment of all templates: everything is escaped, an unknown name is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["count"] = wording.count_text
    made.filters["duration"] = wording.duration_text
    made.filters["instant"] = wording.instant_text
    made.filters["breakable"] = breakable
    made.globals["status_marks"] = wording.STATUS_MARKS
    made.globals["share"] = wording.share_text
    return made


def breakable(name: str) -> Markup:
    """A technical name that may wrap behind its underscores, so that a phone need not scroll for it."""
    return Markup("_<wbr>").join(str(name).split("_"))


def render(template: str, **values: object) -> str:
    """Fill a template of the house; the page's style, script and content policy come along."""
    script = (TEMPLATES / "toggle.js").read_text("utf-8")
    return (
        environment()
        .get_template(template)
        .render(
            style=Markup((TEMPLATES / "house.css").read_text("utf-8")),
            script=Markup(script),
            policy=content_policy(script),
            **values,
        )
    )


def content_policy(script: str) -> str:
    """The Content-Security-Policy of a page: nothing is fetched, and only the house's own script runs.

    What a table or a notebook brings in is escaped; this is the second lock, in the browser itself.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
