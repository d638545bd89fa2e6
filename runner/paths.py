"""Where the rooms of the project are, and which lake a command means."""

import os
import tempfile
from pathlib import Path

from runner.errors import UserError
from runner.files import write_whole


def user_path(text: str | Path) -> Path:
    """A path as a user writes it, where ``~`` is the home directory also if no shell has seen it.

    Raises
    ------
    UserError
        If it names the home of a user that there is not, or a link that leads to itself.
    """
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise UserError(f"There is no home directory for {text}: for a folder of that name write ./{text}") from error
    try:
        path.resolve()
    except (RuntimeError, OSError) as error:
        raise UserError(f"{text} leads nowhere: {error}.") from error
    return path


def _room(variable: str, default: str) -> Path:
    return Path(os.path.expanduser(os.environ.get(variable) or PROJECT / default)).absolute()


PROJECT = Path(__file__).resolve().parents[1]
NOTEBOOKS = PROJECT / "notebooks"
HELPERS = PROJECT / "helpers"
SQL = PROJECT / "sql"
JOBS = PROJECT / "jobs"
SAMPLES = PROJECT / "data_samples"
REPORTS = _room("STEDI_REPORTS", "reports")
STATE = _room("STEDI_STATE", ".stedi")
"""Small files of the runner itself: kernel specs, what runs were asked to do, the lake of the last run."""


def require_rooms() -> None:
    """Make the folders of reports and notes, and write something into each: before anything runs that would need it.

    Raises
    ------
    UserError
        If one cannot be written to, naming the variable that puts it elsewhere.
    """
    for what, folder, variable in (("reports", REPORTS, "STEDI_REPORTS"), ("notes", STATE, "STEDI_STATE")):
        user_path(os.environ.get(variable) or folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b"x")
        except OSError as error:
            raise UserError(
                f"The {what} of runs cannot be written to {folder} ({error.strerror}): "
                f"name another folder in the environment variable {variable}."
            ) from error


def default_lake(landing: Path | None) -> Path:
    """The lake of a run that names none: samples never mix with somebody's own data."""
    return PROJECT / ("lake-samples" if landing and landing.resolve() == SAMPLES.resolve() else "lake")


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
