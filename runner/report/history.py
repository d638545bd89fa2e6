"""The history of runs: rows, durations, failures and cost, one page for all reports of a folder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from runner.files import write_whole
from runner.lake.document import read_document
from runner.report.formatting import count_text, duration_text, elapsed_seconds
from runner.report.line_picture import Line, line_svg
from runner.report.rendering import render_page

CHARTED = 40
"""How many runs a line shows at most."""


@dataclass(frozen=True)
class HistoryRow:
    """A run in the table of the history."""

    run: Mapping
    href: str | None
    seconds: float | None
    reason: str | None


@dataclass(frozen=True)
class LakeHistory:
    """The runs of one lake, the newest first, and its lines over time."""

    name: str
    rows: list[HistoryRow]
    charts: list[Markup]


def write_history(reports: Path) -> Path:
    """Write ``index.html`` beside the reports of a folder, from their ``run.json`` files.

    Parameters
    ----------
    reports : Path
        The folder with a folder for each run; what has no readable ``run.json`` is passed over.
    """
    folders = [path for path in reports.iterdir() if path.is_dir() and not path.is_symlink()]
    runs = {path.name: run for path in folders if (run := read_document(path)) and "lake" in run}
    write_whole(reports / "index.html", history_page(runs.values(), runs))
    return reports / "index.html"


def history_page(runs: Iterable[Mapping], present: Iterable[str]) -> str:
    """The history page of run.json documents.

    Parameters
    ----------
    present : iterable of str
        The run ids whose report is there to be linked to.
    """
    runs, present = sorted(runs, key=lambda run: run["started"], reverse=True), set(present)
    names = dict.fromkeys(run["lake"] for run in runs)
    lakes = [_lake_history(name, [run for run in runs if run["lake"] == name], present) for name in names]
    return render_page(
        "history.html.j2",
        run_id=None,
        lakes=lakes,
        count=len(runs),
        failed=sum(run["status"] == "FAILED" for run in runs),
        usd=sum((run.get("cost") or {}).get("usd", 0.0) for run in runs),
        latest=runs[0] if runs else None,
    )


def _lake_history(name: str, runs: list[Mapping], present: set[str]) -> LakeHistory:
    rows = [
        HistoryRow(
            run,
            f"{run['run_id']}/index.html" if run["run_id"] in present else None,
            elapsed_seconds(run["started"], run["ended"]),
            next((step.get("reason") for step in run["steps"] if step.get("reason")), run.get("reason")),
        )
        for run in runs
    ]
    done = [run for run in reversed(runs[:CHARTED]) if run["status"] == "SUCCEEDED"]
    charts = []
    if len(done) > 1:
        names = dict.fromkeys(table for run in done for table in run["tables"])
        tables = [table for table in names if not table.startswith("quarantine_")]
        charts = [
            line_svg(Line(table, "rows", [run["tables"].get(table) for run in done]), count_text) for table in tables
        ]
        took = [elapsed_seconds(run["started"], run["ended"]) for run in done]
        charts.append(line_svg(Line("duration", "time", took), duration_text))
        cost = [(run.get("cost") or {}).get("usd") for run in done]
        charts.append(line_svg(Line("cost", "US dollars", cost), lambda usd: f"${usd:.4f}"))
    return LakeHistory(name, rows, charts)
