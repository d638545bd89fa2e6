"""The history of runs: rows, durations, failures and cost, one page for all reports of a folder."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from helpers.tables import QUARANTINE, REGISTER, tables_of
from runner.files import write_whole
from runner.lake.document import read_document
from runner.report.formatting import count_text, dollars_text, duration_text, elapsed_seconds
from runner.report.rendering import render_page

CHARTED = 40
"""How many runs a line shows at most."""
WIDTH, HEIGHT, EDGE = 240, 56, 5
"""A line's picture."""


def write_history(reports: Path) -> Path:
    """Write ``index.html`` beside the reports of a folder, from the ``run.json`` of each run's folder.

    What has no readable ``run.json`` of its name is passed over.
    """
    folders = [path for path in reports.iterdir() if path.is_dir() and not path.is_symlink()]
    runs = [run for path in folders if (run := read_document(path)) and "lake" in run and run["run_id"] == path.name]
    write_whole(reports / "index.html", history_page(runs))
    return reports / "index.html"


def history_page(runs: Iterable[Mapping]) -> str:
    """The history page of run.json documents, each with its report in a folder of its id beside the page."""
    runs = sorted(runs, key=lambda run: run["started"], reverse=True)
    lakes = {name: [run for run in runs if run["lake"] == name] for name in dict.fromkeys(run["lake"] for run in runs)}
    return render_page(
        "history.html.j2",
        run_id=None,
        lakes=[{"name": name, "runs": of_lake, "charts": _charts(of_lake)} for name, of_lake in lakes.items()],
        count=len(runs),
        failed=sum(run["status"] == "FAILED" for run in runs),
        usd=sum(_usd(run) or 0.0 for run in runs),
        elapsed={run["run_id"]: elapsed_seconds(run["started"], run["ended"]) for run in runs},
        width=WIDTH,
        height=HEIGHT,
        edge=EDGE,
    )


def line_points(values: list[float | None]) -> list[tuple[float, float]]:
    """The places of a line's values, one a run; the axis begins at 0, so that a small change looks small."""
    top = max((value for value in values if value is not None), default=0) or 1
    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    return [
        (round(EDGE + place * step, 1), round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * value / top, 1))
        for place, value in enumerate(values)
        if value is not None
    ]


def _charts(runs: list[Mapping]) -> list[dict]:
    """A line for each measure over the runs of one lake that succeeded; none over a single one."""
    done = [run for run in reversed(runs[:CHARTED]) if run["status"] == "SUCCEEDED"]
    if len(done) < 2:
        return []
    aside = tables_of(REGISTER, QUARANTINE)
    names = dict.fromkeys(table for run in done for table in run["tables"] if table not in aside)
    took = [elapsed_seconds(run["started"], run["ended"]) for run in done]
    return [
        *(_line(table, "rows", [run["tables"].get(table) for run in done], count_text) for table in names),
        _line("duration", "time", took, duration_text),
        _line("cost", "US dollars", [_usd(run) for run in done], dollars_text),
    ]


def _line(title: str, unit: str, values: list[float | None], word: Callable[[float | None], str]) -> dict:
    """A small line over runs, the oldest to the left, with its first and last value in words."""
    known = [value for value in values if value is not None] or [None]
    told = {"title": title, "unit": unit, "runs": len(values), "first": word(known[0]), "last": word(known[-1])}
    return told | {"points": line_points(values)}


def _usd(run: Mapping) -> float | None:
    return (run.get("cost") or {}).get("usd")
