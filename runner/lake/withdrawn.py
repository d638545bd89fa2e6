"""Who stands in an earlier version of a table and agrees no longer: a reason not to go back to it, or to remove it."""

from helpers.errors import NotPublished
from helpers.participants import participant_id, read_participant_key
from helpers.publishing.catalog import get_table, location_of
from helpers.publishing.versions import Version
from helpers.settings import Settings
from helpers.tables import REGISTER, TABLES
from runner.lake.parquet import distinct_values, open_files

CONSENT = "shareWithResearchAsOfDate"


def count_withdrawn(settings: Settings, table: str, version: Version) -> int:
    """How many people have rows in a version of a table and are not in ``customer_trusted`` now.

    They withdrew, were erased, or their latest registration event can no longer be read. In ``customer_register``,
    where who never consented has rows too, those count who consent there.

    Raises
    ------
    NotPublished
        If there is no ``customer_trusted``.
    MissingSecret
        If the table is known by participant ids and their key cannot be read.
    """
    column = TABLES[table].person
    if not column or not version.files:
        return 0
    agreeing = get_table(settings.database, "customer_trusted")
    if not agreeing:
        raise NotPublished("customer_trusted is not published: nobody can say who agrees. Run step 02 first.")
    people = _people(version.location, column, CONSENT if TABLES[table].zone == REGISTER else None)
    known_as = "serialNumber" if column == "serialNumber" else "email"
    present = _people(location_of(agreeing), known_as)
    if column == "participantId":
        key = read_participant_key(settings.participant_key)
        present = {participant_id(email, key) for email in present}
    return len(people - present)


def _people(location: str, column: str, known_by: str | None = None) -> set[str]:
    """Who has rows in a version."""
    return set().union(*(distinct_values(file, column, known_by) for _, file in open_files(location)))
