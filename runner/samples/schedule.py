"""When a person's readings are taken: sessions of some seconds each, spread over weeks, before and after consent."""

import random
from dataclasses import dataclass
from typing import NamedTuple

from runner.samples.people import DAY, LANES, Person

SESSION = 12  # instants
SPREAD = 21 * DAY  # over which the sessions before consent are spread, and again those after it
MOST_INSTANTS = 100_000  # keeps a session shorter than the gap to the next one


class Instant(NamedTuple):
    """One moment at which sensors report: epoch ms, and how many readings of each kind carry it."""

    time: int
    steps: int
    motions: int


@dataclass
class Schedule:
    """A person's instants before and after the moment of consent (epoch ms)."""

    before: list[int]
    after: list[int]
    consent: int


def plan_schedule(person: Person, instants: int, late: bool) -> Schedule:
    """Return ``instants`` moments in the person's own milliseconds.

    With ``late``, half of them lie before consent, and the first of the others is the very millisecond of consent:
    a reading taken at that moment is covered.
    """
    rng, lane = person.rng, person.lane
    if not late:
        return Schedule([], _session_times(rng, person.registered + DAY, instants, lane), person.registered)
    before = _session_times(rng, person.registered + DAY, instants // 2, lane)
    after = _session_times(rng, before[-1] + DAY, instants - len(before), lane)
    return Schedule(before, after, after[0])


def _session_times(rng: random.Random, start: int, count: int, lane: int) -> list[int]:
    sessions = -(-count // SESSION)
    times = []
    for session in range(sessions):
        moment = start + int((session + rng.random() / 2) * SPREAD / sessions)
        moment += lane - moment % LANES
        for _ in range(min(SESSION, count - len(times))):
            moment += LANES * rng.randrange(1, 5)
            times.append(moment)
    return times


def fill_instants(rng: random.Random, times: list[int], steps: bool, motions: bool) -> list[Instant]:
    """Say how many readings each moment has; the first has one of each kind at least, where the kind is wanted."""
    filled = []
    for number, time in enumerate(times):
        step_count = rng.choices((0, 1, 2), (4, 94, 2))[0] if steps else 0
        motion_count = rng.choices((0, 1, 2, 3), (4, 46, 25, 25))[0] if motions else 0
        if number == 0:
            step_count, motion_count = max(step_count, int(steps)), max(motion_count, int(motions))
        filled.append(Instant(time, step_count, motion_count))
    return filled
