"""The report of one run: a directory of self-contained pages."""

import base64
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


def write_notebook_pages(run: dict, notebooks: Mapping[str, Path], target: Path) -> NotebookPages:
    """Write the pages and the pictures of a run's notebooks into the directory of its report, which is made.

    Parameters
    ----------
    run : dict
        The run.json document. A step that is unchanged since an earlier run has its page there.
    notebooks : mapping of str to Path
        Step name to its executed notebook; a step may be missing, a notebook may be half executed. One that cannot be
        read costs its own page, and the run page says why.
    target : Path
        The directory of the report. Files there of the same names are replaced.
    """
    target.mkdir(parents=True, exist_ok=True)
    steps = {step["name"]: step for step in run["steps"]}
    links: dict[str, PageLink] = {}
    readable: dict[str, Notebook] = {}
    for name, step in steps.items():
        try:
            if name in notebooks:
                readable[name] = Notebook(notebooks[name])
        except UnreadableNotebookError as error:
            links[name] = PageLink(None, str(error))
        if "unchanged_since" in step:
            page = f"../{step['unchanged_since']}/{name}.html"
            links[name] = PageLink(page if (target / page).exists() else None)
    names = [name for name in readable if "unchanged_since" not in steps[name]]
    for name, previous, following in zip(names, [None, *names], [*names[1:], None], strict=False):
        # Imported here, since a run with nothing new need not wait for its parsers.
        from runner.report.notebook_page import notebook_page

        write_whole(target / f"{name}.html", notebook_page(run, steps[name], readable[name], previous, following))
        links[name] = PageLink(f"{name}.html")
    pictures = [picture for notebook in readable.values() for picture in notebook.pictures()]
    for picture in pictures:
        (target / f"{picture.name}.png").write_bytes(base64.b64decode(picture.data))
    return NotebookPages(links, pictures)


def write_run_page(run: dict, pages: NotebookPages, target: Path, history: str | None = None) -> Path:
    """Write ``index.html`` into the directory of a report, once the pages that it leads to are there.

    ``history`` is where the page of all runs is, from the report.
    """
    index = target / "index.html"
    write_whole(index, run_page(run, pages.links, pages.pictures, history))
    return index
