"""How a failed statement is told: the error's name, its value, and the frames that the user wrote."""

import signal
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ENGINE_PACKAGES = ("pyspark", "py4j", "local_aws")
LIBRARIES = (sys.prefix, sys.base_prefix)
JAVA_FRAMES = ("\tat ", "\t... ")
MAX_VALUE_LINES = 30


def error_output(error: BaseException) -> dict[str, Any]:
    """The error part of a statement's Output, as the Glue kernel renders it."""
    return {
        "ErrorName": type(error).__name__,
        "ErrorValue": _readable(error),
        "Traceback": _user_traceback(error),
    }


def how_it_ended(what: str, exit_code: int) -> str:
    """Say what the system tells of a process that ended by itself: its exit code, or the signal that killed it.

    Examples
    --------
    >>> how_it_ended("The process", -9)
    'The process was killed by signal 9 (SIGKILL): probably there was not enough memory'
    """
    if exit_code >= 0:
        return f"{what} ended with exit code {exit_code}"
    known = -exit_code in set(signal.Signals)
    name = f" ({signal.Signals(-exit_code).name})" if known else ""
    likely = ": probably there was not enough memory" if -exit_code == signal.SIGKILL else ""
    return f"{what} was killed by signal {-exit_code}{name}{likely}"


def _readable(error: BaseException) -> str:
    """The error's text without the pages of Java frames that a Py4J error carries; the code of ``sys.exit``."""
    if isinstance(error, SystemExit):
        return str(error.code or 0)
    lines = str(error).splitlines()
    told = [line for line in lines if not line.startswith(JAVA_FRAMES)]
    if len(told) > MAX_VALUE_LINES:
        told = [*told[:MAX_VALUE_LINES], f"... ({len(told) - MAX_VALUE_LINES} more lines)"]
    return "\n".join(told)


def _user_traceback(error: BaseException) -> list[str]:
    report = traceback.TracebackException.from_exception(error)
    part: traceback.TracebackException | None = report
    while part is not None:
        part.stack = traceback.StackSummary.from_list(_user_frames(part.stack))
        part = part.__cause__ or part.__context__
    blocks = [block.rstrip("\n") for block in report.format()]
    return ["\n".join(line for line in block.split("\n") if not line.startswith(JAVA_FRAMES)) for block in blocks]


def _user_frames(frames: Iterable[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """Without the engine's frames and those of the libraries that the engine calls."""
    kept, below_engine = [], False
    for frame in frames:
        if any(package in Path(frame.filename).parts for package in ENGINE_PACKAGES):
            below_engine = True
        elif not frame.filename.startswith(LIBRARIES):
            below_engine = False
        if not below_engine:
            kept.append(frame)
    return kept
