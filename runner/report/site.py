"""The report of one run: a directory of self-contained pages."""

from pathlib import Path

from runner.files import write_whole
from runner.report.notebook import ExecutedNotebook, UnreadableNotebookError, read_notebook
from runner.report.notebook_page import notebook_page
from runner.report.pictures import find_pictures
from runner.report.run_page import PageLink, run_page


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
    target.mkdir(parents=True, exist_ok=True)
    steps = {step["name"]: step for step in run["steps"]}
    readable: dict[str, ExecutedNotebook] = {}
    links: dict[str, PageLink] = {}
    for name in (name for name in steps if name in notebooks):
        if "unchanged_since" in steps[name]:  # its page is that of the run that did it
            links[name] = PageLink(steps[name]["report"], "")
            continue
        try:
            readable[name] = read_notebook(notebooks[name])
            links[name] = PageLink(f"{name}.html", "")
        except UnreadableNotebookError as error:
            links[name] = PageLink(None, str(error))
    names = list(readable)
    for name, previous, following in zip(names, [None, *names], [*names[1:], None], strict=False):
        page = notebook_page(steps[name], run["run_id"], readable[name], previous, following)
        write_whole(target / f"{name}.html", page)
    pictures = [picture for name in links for picture in find_pictures(name, notebooks[name])]
    for picture in pictures:
        picture.save(target)
    index = target / "index.html"
    write_whole(index, run_page(run, links, pictures, history))
    return index
