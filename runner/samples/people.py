"""Fictional customers: names that no one bears, addresses of a reserved domain, and when their sensors report."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from runner.samples.cases import DAY, ORDINARY, PLANTED, Case

FIRST_NAMES = (
    "Ada", "Bruno", "Cleo", "Dario", "Edda", "Falk", "Greta", "Hugo", "Ilse", "Jonas", "Kaja", "Levin", "Mira",
    "Nils", "Oona", "Pablo", "Quirin", "Rosa", "Sven", "Tilda", "Ulla", "Viggo", "Wanda", "Xenia", "Yuri", "Zora",
)  # fmt: skip
LAST_NAMES = ("Sample", "Example", "Specimen", "Placeholder", "Fixture", "Mockup", "Template", "Testcase", "Prototype")

FIRST_DAY = 1_678_060_800_000  # 2023-03-06 UTC, epoch ms

# Two people meet in a millisecond only where that is planted: within a cohort each person owns the milliseconds of one
# remainder, and cohorts do not overlap in time. So the truth of a match on time alone needs no memory of all readings.
LANES = 997
COHORT = 70 * DAY

SESSION = 12  # instants
SPREAD = 21 * DAY  # over which the sessions before consent are spread, and again those after it


class Instant(NamedTuple):
    """One moment (epoch ms), whether consent covers it, and how many readings of each kind carry it."""

    time: int
    covered: bool
    steps: int
    motions: int


@dataclass
class Person:
    """Who plays a case; times are in epoch ms, ``rng`` is the source of everything about this person."""

    rng: random.Random
    case: Case
    record: dict[str, Any]
    email: str
    serial: str
    registered: int
    consented: int
    instants: list[Instant]


def invent_people(customers: int, seed: int, instants: int) -> Iterator[Person]:
    """Yield the people of the world ``seed``: the same ones in a small set as in a large one, and one at a time."""
    person = None
    for index in range(customers):
        rng = random.Random(f"stedi-sample:{seed}:{index}")
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        email = f"{first}.{last}.{index + 1:04}@example.com".lower()
        phone = f"+1-202-555-01{rng.randrange(100):02}"  # 555-0100 to 555-0199 are kept free for fiction
        birthday = date(1935, 1, 1) + timedelta(days=rng.randrange(25_000))
        serial = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        registered = FIRST_DAY + index // LANES * COHORT + rng.randrange(14 * DAY)
        case = PLANTED[index] if index < len(PLANTED) else rng.choices(ORDINARY, (40, 20, 40))[0]
        if case.shares == "device":
            serial = person.serial
        if case.shares == "instants":
            registered = person.registered
            before, after = [], [instant.time for instant in person.instants]
        else:
            early = instants // 2 if case.late else 0
            before = _session_times(rng, registered + DAY, early, index % LANES)
            after = _session_times(rng, (before or [registered])[-1] + DAY, instants - early, index % LANES)
        filled = [*_fill_instants(rng, case, before, False), *_fill_instants(rng, case, after, True)]
        consented = after[0] if case.late else registered  # a reading taken at that very moment is covered
        record = {
            "customerName": f"{first} {last}",
            "email": email,
            "phone": phone,
            "birthDay": birthday.isoformat(),
            "serialNumber": serial,
            "registrationDate": registered,
        }
        person = Person(rng, case, record, email, serial, registered, consented, filled)
        yield person


def _session_times(rng: random.Random, start: int, count: int, lane: int) -> list[int]:
    """Return moments of the lane: sessions of some seconds each, spread over weeks."""
    sessions = -(-count // SESSION)
    times = []
    for session in range(sessions):
        moment = start + int((session + rng.random() / 2) * SPREAD / sessions)
        moment += lane - moment % LANES
        for _ in range(min(SESSION, count - len(times))):
            moment += LANES * rng.randrange(1, 5)
            times.append(moment)
    return times


def _fill_instants(rng: random.Random, case: Case, times: list[int], covered: bool) -> Iterator[Instant]:
    """Say how many readings each moment has; the first has one of each kind at least, where the kind is wanted."""
    for number, time in enumerate(times):
        least = int(number == 0)
        steps = max(least, rng.choices((0, 1, 2), (4, 94, 2))[0]) if case.steps else 0
        motions = max(least, rng.choices((0, 1, 2, 3), (4, 46, 25, 25))[0]) if case.moves[covered] else 0
        yield Instant(time, covered, steps, motions)
