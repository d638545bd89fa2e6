"""The page of one executed notebook: the analysis in sight, code and the kernel's talk folded away."""

from collections.abc import Mapping

from runner.report.cells import read_cells
from runner.report.notebook import Notebook
from runner.report.rendering import render_page


def notebook_page(
    run: Mapping, step: Mapping, notebook: Notebook, previous: str | None = None, following: str | None = None
) -> str:
    """The page of the notebook that a step of a run executed.

    ``previous`` and ``following`` are the steps before and behind it that have a page.
    """
    title, cells = read_cells(notebook, _tables(run))
    # The narrative before the first code, the code cells behind it that have nothing to show, and the rest.
    start = next((place for place, cell in enumerate(cells) if cell.kind != "markdown"), len(cells))
    end = next((place for place in range(start, len(cells)) if not cells[place].silent), len(cells))
    return render_page(
        "notebook.html.j2",
        run_id=run["run_id"],
        step=step,
        title=title,
        parameters=notebook.parameters,
        intro=cells[:start],
        setup=cells[start:end],
        analysis=cells[end:],
        failed_cell=next((cell.number for cell in cells if cell.failed), None),
        previous=previous,
        following=following,
    )


def _tables(run: Mapping) -> dict[str, Mapping]:
    """What the run's notebooks handed over as data: name -> ``columns`` and ``rows``; the profile is such a table."""
    profile = run.get("columns") or [{}]
    rows = [list(column.values()) for column in profile]
    return {"profile_machine_learning_curated": {"columns": list(profile[0]), "rows": rows}} | run.get("previews", {})
