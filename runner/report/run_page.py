"""The run page: what happened, whether every row is accounted for, and where to read on."""

from collections.abc import Mapping
from typing import NamedTuple

from helpers.tables import QUARANTINE, tables_of
from runner.glue.cost import PRICES
from runner.pipeline.steps import STEPS
from runner.report.account import unaccounted
from runner.report.changes import changes_since
from runner.report.flow import lanes_of
from runner.report.flow_picture import NARROW, WIDE, flow_svg
from runner.report.formatting import elapsed_seconds
from runner.report.notebook import Picture
from runner.report.rendering import render_page

HEADLINES = {
    "SUCCEEDED": "The run succeeded",
    "FAILED": "The run failed",
    "CANCELLED": "The run was cancelled",
    "RUNNING": "The run broke off",
}
"""The report is written when a run ends: one that still counts as running then has broken off."""
UNFINISHED = ("FAILED", "CANCELLED", "RUNNING")


class PageLink(NamedTuple):
    """Where a step's notebook page is, or why there is none."""

    href: str | None
    note: str = ""


def run_page(run: Mapping, links: Mapping[str, PageLink], pictures: list[Picture], history: str | None = None) -> str:
    """The run page of a run.json document, with the pictures of its notebooks.

    ``links`` leads from a step's name to its page (a step that is missing has none), ``history`` to that of all runs.
    """
    steps = run["steps"]
    links = {step["name"]: links.get(step["name"]) or PageLink(None, _no_page(step)) for step in steps}
    counted = [step for step in steps if step["rows"]]
    lanes = lanes_of(steps, run["tables"])
    stopped = next((step for step in steps if step["status"] in UNFINISHED), None)
    skipped = [step for step in steps if step["status"] == "SKIPPED"]
    resume = stopped or next(iter(skipped), None)
    return render_page(
        "run.html.j2",
        run=run,
        run_id=run["run_id"],
        headline=_headline(run["status"], stopped, resume),
        links=links,
        notes={step["name"]: [links[step["name"]].note, step.get("remark"), unchanged_text(step)] for step in steps},
        stopped=stopped,
        skipped=skipped,
        resume=resume if resume and resume["name"] in STEPS else None,
        succeeded=sum(step["status"] == "SUCCEEDED" for step in steps),
        unchanged=sum("unchanged_since" in step for step in steps),
        reason=(stopped and stopped.get("reason")) or run.get("reason"),
        lanes=lanes,
        flows=[flow_svg(lanes, frame) for frame in (WIDE, NARROW)],
        counted=counted,
        unbalanced=[step for step in counted if unaccounted(step["rows"])],
        tables=sorted(run["tables"].items(), key=lambda table: table[0] in tables_of(QUARANTINE)),
        elapsed=elapsed_seconds(run["started"], run["ended"]),
        changes=changes_since(run),
        pictures=pictures,
        history=history,
        prices=PRICES,
    )


def unchanged_text(step: Mapping) -> str:
    """What is said of a step that need not be run; blank for one that was."""
    return f"unchanged since {step['unchanged_since']}" if "unchanged_since" in step else ""


def _no_page(step: Mapping) -> str:
    """Why a step has no page of its own."""
    return step.get("note", "" if step["status"] == "SKIPPED" or "unchanged_since" in step else "no notebook page")


def _headline(status: str, stopped: Mapping | None, resume: Mapping | None) -> str:
    """How the run ended and, where it did not reach its end, at which step."""
    if status == "SUCCEEDED" or resume is None:
        return HEADLINES[status]
    return f"{HEADLINES[status]} {'at' if stopped else 'before'} {resume['name']}"
