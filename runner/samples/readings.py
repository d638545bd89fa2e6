"""The lines of readings: what the sensors of a person say at each instant."""

import json
import math
import random
from typing import NamedTuple

from runner.samples.people import Person
from runner.samples.schedule import Instant

# cm between the trainer and the person: standing away from it, and stepping up to it
STANDING_CM, STEPPING_CM = (262.0, 11.0), (218.0, 9.0)


class Lines(NamedTuple):
    """JSON lines of motion and of steps."""

    motions: list[str]
    steps: list[str]


def reading_lines(person: Person, instants: list[Instant], firmware: str, loose: bool) -> Lines:
    """Return the lines of all readings of a person.

    Parameters
    ----------
    person : Person
        Whose readings they are.
    instants : list of Instant
        When, and how many of each kind.
    firmware : str
        The value of the field ``firmware`` of the step readings; empty: no such field.
    loose : bool
        Whether to spell addresses and numbers in every way that is read, instead of one.
    """
    rng = person.rng
    lines = Lines([], [])
    suffix = f',"firmware":{json.dumps(firmware)}}}' if firmware else "}"
    motion_format, step_format = (_loose_motion, _loose_step) if loose else (_plain_motion, _plain_step)
    for number, (time, steps, motions) in enumerate(instants):
        stepping = rng.random() < 0.55
        phase = number * 0.9
        for x, y, z in _motion_values(rng, motions, phase, stepping):
            lines.motions.append(motion_format(number, person.email, time, x, y, z))
        for distance in _distances(rng, steps, stepping):
            lines.steps.append(step_format(number, time, person.serial, distance) + suffix)
    return lines


def _motion_values(rng: random.Random, count: int, phase: float, stepping: bool) -> list[tuple[float, float, float]]:
    """Return distinct accelerations between -3 and 3: a swing when stepping, near to rest when standing."""
    swing = 1.3 if stepping else 0.25
    values = []
    while len(values) < count:
        angle = phase + 0.3 * len(values)
        drawn = (
            rng.gauss(swing * math.sin(angle), 0.25),
            rng.gauss(0.7 * swing * math.cos(2 * angle), 0.25),
            rng.gauss(0.4 * swing * math.sin(2 * angle), 0.2),
        )
        # + 0.0 turns -0.0 into 0.0
        value = tuple(round(min(3.0, max(-3.0, axis)), 3) + 0.0 for axis in drawn)
        if value not in values:  # an equal one would count as a duplicate, which is planted elsewhere
            values.append(value)
    return values


def _distances(rng: random.Random, count: int, stepping: bool) -> list[int]:
    middle, spread = STEPPING_CM if stepping else STANDING_CM
    first = max(150, min(340, round(rng.gauss(middle, spread))))
    return [first + further for further in range(count)]


def _plain_motion(number: int, user: str, time: int, x: float, y: float, z: float) -> str:
    return f'{{"user":"{user}","timestamp":{time},"x":{x},"y":{y},"z":{z}}}'


def _plain_step(number: int, time: int, serial: str, distance: int) -> str:
    return f'{{"sensorReadingTime":{time},"serialNumber":"{serial}","distanceFromObject":{distance}'


def _loose_motion(number: int, user: str, time: int, x: float, y: float, z: float) -> str:
    users = (user, user.upper(), f" {user.title()}  ")
    spelled = (x, f'"{x}"', f"{x:.3e}")[number % 3]
    return (
        f'{{"user": "{users[number % 3]}", "timestamp": {_loose_time(number, time)}, '
        f'"x": {spelled}, "y": {y:.6f}, "z": "{z}"}}'
    )


def _loose_step(number: int, time: int, serial: str, distance: int) -> str:
    spelled = (distance, f"{distance}.0", f'"{distance}"')[number % 3]
    return (
        f'{{"distanceFromObject": {spelled}, "serialNumber": "{serial}", '
        f'"sensorReadingTime": {_loose_time(number, time)}'
    )


def _loose_time(number: int, time: int) -> str:
    return (str(time), f"{time}.0", f'"{time}"', f"{time / 1e12:.12f}E12")[number % 4]
