"""The page of one executed notebook: the analysis in sight, code and the kernel's talk folded away."""

from collections.abc import Mapping

from runner.report.cells import Cell
from runner.report.notebook import ExecutedNotebook
from runner.report.rendering import render_page


def notebook_page(
    step: Mapping, run_id: str, notebook: ExecutedNotebook, previous: str | None = None, following: str | None = None
) -> str:
    """The page of the notebook that a step executed.

    Parameters
    ----------
    step : mapping
        The step's entry in run.json.
    run_id : str
        The run it belongs to.
    notebook : ExecutedNotebook
        Its notebook.
    previous, following : str, optional
        The steps before and behind it that have a page.
    """
    intro, setup, analysis = split_setup(notebook.cells)
    return render_page(
        "notebook.html.j2",
        run_id=run_id,
        step=step,
        title=notebook.title,
        intro=intro,
        setup=setup,
        analysis=analysis,
        failed_cell=next((cell.number for cell in notebook.cells if cell.failed), None),
        previous=previous,
        following=following,
    )


def split_setup(cells: list[Cell]) -> tuple[list[Cell], list[Cell], list[Cell]]:
    """The narrative before the first code, the code cells behind it that have nothing to show, and the rest."""
    start = next((place for place, cell in enumerate(cells) if cell.kind != "markdown"), len(cells))
    end = next((place for place in range(start, len(cells)) if not cells[place].silent), len(cells))
    return cells[:start], cells[start:end], cells[end:]
