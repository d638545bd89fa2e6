"""What a landing directory must become, worked out in plain Python: the second opinion of the tests.

It imports nothing of the project and favours plain loops over speed, so that it can be read next to the rules:
docs/design.md. ``expect(landing)`` is the only entry.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.oracle_lines import (
    CUSTOMER,
    MOTION,
    STEP,
    Event,
    Quarantined,
    parse_event,
    parse_motion,
    parse_trainer,
    read_lines,
)

TRUSTED_MOTION = (*MOTION, "serialNumber", "shareWithResearchAsOfDate")
# The table itself holds one participantId; which customer each half of a pair is of shows what time_only mixes up.
PAIR = ("stepCustomer", "motionCustomer", "sensorReadingTime", "distanceFromObject", "x", "y", "z")


@dataclass
class Table:
    """Rows in the order of ``columns``; fields that the rules do not name are kept in ``extras``, one dict a row."""

    columns: tuple[str, ...]
    rows: list[tuple] = field(default_factory=list)
    extras: list[dict[str, Any]] = field(default_factory=list)

    def add(self, row: tuple, extra: dict[str, Any] | None = None) -> None:
        self.rows.append(row)
        self.extras.append(extra or {})


@dataclass
class Step:
    """The accounting of one step; ``pairs`` only in the step that joins."""

    read: int = 0
    kept: int = 0
    excluded: Counter = field(default_factory=Counter)
    quarantined: Counter = field(default_factory=Counter)
    duplicates: int = 0
    pairs: int | None = None

    def adds_up(self) -> bool:
        return self.read == self.kept + self.excluded.total() + self.quarantined.total() + self.duplicates

    def as_dict(self) -> dict[str, Any]:
        numbers = {
            "read": self.read,
            "kept": self.kept,
            "excluded": dict(self.excluded),
            "quarantined": dict(self.quarantined),
            "duplicates": self.duplicates,
        }
        return numbers if self.pairs is None else {**numbers, "pairs": self.pairs}


@dataclass
class Expected:
    """Every table and every step's accounting, for one consent policy and one way to match."""

    tables: dict[str, Table]
    steps: dict[str, Step]

    def counts(self) -> dict[str, Any]:
        return {
            "tables": {name: len(table.rows) for name, table in self.tables.items()},
            "steps": {name: step.as_dict() for name, step in self.steps.items()},
        }


def expect(landing: Path, consent: str = "at_collection", match: str = "customer_and_time") -> Expected:
    """Read ``landing`` and return what each table and each step's accounting must be."""
    if consent not in ("at_collection", "any_time") or match not in ("customer_and_time", "time_only"):
        raise ValueError(f"no such policy: consent={consent}, match={match}")
    steps = {}
    latest, customers = customer_step(landing, steps)
    always = consent == "any_time"
    motion = motion_step(landing, steps, latest, always)
    moving = {row[0] for row in motion.rows}
    curated = curated_step(steps, customers, moving)
    owners = defaultdict(list)
    for event in latest.values():
        owners[event.serial].append(event)
    trainer = trainer_step(landing, steps, owners, moving, always)
    pairs = pairs_step(steps, trainer, motion, owners, match)
    tables = {
        "customer_trusted": customers,
        "accelerometer_trusted": motion,
        "customers_curated": curated,
        "step_trainer_trusted": trainer,
        "machine_learning_curated": pairs,
    }
    return Expected(tables, steps)


def distinct_rows(zone: Path, parse: Callable[[bytes], tuple], step: Step) -> Iterator[tuple[tuple, dict[str, Any]]]:
    """The readings of a zone, each once; what is quarantined or seen before is counted in ``step``."""
    seen = set()
    for line in read_lines(zone):
        step.read += 1
        try:
            row, extra = parse(line)
        except Quarantined as reason:
            step.quarantined[str(reason)] += 1
            continue
        key = (row, json.dumps(extra, sort_keys=True))
        if key in seen:
            step.duplicates += 1
        else:
            seen.add(key)
            yield row, extra


def customer_step(landing: Path, steps: dict[str, Step]) -> tuple[dict[str, Event], Table]:
    step = steps["customer_landing_to_trusted"] = Step()
    events, seen = defaultdict(list), set()
    for line in read_lines(landing / "customer" / "landing"):
        step.read += 1
        try:
            event = parse_event(line)
        except Quarantined as reason:
            step.quarantined[str(reason)] += 1
            continue
        key = (event.row, json.dumps(event.extra, sort_keys=True))
        if event.doubt:
            step.quarantined[event.doubt] += 1
        elif key in seen:
            step.duplicates += 1
            continue
        else:
            seen.add(key)
        events[event.email].append(event)
    return decide(events, step)


def decide(events: dict[str, list[Event]], step: Step) -> tuple[dict[str, Event], Table]:
    """The latest event of each customer, and the table of those whose latest event carries consent."""
    trusted, latest = Table(CUSTOMER), {}
    for email, history in events.items():
        latest[email], *older = sorted(history, key=Event.latest_first)
        superseded = sum(not event.doubt for event in older)
        if superseded:
            step.excluded["superseded"] += superseded
        if latest[email].consent:
            step.kept += 1
            trusted.add(latest[email].row, latest[email].extra)
        elif not latest[email].doubt:
            step.excluded["no_consent"] += 1
    return latest, trusted


def motion_step(landing: Path, steps: dict[str, Step], latest: dict[str, Event], always: bool) -> Table:
    step = steps["accelerometer_landing_to_trusted"] = Step()
    trusted = Table(TRUSTED_MOTION)
    for row, extra in distinct_rows(landing / "accelerometer" / "landing", parse_motion, step):
        customer = latest.get(row[0])
        if customer is None:
            step.excluded["unknown_customer"] += 1
        elif not customer.consent:
            step.excluded["no_consent"] += 1
        elif row[1] < customer.consent and not always:
            step.excluded["before_consent"] += 1
        else:
            step.kept += 1
            trusted.add((*row, customer.row[4], customer.consent), extra)
    return trusted


def curated_step(steps: dict[str, Step], customers: Table, moving: set[str]) -> Table:
    step = steps["customer_trusted_to_curated"] = Step(read=len(customers.rows))
    curated = Table(CUSTOMER)
    for row, extra in zip(customers.rows, customers.extras, strict=True):
        if row[1] in moving:
            step.kept += 1
            curated.add(row, extra)
        else:
            step.excluded["no_motion_data"] += 1
    return curated


def trainer_step(
    landing: Path, steps: dict[str, Step], owners: dict[str, list[Event]], moving: set[str], always: bool
) -> Table:
    step = steps["step_trainer_landing_to_trusted"] = Step()
    trusted = Table(STEP)
    for row, extra in distinct_rows(landing / "step_trainer" / "landing", parse_trainer, step):
        holders = owners.get(row[1], [])
        if not holders:
            step.excluded["unknown_device"] += 1
        elif len(holders) > 1:
            step.excluded["ambiguous_device"] += 1
        elif not holders[0].consent:
            step.excluded["no_consent"] += 1
        elif row[0] < holders[0].consent and not always:
            step.excluded["before_consent"] += 1
        elif holders[0].email not in moving:
            step.excluded["no_motion_data"] += 1
        else:
            step.kept += 1
            trusted.add(row, extra)
    return trusted


def pairs_step(
    steps: dict[str, Step], trainer: Table, motion: Table, owners: dict[str, list[Event]], match: str
) -> Table:
    step = steps["machine_learning_curated"] = Step(read=len(trainer.rows) + len(motion.rows))
    pairs, by_time, matched_motion = Table(PAIR), defaultdict(list), set()
    for number, row in enumerate(motion.rows):
        if len(owners[row[5]]) == 1:  # a device that two customers hold joins nothing
            by_time[row[1]].append((number, row))
    for moment, serial, distance in trainer.rows:
        holder = owners[serial][0].email  # a trusted step reading has exactly one holder
        found = [(n, row) for n, row in by_time[moment] if match == "time_only" or row[0] == holder]
        if not found:
            step.excluded["unmatched_step"] += 1
        for number, row in found:
            matched_motion.add(number)
            pairs.add((holder, row[0], moment, distance, *row[2:5]))
    unmatched = len(motion.rows) - len(matched_motion)
    if unmatched:
        step.excluded["unmatched_motion"] = unmatched
    step.kept = step.read - step.excluded.total()
    step.pairs = len(pairs.rows)
    return pairs
