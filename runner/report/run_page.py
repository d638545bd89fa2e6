"""The run page: what happened, whether every row is accounted for, and where to read on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.glue.cost import PRICES
from runner.pipeline.steps import STEPS
from runner.report.accounting import Account, account_of
from runner.report.changes import changes_since
from runner.report.flow import lanes_of
from runner.report.flow_picture import NARROW, WIDE, flow_svg
from runner.report.formatting import elapsed_seconds
from runner.report.pictures import Picture
from runner.report.rendering import render_page

HEADLINES = {
    "SUCCEEDED": "The run succeeded",
    "FAILED": "The run failed",
    "CANCELLED": "The run was cancelled",
    "RUNNING": "The run broke off",
}
"""The report is written when a run ends: one that still counts as running then has broken off."""
UNFINISHED = ("FAILED", "CANCELLED", "RUNNING")


@dataclass(frozen=True)
class PageLink:
    """Where a step's notebook page is, or why there is none."""

    href: str | None
    note: str


@dataclass(frozen=True)
class StepRow:
    """A line of the table of steps."""

    name: str
    status: str
    seconds: float | None
    account: Account | None
    link: PageLink
    reason: str | None
    remark: str


def run_page(
    run: Mapping, links: Mapping[str, PageLink], pictures: Iterable[Picture] = (), history: str | None = None
) -> str:
    """The run page of a run.json document.

    Parameters
    ----------
    run : mapping
        The document.
    links : mapping
        Step name to its page; a step that is missing here has none.
    pictures : iterable of Picture
        What the notebooks made to be kept.
    history : str, optional
        Where the page of all runs is.
    """
    steps = [_step_row(step, links) for step in run["steps"]]
    lanes = lanes_of(run["steps"], run["tables"])
    stopped = next((step for step in steps if step.status in UNFINISHED), None)
    skipped = [step for step in steps if step.status == "SKIPPED"]
    resume = stopped or (skipped[0] if skipped else None)
    return render_page(
        "run.html.j2",
        run=run,
        headline=_headline(run["status"], stopped, resume),
        steps=steps,
        stopped=stopped,
        skipped=skipped,
        resume=resume if resume and resume.name in STEPS else None,
        succeeded=sum(step.status == "SUCCEEDED" for step in steps),
        reason=(stopped.reason if stopped else None) or run.get("reason"),
        lanes=lanes,
        flows=[flow_svg(lanes, frame) for frame in (WIDE, NARROW)],
        accounts=[step.account for step in steps if step.account],
        unbalanced=[step for step in steps if step.account and not step.account.balanced],
        tables=sorted(run["tables"].items(), key=lambda table: table[0].startswith("quarantine_")),
        elapsed=elapsed_seconds(run["started"], run["ended"]),
        changes=changes_since(run),
        pictures=list(pictures),
        history=history,
        prices=PRICES,
    )


def _step_row(step: Mapping, links: Mapping[str, PageLink]) -> StepRow:
    """A step of run.json as the table shows it; one that was skipped took no time."""
    skipped = step["status"] == "SKIPPED"
    return StepRow(
        name=step["name"],
        status=step["status"],
        seconds=None if skipped else step["seconds"],
        account=account_of(step["rows"]),
        link=links.get(step["name"], PageLink(None, step.get("note", "" if skipped else "no notebook page"))),
        reason=step.get("reason"),
        remark="; ".join(filter(None, [step.get("remark"), unchanged_text(step)])),
    )


def unchanged_text(step: Mapping) -> str:
    """What is said of a step that need not be run; blank for one that was."""
    return f"unchanged since {step['unchanged_since']}" if "unchanged_since" in step else ""


def _headline(status: str, stopped: StepRow | None, resume: StepRow | None) -> str:
    """How the run ended and, where it did not reach its end, at which step."""
    if status == "SUCCEEDED" or resume is None:
        return HEADLINES[status]
    return f"{HEADLINES[status]} {'at' if stopped else 'before'} {resume.name}"
