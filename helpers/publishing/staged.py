"""A version of a table that is not the table yet: written whole, registered as ``<table>__staged``, and handed on."""

import itertools
from dataclasses import dataclass, replace

import boto3

from helpers.errors import LostRace
from helpers.publishing.catalog import delete_table, find_tables, get_table, get_versions, location_of
from helpers.publishing.objects import delete_prefix
from helpers.publishing.versions import ROWS, list_run_locations
from helpers.settings import Settings

STAGED = "__staged"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


@dataclass(frozen=True)
class Staged:
    """A version on its way."""

    table: str
    location: str  # the s3:// prefix of its files
    live: dict | None  # the table as it was when the version was begun; None where there was none
    places: list[str]  # the prefixes of the table's other versions that had files then
    definition: dict | None = None  # the catalog's entry of the version, once it is written

    @property
    def name(self) -> str:
        """What it is called in the catalog."""
        return staged_name(self.table)


def staged_name(table: str) -> str:
    """What the version of a table that is not published yet is called in the catalog."""
    return f"{table}{STAGED}"


def begin_staging(settings: Settings, table: str) -> Staged:
    """A place for a table's new version, and nothing of what an earlier run left staged.

    The place is ``run=<run_id>/``. A run id that comes again (a job that is tried again, a notebook whose cells are run
    twice) gets ``run=<run_id>.2/`` and so on: the files of a version are never written over.
    """
    name = staged_name(table)
    found = find_tables(settings.database, f"{table}({STAGED})?")
    live, places = found.get(table), list_run_locations(settings.location(table))
    if name in found:
        delete_table(settings.database, name)
        left = location_of(found[name])
        # A run that ended between its update of the table and this entry's end has published what is staged.
        if left in places and left not in map(location_of, get_versions(settings.database, table)):
            delete_prefix(left)
            places.remove(left)
    taken = {*places, location_of(live)} if live else places
    first = settings.run_location(table)
    others = (f"{first.rstrip('/')}.{attempt}/" for attempt in itertools.count(2))
    location = next(place for place in itertools.chain([first], others) if place not in taken)
    return Staged(table, location, live, places)


def write_staged(sink, frame, settings: Settings, staged: Staged) -> Staged:
    """Write a version's rows, a DynamicFrame of the whole table, and add what the catalog says of it.

    The sink is a Glue S3 sink on the version's location that updates the catalog.

    Raises
    ------
    LostRace
        If another run has staged its own meanwhile.
    """
    sink.setCatalogInfo(catalogDatabase=settings.database, catalogTableName=staged.name)
    sink.setFormat("glueparquet", compression="snappy")
    sink.writeFrame(frame)
    found = get_table(settings.database, staged.name)
    if found is None:
        # The sink saw no row, and so registered nothing.
        return stage_empty(settings, staged, frame.toDF().dtypes)
    if location_of(found) != staged.location:
        raise LostRace(f"{staged.name} is another run's by now ({location_of(found)}): nothing was published.")
    return replace(staged, definition=found)


def stage_empty(settings: Settings, staged: Staged, columns: list[tuple[str, str]]) -> Staged:
    """Register a version without rows, whose columns are pairs of a name and a type.

    A table that loses its last row (everybody withdrew) must be published as an empty one, not stay as it was.
    """
    definition = {
        "Name": staged.name,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": kind} for name, kind in columns],
            "Location": staged.location,
            "InputFormat": f"{PARQUET}.MapredParquetInputFormat",
            "OutputFormat": f"{PARQUET}.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": f"{PARQUET}.serde.ParquetHiveSerDe"},
        },
        "Parameters": {"classification": "parquet", ROWS: "0"},
    }
    boto3.client("glue").create_table(DatabaseName=settings.database, TableInput=definition)
    return replace(staged, definition=definition)
