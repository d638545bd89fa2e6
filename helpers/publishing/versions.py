"""The versions of a table: which there were, which still have their files, and which is the table now.

A version is a prefix ``run=<run_id>/`` with its files. The catalog remembers every version that was ever the table; the
files of the last few are kept, for readers in the middle of a query and for a way back.
"""

from dataclasses import dataclass
from datetime import datetime

from helpers.errors import NoSuchVersion
from helpers.publishing.catalog import get_table, get_versions, location_of, put_table, table_input
from helpers.publishing.objects import data_keys, delete_prefix, list_keys, split_uri

FINGERPRINT = "stedi.fingerprint"
ROWS = "stedi.rows"
POLICY = "stedi.policy"
KEPT_VERSIONS = 2
"""How many versions before the present one keep their files."""


@dataclass(frozen=True)
class Version:
    """One publication of a table."""

    number: int  # the catalog's VersionId
    published: datetime  # when it became the table
    location: str  # the s3:// prefix of its files
    rows: int | None  # that it had as it was published, where the catalog says so
    current: bool  # whether it is the table now
    files: int  # that it still has; 0 where they were removed, or where it never had a row
    table: dict  # the version as the catalog describes it

    @property
    def run(self) -> str:
        """The run that wrote it; the name of its prefix where that names none."""
        return self.location.rstrip("/").rpartition("/")[2].removeprefix("run=")

    @property
    def readable(self) -> bool:
        """Whether its rows can still be read."""
        return self.files > 0 or self.rows == 0


def list_versions(database: str, table: str) -> list[Version]:
    """Every version of a table, the newest first; none where there is no such table."""
    live = get_table(database, table)
    if not live:
        return []
    history = get_versions(database, table)
    files = {location: len(data_keys(location)) for location in set(map(location_of, history))}
    return [
        Version(
            number=int(version["VersionId"]),
            published=version["UpdateTime"],
            location=location_of(version),
            rows=int(version["Parameters"][ROWS]) if ROWS in version.get("Parameters", {}) else None,
            current=version["VersionId"] == live["VersionId"],
            files=files[location_of(version)],
            table=version,
        )
        for version in history
    ]


def choose_version(versions: list[Version], table: str, run: str | None = None) -> Version:
    """The version to go back to: that of a run, by default the last one before the present that still has its files.

    Raises
    ------
    NoSuchVersion
        Naming the runs to which there is a way back.
    """
    present = next((version for version in versions if version.current), None)
    if present is None:
        raise NoSuchVersion(f"{table} is not published: there is nothing to go back from.")
    others = [version for version in versions if version.location != present.location]
    choice = [version for version in others if version.readable]
    ways = ", ".join(dict.fromkeys(version.run for version in choice)) or "none"
    if run is None:
        if not choice:
            raise NoSuchVersion(f"{table} has no earlier version whose files are still there.")
        return choice[0]
    if run == present.run:
        raise NoSuchVersion(f"{table} is at run {run} already. There is a way back to: {ways}.")
    fitting = [version for version in others if version.run == run]
    if not fitting:
        raise NoSuchVersion(f"{table} has no version of run {run!r}. There is a way back to: {ways}.")
    if not fitting[0].readable:
        raise NoSuchVersion(f"The files of run {run} are no longer kept for {table}. There is a way back to: {ways}.")
    return fitting[0]


def roll_back(database: str, table: str, version: Version) -> None:
    """Make an earlier version the table again, with one catalog update. Its files stay where they are.

    Raises
    ------
    LostRace
        If the table was changed meanwhile.
    NoSuchVersion
        If there is no such table any more.
    """
    live = get_table(database, table)
    if not live:
        raise NoSuchVersion(f"{table} is not published: there is nothing to go back from.")
    put_table(database, of_uncertain_content(version.table), live)


def of_uncertain_content(table: dict) -> dict:
    """The TableInput that makes a table, or a version, what it is, but for the mark of its content.

    Its files may have been changed since (people erased from them, a file lost): a step that arrives at the content of
    before would otherwise find it published.
    """
    parameters = {name: value for name, value in table.get("Parameters", {}).items() if name != FINGERPRINT}
    return table_input(table) | {"Parameters": parameters}


def remove_old_versions(database: str, table: str, keep: int = KEPT_VERSIONS) -> dict[str, int]:
    """Delete the files of the versions before the last ``keep`` ones: each location, and how many files it had.

    The catalog goes on remembering that they were.
    """
    live, history = get_table(database, table), get_versions(database, table)
    if not live:
        return {}
    present = location_of(live)
    places = dict.fromkeys([present, *(location_of(version) for version in history)])
    there = set(list_run_locations(present.removesuffix("/").rpartition("/")[0] + "/"))
    return {place: delete_prefix(place) for place in list(places)[keep + 1 :] if place in there}


def list_run_locations(location: str) -> list[str]:
    """The ``run=…/`` prefixes under which anything stands in a table's prefix, be it only a directory marker."""
    bucket, prefix = split_uri(location)
    # EMRFS marks a directory beside it: ``run=x_$folder$`` is no prefix of anything.
    places = {place for key in list_keys(location) for place, below, _ in [key[len(prefix) :].partition("/")] if below}
    return [f"s3://{bucket}/{prefix}{place}/" for place in sorted(places) if place.startswith("run=")]
