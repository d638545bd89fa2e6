"""Fictional customers: names that no one bears, addresses of a reserved domain, phones of the fictional range."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

FIRST_NAMES = (
    "Ada", "Bruno", "Cleo", "Dario", "Edda", "Falk", "Greta", "Hugo", "Ilse", "Jonas", "Kaja", "Levin", "Mira",
    "Nils", "Oona", "Pablo", "Quirin", "Rosa", "Sven", "Tilda", "Ulla", "Viggo", "Wanda", "Xenia", "Yuri", "Zora",
)  # fmt: skip
LAST_NAMES = ("Sample", "Example", "Specimen", "Placeholder", "Fixture", "Mockup", "Template", "Testcase", "Prototype")

DAY = 86_400_000  # ms
FIRST_DAY = 1_678_060_800_000  # 2023-03-06 UTC, epoch ms

# Two people meet in a millisecond only where that is planted: within a cohort each person owns the milliseconds of one
# remainder, and cohorts do not overlap in time. So the truth of a match on time alone needs no memory of all readings.
LANES = 997
COHORT = 70 * DAY


@dataclass
class Person:
    """A fictional customer; ``registered`` is in epoch ms, ``rng`` the source of everything about this person."""

    rng: random.Random = field(repr=False)
    name: str
    email: str
    phone: str
    birthday: str
    serial: str
    lane: int
    registered: int


def invent_person(seed: int, index: int) -> Person:
    """Return the person number ``index`` of the world ``seed``: the same one in a small set as in a large one."""
    rng = random.Random(f"stedi-sample:{seed}:{index}")
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    cohort_start = FIRST_DAY + index // LANES * COHORT
    return Person(
        rng=rng,
        name=f"{first} {last}",
        email=f"{first}.{last}.{index + 1:04}@example.com".lower(),
        phone=f"+1-202-555-01{rng.randrange(100):02}",  # 555-0100 to 555-0199 are kept free for fiction
        birthday=(date(1935, 1, 1) + timedelta(days=rng.randrange(25_000))).isoformat(),
        serial=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        lane=index % LANES,
        registered=cohort_start + rng.randrange(14 * DAY),
    )
