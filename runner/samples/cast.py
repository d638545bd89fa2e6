"""Who is in a sample: the people of the planted cases first, then ordinary customers."""

from collections.abc import Iterator
from typing import NamedTuple

from runner.samples.cases import ALWAYS, NEVER, ORDINARY, ORDINARY_LATE, ORDINARY_REFUSING, PLANTED, Case
from runner.samples.people import Person, invent_person
from runner.samples.schedule import Instant, Schedule, fill_instants, plan_schedule


class Member(NamedTuple):
    """A person, the case that the person plays, and all instants of readings before and after consent."""

    person: Person
    case: Case
    schedule: Schedule
    before: list[Instant]
    after: list[Instant]


def cast_members(customers: int, seed: int, instants: int) -> Iterator[Member]:
    """Yield the members one by one, so that the size of a sample is not bound by memory."""
    previous = None
    for index in range(customers):
        person = invent_person(seed, index)
        case = PLANTED[index] if index < len(PLANTED) else _ordinary_case(person)
        previous = _cast(person, case, instants, previous)
        yield previous


def _ordinary_case(person: Person) -> Case:
    return person.rng.choices((ORDINARY, ORDINARY_LATE, ORDINARY_REFUSING), (40, 20, 40))[0]


def _cast(person: Person, case: Case, instants: int, previous: Member | None) -> Member:
    if case.shares == "instants":
        person.registered = previous.person.registered
        schedule = previous.schedule
    else:
        schedule = plan_schedule(person, instants, case.late)
    if case.shares == "device":
        person.serial = previous.person.serial
    before = fill_instants(person.rng, schedule.before, case.steps, case.motion != NEVER)
    after = fill_instants(person.rng, schedule.after, case.steps, case.motion == ALWAYS)
    return Member(person, case, schedule, before, after)
