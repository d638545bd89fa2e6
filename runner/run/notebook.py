"""One notebook, executed headlessly by papermill through its own kernel, and the proof that it did its work."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import papermill
from botocore.exceptions import ClientError
from papermill.exceptions import PapermillExecutionError

from runner.errors import StepFailed
from runner.glue.kernels import LOG, OneKernel
from runner.glue.session import FORGET
from runner.paths import NOTEBOOKS
from runner.pipeline.parameters import GLUE, declared_parameters
from runner.run.cell_watch import CellWatch
from runner.run.findings import read_record

START_TIMEOUT = 300
"""Seconds that a kernel may take to start; papermill's own 60 are short for a Glue session on AWS."""
logging.getLogger("papermill").setLevel(logging.CRITICAL)  # it logs what it raises then
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute_notebook(
    step: str,
    parameters: dict[str, str],
    session: str | None,
    kernel: OneKernel,
    target: Path,
    on_cell: Callable[[int, int], None],
) -> dict:
    """Run a step's notebook in a kernel and a session, and return the record that it wrote (`helpers.records`).

    Parameters
    ----------
    target : Path
        Where the executed notebook goes; it is written cell by cell, so that a failed one can be looked at.
    on_cell : callable
        Called with the number of the cell that begins and the number of all.

    Raises
    ------
    StepFailed
        If a cell failed, its session or its kernel died, or the notebook ended without its record: Glue's kernel
        reports a cell as done where its statement was aborted.
    """
    notebook = nbformat.read(NOTEBOOKS / f"{step}.ipynb", as_version=4)
    if notebook.metadata.kernelspec.name == GLUE:
        _join_session(notebook, session)
    target.parent.mkdir(parents=True, exist_ok=True)
    source = target.with_suffix(".input.ipynb")
    nbformat.write(notebook, source)
    declared = declared_parameters(step)
    watch = CellWatch(session, lambda cell: on_cell(cell, len(notebook.cells) + 1))
    try:
        papermill.execute_notebook(
            *map(_literal, (source, target)),
            parameters={name: value for name, value in parameters.items() if name in declared},
            progress_bar=False,
            start_timeout=START_TIMEOUT,
            km=kernel,
            on_cell_start=watch.begins,
            on_cell_executed=watch.ended,
        )
    except PapermillExecutionError as error:
        raise StepFailed(watch.reason or _what_failed(error, target)) from error
    except RuntimeError as error:  # nbclient's DeadKernelError, and what jupyter_client says of one that does not start
        raise StepFailed(f"its kernel ended in {watch.place}: {kernel.how_it_ended()} (see {LOG})") from error
    finally:
        kernel.hang_up()
        source.unlink(missing_ok=True)
    if watch.reason:  # papermill takes sys.exit(0) for success
        raise StepFailed(watch.reason)
    return _read_record(step, parameters, target)


def _literal(path: Path) -> str:
    """A path as papermill takes it, which fills parameters in at braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _what_failed(error: PapermillExecutionError, target: Path) -> str:
    """The error in one line. Glue's kernel gives papermill no error output, only a line of text in the failed cell."""
    if error.ename != "CellExecutionError":
        return _one_line(f"{error.ename}: {error.evalue}")
    cells = nbformat.read(target, as_version=4).cells
    failed = next(cell for cell in cells if cell.metadata.get("papermill", {}).get("exception"))
    said = [output.text for output in failed.outputs if "text" in output]
    return _one_line(said[-1]) if said else "a cell failed without a message"


def _join_session(notebook: nbformat.NotebookNode, session: str) -> None:
    """Put a cell behind the session magics that joins the warm session and clears what the last notebook left."""
    cell = nbformat.v4.new_code_cell(f"%reconnect {session}\n{FORGET.strip()}", metadata={"tags": ["warm-session"]})
    place = next(i for i, cell in enumerate(notebook.cells) if "session" in cell.metadata.get("tags", [])) + 1
    notebook.cells.insert(place, cell)


def _read_record(step: str, parameters: dict[str, str], target: Path) -> dict:
    try:
        record = read_record(parameters["bucket"], parameters["run_id"], step)
    except ClientError as error:
        raise StepFailed(f"the step's record cannot be read: {error}") from error
    if record is None:
        raise StepFailed(f"the notebook ended without its record: {_last_words(target)}")
    return record


def _last_words(target: Path) -> str:
    """The last thing that a notebook said on stderr: what Glue's kernel does with an error that it does not raise."""
    said = [
        output.text.strip()
        for cell in nbformat.read(target, as_version=4).cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and (output.name == "stderr" or "cancelled" in output.text)
    ]
    lines = [line for text in said for line in text.splitlines() if line.strip()]
    return _one_line(lines[-1]) if lines else "its session ended or a cell was aborted (no message was given)"


def _one_line(text: str) -> str:
    """The text in one line; of a Java error what it was called by, and the cause at the bottom of it."""
    plain = " ".join(ANSI.sub("", text).split())
    first, caused, _ = plain.partition("Caused by: ")
    if caused:
        name = first.partition(":")[0]
        plain = f"{name}: {plain.rpartition('Caused by: ')[2].partition(' at ')[0]}"
    return plain[:500]
