"""The report of a run in one call, as `runner.run.record` writes it in two."""

from runner.report.site import write_notebook_pages, write_run_page


def write_run_report(run, notebooks, target, history=None):
    """Write every page; gives the run page, which is written last, so that what it links to is there."""
    return write_run_page(run, write_notebook_pages(run, notebooks, target), target, history)
