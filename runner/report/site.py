"""The report of one run: a directory of self-contained pages."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from runner.files import write_whole
from runner.report.notebook import Notebook, Picture, UnreadableNotebookError
from runner.report.run_page import PageLink, run_page


class NotebookPages(NamedTuple):
    """What the run page leads to: for each step its page, or why there is none, and the pictures of them all."""

    links: dict[str, PageLink]
    pictures: list[Picture]


def write_run_report(run: dict, notebooks: dict[str, Path], target: Path, history: str | None = None) -> Path:
    """Write the HTML report of a run.

    Parameters
    ----------
    run : dict
        The run.json document.
    notebooks : dict of str to Path
        Step name to its executed notebook; a step may be missing, a notebook may be half executed. One that cannot be
        read costs its own page, and the run page says why.
    target : Path
        The directory of the report; it is made. Files there of the same names are replaced.
    history : str, optional
        Where the page of all runs is, from the report.

    Returns
    -------
    Path
        ``target / "index.html"``, written last, so that what it links to is there.

    Examples
    --------
    >>> write_run_report(run, {"01_landing_tables": executed}, Path("reports") / run["run_id"])  # doctest: +SKIP
    """
    return write_run_page(run, write_notebook_pages(run, notebooks, target), target, history)


def write_notebook_pages(run: dict, notebooks: Mapping[str, Path], target: Path) -> NotebookPages:
    """Write the pages and the pictures of the notebooks, whose steps have ended (see `write_run_report`).

    A step that is unchanged since an earlier run has its page there.
    """
    target.mkdir(parents=True, exist_ok=True)
    steps = {step["name"]: step for step in run["steps"]}
    links: dict[str, PageLink] = {}
    readable: dict[str, Notebook] = {}
    for name in (name for name in steps if name in notebooks):
        try:
            readable[name] = Notebook(notebooks[name])
        except UnreadableNotebookError as error:
            links[name] = PageLink(None, str(error))
    earlier = {name: step["unchanged_since"] for name, step in steps.items() if "unchanged_since" in step}
    for name, run_id in earlier.items():
        page = f"../{run_id}/{name}.html"
        links[name] = PageLink(page if (target / page).exists() else None)
    names = [name for name in readable if name not in earlier]
    for name, previous, following in zip(names, [None, *names], [*names[1:], None], strict=False):
        # Imported here, since a run with nothing new need not wait for its parsers.
        from runner.report.notebook_page import notebook_page

        write_whole(target / f"{name}.html", notebook_page(run, steps[name], readable[name], previous, following))
        links[name] = PageLink(f"{name}.html")
    pictures = [picture for notebook in readable.values() for picture in notebook.pictures()]
    for picture in pictures:
        picture.save(target)
    return NotebookPages(links, pictures)


def write_run_page(run: dict, pages: NotebookPages, target: Path, history: str | None = None) -> Path:
    """Write the run page of a report, once the pages that it leads to are there (see `write_run_report`)."""
    index = target / "index.html"
    write_whole(index, run_page(run, pages.links, pages.pictures, history))
    return index
