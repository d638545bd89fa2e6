"""The versions of a table as a user sees them, and the way back to one."""

from datetime import timezone

from rich.table import Table

from helpers.publishing.versions import Version, choose_version, list_versions, roll_back
from helpers.settings import Settings
from helpers.tables import VERSIONED
from runner.console import people, print_table
from runner.errors import UserError
from runner.lake.withdrawn import count_withdrawn


def print_history(settings: Settings, table: str) -> None:
    """Print every version of a table, the newest first; UserError where it is unknown or not published."""
    shown = Table("version", "published (UTC)", "run", "rows", "files", "")
    for version in _versions(settings, table)[1]:
        state = "the table now" if version.current else "" if version.readable else "files removed"
        rows = "?" if version.rows is None else f"{version.rows:,}"
        when = f"{version.published.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}"
        shown.add_row(str(version.number), when, version.run, rows, str(version.files), state)
    print_table(shown)


def roll_back_table(settings: Settings, table: str, run: str | None, even_withdrawn: bool) -> Version:
    """Make the version of a run, by default the one before the present one, the table again.

    Raises
    ------
    UserError
        If there is no such way back, or it would bring back people who withdrew.
    """
    name, versions = _versions(settings, table)
    version = choose_version(versions, name, run)
    withdrawn = 0 if even_withdrawn else count_withdrawn(settings, name, version)
    if withdrawn:
        raise UserError(
            f"The version of run {version.run} holds rows of {people(withdrawn)} not in customer_trusted now "
            f"(withdrawn, or erased), so {name} stays as it is. If their consent was lost by mistake, mend the landing "
            "files and run again, or insist with --even-withdrawn."
        )
    roll_back(settings.database, name, version)
    return version


def _versions(settings: Settings, table: str) -> tuple[str, list[Version]]:
    """The name of a table in the spelling of the catalog, and its versions."""
    name = table.strip().lower()
    if name not in VERSIONED:
        raise UserError(f"There is no table {table!r} with versions. The tables are: {', '.join(VERSIONED)}.")
    versions = list_versions(settings.database, name)
    if not versions:
        raise UserError(f"{settings.database}.{name} is not published yet: `stedi run` publishes it.")
    return name, versions
