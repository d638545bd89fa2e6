"""The lines that a person leaves: registration events, and what the sensors say at each instant."""

import json
import math
import random
from collections.abc import Iterator

from runner.samples.cases import ABSENT, FIRMWARE
from runner.samples.people import Person

# cm between the trainer and the person: standing away from it, and stepping up to it
STANDING_CM, STEPPING_CM = (262.0, 11.0), (218.0, 9.0)


def event_lines(person: Person) -> Iterator[tuple[str, str]]:
    """Yield each registration event with its fate: absent keys for what is not shared."""
    for fate, changes in person.case.events:
        record = person.record | {
            "lastUpdateDate": person.consented,
            "shareWithResearchAsOfDate": person.consented,
            "shareWithPublicAsOfDate": person.registered if person.rng.random() < 0.4 else ABSENT,
            "shareWithFriendsAsOfDate": person.registered if person.rng.random() < 0.5 else ABSENT,
        }
        record |= {key: value(person) if callable(value) else value for key, value in changes.items()}
        yield json.dumps({key: value for key, value in record.items() if value is not ABSENT}), fate


def reading_lines(person: Person) -> tuple[list[str], list[str]]:
    """Return the lines of all motion readings and of all step readings."""
    rng, motions, steps = person.rng, [], []
    step_end = ',"firmware":"2.1.0"}' if person.case.file == FIRMWARE else "}"
    motion_line, step_line = (_loose_motion, _loose_step) if person.case.loose else (_plain_motion, _plain_step)
    for number, instant in enumerate(person.instants):
        stepping = rng.random() < 0.55
        for x, y, z in _motion_values(rng, instant.motions, number * 0.9, stepping):
            motions.append(motion_line(number, person.email, instant.time, x, y, z))
        nearest = max(150, min(340, round(rng.gauss(*(STEPPING_CM if stepping else STANDING_CM)))))
        for distance in range(nearest, nearest + instant.steps):
            steps.append(step_line(number, instant.time, person.serial, distance) + step_end)
    return motions, steps


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


def _plain_motion(number: int, user: str, time: int, x: float, y: float, z: float) -> str:
    return f'{{"user":"{user}","timestamp":{time},"x":{x},"y":{y},"z":{z}}}'


def _plain_step(number: int, time: int, serial: str, distance: int) -> str:
    return f'{{"sensorReadingTime":{time},"serialNumber":"{serial}","distanceFromObject":{distance}'


def _loose_motion(number: int, user: str, time: int, x: float, y: float, z: float) -> str:
    user = (user, user.upper(), f" {user.title()}  ")[number % 3]
    spelled = (x, f'"{x}"', f"{x:.3e}")[number % 3]
    time = _loose_time(number, time)
    return f'{{"user": "{user}", "timestamp": {time}, "x": {spelled}, "y": {y:.6f}, "z": "{z}"}}'


def _loose_step(number: int, time: int, serial: str, distance: int) -> str:
    spelled = (distance, f"{distance}.0", f'"{distance}"')[number % 3]
    time = _loose_time(number, time)
    return f'{{"distanceFromObject": {spelled}, "serialNumber": "{serial}", "sensorReadingTime": {time}'


def _loose_time(number: int, time: int) -> str:
    return (str(time), f"{time}.0", f'"{time}"', f"{time / 1e12:.12f}E12")[number % 4]
