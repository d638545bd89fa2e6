"""A large landing set of invented people, shaped as the public STEDI data is: seeded, and written within a minute.

Half of the customers consent; a fifth have two registration events; one device in five hundred has two owners; one
reading in a thousand landed twice; one line in a hundred thousand is broken. Three motion readings or so share a step
reading's millisecond.
"""

from pathlib import Path

import duckdb

READINGS_A_CUSTOMER = 115
"""As in the public data, so that customers grow with the readings."""
LINES_A_FILE = 100_000
START = 1_700_000_000_000
"""The first millisecond of a reading."""

PEOPLE = f"""
create table people as select
    i,
    'Person.' || i || '@example.com' as email,
    left(md5('device' || if(i % 1000 = 7, i - 1, i)), 32)::uuid::varchar as serial,
    {START} + (hash(i, ?) % 3000000)::bigint - 1200000 as registered,
    hash(i, 'offset') % 600000 as start_ms
from range($customers) t(i)
"""
EVENT = """select
    'Person ' || i as customerName, email, '5550' || i as phone, '1980-01-01' as birthDay, serial as serialNumber,
    registered as registrationDate, {updated} as lastUpdateDate, if({consents}, registered, null) as
    shareWithResearchAsOfDate
from people where {which}"""
EVENTS = " union all ".join(
    (
        EVENT.format(updated="registered", consents="i % 2 = 0", which="true"),
        EVENT.format(updated="registered - 1000", consents="i % 3 = 0", which="i % 6 = 1"),
        EVENT.format(updated="registered + 1000", consents="false", which="i % 25 = 2"),
    )
)
STEPS = f"""select
    {START} + start_ms + (k // $customers) * 2500 as sensorReadingTime, serial as serialNumber,
    (200 + hash(k) % 100)::int as distanceFromObject
from (select j - (j % 1000 = 999)::int as k from range($first, $last) t(j)) join people on k % $customers = i"""
MOTION = f"""select
    email as user, {START} + start_ms + (k // $customers) * 2500 as timestamp,
    ((code % 3) - 1)::double as x, ((code // 3 % 3) - 1)::double as y, ((code // 9) - 1)::double as z
from (
    select n * $steps // $motion as k, (hash(n * $steps // $motion)::hugeint + 7 * n) % 27 as code
    from (select j - (j % 1000 = 999)::int as n from range($first, $last) t(j))
) join people on k % $customers = i"""
BROKEN = '{{"timestamp": {}, "x": 1.0, \n'


def write_landing(root: Path, readings: int, seed: int = 1) -> None:
    """Write ``customer``, ``accelerometer`` and ``step_trainer`` under a folder, 8.1 of 11 readings being motion."""
    motion = readings * 81 // 110
    sizes = {"steps": readings - motion, "motion": motion, "customers": max(readings // READINGS_A_CUSTOMER, 1)}
    with duckdb.connect() as database:
        database.execute("set preserve_insertion_order = false")
        database.execute(PEOPLE.replace("$customers", str(sizes["customers"])), [seed])
        _write(database, EVENTS, {}, _folder(root, "customer") / "events.json")
        for source, query, count in (("step_trainer", STEPS, sizes["steps"]), ("accelerometer", MOTION, motion)):
            folder = _folder(root, source)
            for first in range(0, count, LINES_A_FILE):
                bounds = {"first": first, "last": min(first + LINES_A_FILE, count)}
                _write(database, query, bounds | sizes, folder / f"part-{first // LINES_A_FILE:03d}.json")
            with (folder / "part-000.json").open("a") as lines:
                lines.writelines(BROKEN.format(number) for number in range(count // 100_000))


def _folder(root: Path, source: str) -> Path:
    folder = root / source / "landing"
    folder.mkdir(parents=True)
    return folder


def _write(database: duckdb.DuckDBPyConnection, query: str, values: dict[str, int], file: Path) -> None:
    for name, value in values.items():
        query = query.replace(f"${name}", str(value))
    database.execute(f"copy ({query}) to '{file}' (format json)")
