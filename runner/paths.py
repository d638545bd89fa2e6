"""Where the rooms of the project are, and which lake a command means."""

import os
from pathlib import Path

from runner.errors import UserError
from runner.files import write_whole

PROJECT = Path(__file__).resolve().parents[1]
NOTEBOOKS = PROJECT / "notebooks"
HELPERS = PROJECT / "helpers"
SQL = PROJECT / "sql"
JOBS = PROJECT / "jobs"
SAMPLES = PROJECT / "data_samples"
REPORTS = Path(os.environ.get("STEDI_REPORTS") or PROJECT / "reports").resolve()
STATE = Path(os.environ.get("STEDI_STATE") or PROJECT / ".stedi").resolve()
"""Small files of the runner itself: kernel specs, what runs were asked to do, the lake of the last run."""


def default_lake(landing: Path) -> Path:
    """The lake of a run that names none: samples never mix with somebody's own data."""
    return PROJECT / ("lake-samples" if landing.resolve() == SAMPLES.resolve() else "lake")


def remember_lake(lake: Path) -> None:
    """Note the lake of this run, so that ``stedi query`` and ``stedi lab`` look there when none is named."""
    STATE.mkdir(parents=True, exist_ok=True)
    write_whole(STATE / "last-lake", f"{lake}\n")


def last_lake() -> Path:
    """The lake of the last run, or the default one where there was none."""
    note = STATE / "last-lake"
    return Path(note.read_text("utf-8").strip()) if note.exists() else PROJECT / "lake"


def existing_lake(lake: Path | None) -> Path:
    """The lake to read from: the one named, or that of the last run.

    Raises
    ------
    UserError
        If there is no such directory; a command that only reads makes none.
    """
    chosen = (lake or last_lake()).resolve()
    if not chosen.is_dir():
        raise UserError(f"There is no lake at {chosen}: fill one with `stedi run`, or name another with --lake DIR.")
    return chosen
