"""The run page: what happened, whether every row is accounted for, and where to read on."""

from collections.abc import Mapping
from dataclasses import dataclass

from runner.report.accounting import Account, account_of
from runner.report.flow import lanes_of
from runner.report.flow_picture import NARROW, WIDE, flow_svg
from runner.report.house import render
from runner.report.wording import elapsed_seconds


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


def run_page(run: Mapping, links: Mapping[str, PageLink]) -> str:
    """The run page of a run.json document.

    Parameters
    ----------
    run : mapping
        The document.
    links : mapping
        Step name to its page; a step that is missing here has none.
    """
    none = PageLink(None, "no notebook page")
    steps = [
        StepRow(
            name=step["name"],
            status=step["status"],
            seconds=step["seconds"],
            account=account_of(step["rows"]),
            link=links.get(step["name"], none),
            reason=step.get("reason"),
        )
        for step in run["steps"]
    ]
    lanes = lanes_of(run["steps"], run["tables"])
    accounts = [step.account for step in steps if step.account]
    return render(
        "run.html.j2",
        run=run,
        steps=steps,
        lanes=lanes,
        flows=[(frame.name, flow_svg(lanes, frame)) for frame in (WIDE, NARROW)],
        failures=[step for step in steps if step.status == "FAILED"],
        unbalanced=[step for step in steps if step.account and not step.account.balanced],
        elapsed=elapsed_seconds(run["started"], run["ended"]),
        accounts=accounts,
    )
