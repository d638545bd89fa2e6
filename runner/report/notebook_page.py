"""The page of one executed notebook: the analysis in sight, code and the kernel's talk folded away."""

from collections.abc import Mapping
from pathlib import Path

import nbformat

from runner.report.cells import read_story
from runner.report.house import render


class UnreadableNotebookError(Exception):
    """A notebook file that is missing, cut off or no notebook; the message says which."""


def notebook_page(step: Mapping, run_id: str, path: Path) -> str:
    """The page of the notebook that a step executed.

    Parameters
    ----------
    step : mapping
        The step's entry in run.json.
    run_id : str
        The run it belongs to.
    path : Path
        The executed notebook, whole or as far as it came.

    Raises
    ------
    UnreadableNotebookError
        If the file is missing or holds no notebook.
    """
    story = read_story(_read(path))
    return render(
        "notebook.html.j2",
        run_id=run_id,
        step=step,
        story=story,
        failed_cell=next((cell.number for cell in story.cells if cell.failed), None),
    )


def _read(path: Path) -> nbformat.NotebookNode:
    """The notebook in a file, in nbformat 4."""
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError as error:
        raise UnreadableNotebookError("no executed notebook was left") from error
    except OSError as error:
        raise UnreadableNotebookError(f"the executed notebook cannot be read: {error.strerror}") from error
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        # A notebook cut off while it was written is broken JSON (ValueError) or lacks parts (the other two).
        raise UnreadableNotebookError("the executed notebook is cut off or damaged") from error
