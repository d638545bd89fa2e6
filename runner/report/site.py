"""The report of one run: a directory of self-contained pages."""

import os
from collections.abc import Mapping
from pathlib import Path

from runner.report.notebook_page import UnreadableNotebookError, notebook_page
from runner.report.run_page import PageLink, run_page


def write_run_report(run: dict, notebooks: dict[str, Path], target: Path) -> Path:
    """Write the HTML report of a run.

    Parameters
    ----------
    run : dict
        The run.json document.
    notebooks : dict of str to Path
        Step name to its executed notebook; a step may be missing, a notebook may be half executed.
    target : Path
        The directory of the report; it is made. Files there of the same names are replaced.

    Returns
    -------
    Path
        ``target / "index.html"``, written last, so that what it links to is there.

    Examples
    --------
    >>> write_run_report(run, {"01_landing_tables": executed}, Path("reports") / run["run_id"])  # doctest: +SKIP
    """
    target.mkdir(parents=True, exist_ok=True)
    links = {
        step["name"]: _write_notebook_page(step, run["run_id"], notebooks[step["name"]], target)
        for step in run["steps"]
        if step["name"] in notebooks
    }
    index = target / "index.html"
    write_whole(index, run_page(run, links))
    return index


def _write_notebook_page(step: Mapping, run_id: str, notebook: Path, target: Path) -> PageLink:
    """Write the page of one step's notebook; a notebook that cannot be read costs its own page and no other."""
    try:
        page = notebook_page(step, run_id, notebook)
    except UnreadableNotebookError as error:
        return PageLink(None, str(error))
    name = f"{step['name']}.html"
    write_whole(target / name, page)
    return PageLink(name, "")


def write_whole(path: Path, text: str) -> None:
    """Put a text file in place in one move, so that a reader sees the old page or the new one, never half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
