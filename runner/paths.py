"""Where the rooms of the project are, and which lake a command means."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
NOTEBOOKS = PROJECT / "notebooks"
HELPERS = PROJECT / "helpers"
SQL = PROJECT / "sql"
JOBS = PROJECT / "jobs"
SAMPLES = PROJECT / "data_samples"
REPORTS = PROJECT / "reports"
STATE = PROJECT / ".stedi"
"""Small files of the runner itself: kernel specs and the lake of the last run."""


def default_lake(landing: Path) -> Path:
    """The lake of a run that names none: samples never mix with somebody's own data."""
    return PROJECT / ("lake-samples" if landing.resolve() == SAMPLES.resolve() else "lake")


def remember_lake(lake: Path) -> None:
    """Note the lake of this run, so that ``stedi query`` and ``stedi lab`` look there when none is named."""
    STATE.mkdir(exist_ok=True)
    (STATE / "last-lake").write_text(f"{lake}\n", "utf-8")


def last_lake() -> Path:
    """The lake of the last run, or the default one where there was none."""
    note = STATE / "last-lake"
    return Path(note.read_text("utf-8").strip()) if note.exists() else PROJECT / "lake"
