"""Writes a landing directory of fictional customers and the truth of what must come out of it."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from runner.errors import UserError
from runner.samples.broken import BROKEN
from runner.samples.cases import MAIN, PLANTED, REDELIVERED
from runner.samples.landing import LandingZone
from runner.samples.lines import event_lines, reading_lines
from runner.samples.people import invent_people
from runner.samples.truth import ZONES, Truth

MOST_CUSTOMERS = 300_000  # beyond, the cohorts of customers would reach the end of valid times
LEAST_INSTANTS, MOST_INSTANTS = 4, 100_000  # with more, a session would reach into the next one


class SampleError(UserError, ValueError):
    """A request for samples that cannot be met: what was asked, why not, and what would do."""


def write_samples(target: Path, customers: int = 60, seed: int = 1, instants: int = 20) -> dict[str, Any]:
    """Write landing data and ``truth.json``; the same options give the same bytes.

    The directory appears whole or not at all. About 2.7 readings (one of steps, 1.7 of motion) fall on an instant.

    Parameters
    ----------
    target : Path
        A directory that does not exist yet, or is empty.
    customers, seed, instants : int
        How many people (the first ones play the planted cases, so there is a least number), of which world (another
        seed, other people), and at how many moments the sensors of each report.

    Returns
    -------
    dict
        The content of ``truth.json``: ``options``, ``cases``, ``landing_rows`` and
        ``expected[consent][match]`` with ``tables`` (rows) and ``steps`` (accounting).

    Raises
    ------
    SampleError
        Where a number is out of range, or the target holds something or cannot be written.
    """
    target = Path(target).resolve()
    building = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        _refuse_what_cannot_be(target, customers, instants)
        truth = _build(building, customers, seed, instants)
        building.replace(target)
    except OSError as error:
        raise SampleError(f"cannot write samples to {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return truth


def _refuse_what_cannot_be(target: Path, customers: int, instants: int) -> None:
    for name, value, least, most in (
        ("customers", customers, len(PLANTED), MOST_CUSTOMERS),
        ("instants", instants, LEAST_INSTANTS, MOST_INSTANTS),
    ):
        if not least <= value <= most:
            raise SampleError(f"{name} must be between {least} and {most}, not {value}")
    if target.is_dir():
        if any(target.iterdir()):
            raise SampleError(f"{target} is not empty: choose a new directory, nothing is overwritten")
    elif target.exists():
        raise SampleError(f"{target} is a file: choose a new directory")


def _build(directory: Path, customers: int, seed: int, instants: int) -> dict[str, Any]:
    book, rows_a_file = Truth(), min(100_000, max(200, customers * instants // 3))
    zones = {name: LandingZone(directory, name, rows_a_file) for name in ZONES}
    for person in invent_people(customers, seed, instants):
        for line, fate in event_lines(person):
            zones["customer"].write([line], REDELIVERED if fate == "duplicate" else MAIN)
            book.count("customer", fate)
        for name, lines in zip(("accelerometer", "step_trainer"), reading_lines(person), strict=True):
            zones[name].write(lines, person.case.file)
        book.book(person)
    for name, zone in zones.items():
        zone.write([line for line, _ in BROKEN[name]], "{zone}-broken.json")
        for _, fate in BROKEN[name]:
            book.count(name, fate)
    truth = book.tell({"customers": customers, "seed": seed, "instants": instants})
    (directory / "truth.json").write_bytes(f"{json.dumps(truth, indent=1, sort_keys=True)}\n".encode())
    return truth
