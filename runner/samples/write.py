"""Writes a landing directory of fictional customers and the truth of what must come out of it."""

import os
import shutil
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from runner.samples import broken
from runner.samples.booking import ReadingsBook
from runner.samples.cases import FIRMWARE, PLANTED, REDELIVERY
from runner.samples.cast import Member, cast_members
from runner.samples.errors import SampleError
from runner.samples.landing import LandingZone
from runner.samples.ledger import CUSTOMER_STEP, MOTION_STEP, TRAINER_STEP, Ledger
from runner.samples.readings import reading_lines
from runner.samples.schedule import MOST_INSTANTS
from runner.samples.truth import describe_cases, tell_truth, truth_text

LEAST_CUSTOMERS = len(PLANTED)
MOST_CUSTOMERS = 300_000  # beyond, the cohorts of customers would reach the end of valid times
LEAST_INSTANTS = 4
DEFAULT_CUSTOMERS, DEFAULT_SEED, DEFAULT_INSTANTS = 60, 1, 20

ZONES = {"customer": CUSTOMER_STEP, "accelerometer": MOTION_STEP, "step_trainer": TRAINER_STEP}
BROKEN_LINES = {"customer": broken.CUSTOMERS, "accelerometer": broken.MOTIONS, "step_trainer": broken.STEPS}


def write_samples(
    target: Path,
    customers: int = DEFAULT_CUSTOMERS,
    seed: int = DEFAULT_SEED,
    instants: int = DEFAULT_INSTANTS,
) -> dict[str, Any]:
    """Write landing data and ``truth.json``; the same options give the same bytes.

    The directory appears whole or not at all. About 2.7 readings (one of steps, 1.7 of motion) fall on an instant.

    Parameters
    ----------
    target : Path
        A directory that does not exist yet, or is empty.
    customers : int
        How many people. The first ones play the planted cases, so there is a least number.
    seed : int
        Which world: another seed, other people.
    instants : int
        Moments at which each person's sensors report.

    Returns
    -------
    dict
        The content of ``truth.json``: ``options``, ``cases``, ``landing_rows`` and
        ``expected[consent][match]`` with ``tables`` (rows) and ``steps`` (accounting).

    Raises
    ------
    SampleError
        Where a number is out of range, or the target holds something or cannot be written.

    Examples
    --------
    >>> truth = write_samples(Path("landing"), customers=100, seed=1)  # doctest: +SKIP
    >>> truth["expected"]["at_collection"]["customer_and_time"]["tables"]["customer_trusted"]  # doctest: +SKIP
    60
    """
    _check_range("customers", customers, LEAST_CUSTOMERS, MOST_CUSTOMERS)
    _check_range("instants", instants, LEAST_INSTANTS, MOST_INSTANTS)
    target = Path(target).resolve()
    building = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        _refuse_what_is_there(target)
        truth = _build(building, customers, seed, instants)
        building.replace(target)
    except OSError as error:
        raise SampleError(f"cannot write samples to {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return truth


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise SampleError(f"{name} must be between {least} and {most}, not {value}")


def _refuse_what_is_there(target: Path) -> None:
    if target.is_dir():
        if any(target.iterdir()):
            raise SampleError(f"{target} is not empty: choose a new directory, nothing is overwritten")
    elif target.exists():
        raise SampleError(f"{target} is a file: choose a new directory")


def _build(directory: Path, customers: int, seed: int, instants: int) -> dict[str, Any]:
    directory.mkdir(parents=True)
    ledger = Ledger()
    rows_a_file = min(100_000, max(200, customers * instants // 3))
    with ExitStack() as stack:
        zones = {name: stack.enter_context(LandingZone(directory, name, rows_a_file)) for name in ZONES}
        book = stack.enter_context(ReadingsBook(ledger))
        members = cast_members(customers, seed, instants)
        planted = list(islice(members, LEAST_CUSTOMERS))
        for member in planted:
            _write_member(member, zones, ledger, book)
        for member in members:
            _write_member(member, zones, ledger, book)
        _write_what_is_nobodys(zones, ledger)
    options = {"customers": customers, "seed": seed, "instants": instants}
    truth = tell_truth(ledger, describe_cases(planted), options)
    (directory / "truth.json").write_text(truth_text(truth), encoding="utf-8", newline="\n")
    return truth


def _write_member(member: Member, zones: dict[str, LandingZone], ledger: Ledger, book: ReadingsBook) -> None:
    person, case = member.person, member.case
    for line, fate, file in case.register(person, member.schedule.consent):
        zones["customer"].write([line], file)
        ledger.count(CUSTOMER_STEP, fate)
    firmware = "2.1.0" if case.file == FIRMWARE else ""
    lines = reading_lines(person, member.before + member.after, firmware, case.loose)
    zones["accelerometer"].write(lines.motions, case.file)
    zones["step_trainer"].write(lines.steps, case.file)
    book.book(member)
    if case.file == REDELIVERY:
        book.book_redelivery(lines)


def _write_what_is_nobodys(zones: dict[str, LandingZone], ledger: Ledger) -> None:
    """Write what no member did: broken lines, foreign files, and the second landing of the redelivered files."""
    for name, zone in zones.items():
        zone.write_foreign_file()
        zone.write_broken(BROKEN_LINES[name])
        for _, fate in BROKEN_LINES[name]:
            ledger.count(ZONES[name], fate)
    zones["accelerometer"].redeliver()
    zones["step_trainer"].redeliver()
