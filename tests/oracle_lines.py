"""How a line of a landing file is read, in plain Python, by the rules of docs/design.md. Part of the oracle."""

import bz2
import gzip
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

BLANKS = " \t\r\n\v\f"
FIRST_TIME, LAST_TIME = 946_684_800_000, 4_102_444_800_000  # 2000-01-01 and 2100-01-01 UTC, epoch ms
LARGEST_INT = 2**31 - 1
DIGITS = re.compile(r"[0-9]{1,30}")  # more are out of every range
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
OPENERS = {".gz": gzip.open, ".bz2": bz2.open}

CUSTOMER = (
    "customerName", "email", "phone", "birthDay", "serialNumber", "registrationDate", "lastUpdateDate",
    "shareWithResearchAsOfDate", "shareWithPublicAsOfDate", "shareWithFriendsAsOfDate",
)  # fmt: skip
MOTION = ("user", "timestamp", "x", "y", "z")
STEP = ("sensorReadingTime", "serialNumber", "distanceFromObject")


class Quarantined(Exception):
    """A line that cannot be used; the message is the reason."""


@dataclass
class Event:
    """One registration event of a customer; an unreadable consent is an event without consent."""

    email: str
    serial: str
    row: tuple
    extra: dict[str, Any]
    bad_consent: bool

    @property
    def consent(self) -> int | None:
        return self.row[CUSTOMER.index("shareWithResearchAsOfDate")]

    def latest_first(self) -> tuple:
        registered, updated = self.row[5], self.row[6]
        consent = self.consent or 0
        return (-(updated or 0), -(registered or 0), consent > 0, -consent, self.serial, self.bad_consent)


def read_lines(zone: Path) -> Iterator[bytes]:
    """The rows of every file under ``zone``, blank lines, BOM and line ends taken off."""
    for path in sorted(zone.rglob("*")):
        if not path.is_file() or any(part[0] in "._" for part in path.relative_to(zone).parts):
            continue
        with OPENERS.get(path.suffix, open)(path, "rb") as file:
            for line in file.read().split(b"\n"):
                bare = line.removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
                if bare.strip(BLANKS.encode()):
                    yield bare


def parse_object(line: bytes) -> dict[str, Any]:
    def refuse(literal: str) -> None:
        raise ValueError(f"{literal} is not JSON")

    try:
        value = json.loads(line.decode("utf-8"), parse_constant=refuse)
    except ValueError as error:
        raise Quarantined("malformed_json") from error
    if not isinstance(value, dict):
        raise Quarantined("malformed_json")
    return value


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip(BLANKS))


def text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def required_text(record: dict[str, Any], key: str) -> str:
    if is_blank(record.get(key)):
        raise Quarantined("missing_key")
    return text(record[key])


def whole_number(value: Any) -> int | None:
    """An integer, an integral float or a string of digits; None for anything else."""
    if isinstance(value, str) and DIGITS.fullmatch(value.strip(BLANKS)):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    return int(value)


def time_of(value: Any) -> int | None:
    moment = whole_number(value)
    return moment if moment is not None and FIRST_TIME <= moment <= LAST_TIME else None


def required_time(value: Any) -> int:
    moment = time_of(value)
    if moment is None:
        raise Quarantined("bad_timestamp")
    return moment


def finite_number(value: Any) -> float:
    is_text = isinstance(value, str) and NUMBER.fullmatch(value.strip(BLANKS))
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # float() of the text, since an int beyond the range of floats would raise where its text gives infinity
    number = float(str(value)) if is_text or is_number else math.inf
    if not math.isfinite(number):
        raise Quarantined("bad_measurement")
    return number


def birthday(value: Any) -> str | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip(BLANKS), re.ASCII):
        return None
    try:
        return date.fromisoformat(value.strip(BLANKS)).isoformat()
    except ValueError:
        return None


def other_fields(record: dict[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in known and value is not None}


def parse_event(line: bytes) -> Event:
    record = parse_object(line)
    email = required_text(record, "email").strip(BLANKS).lower()
    serial = required_text(record, "serialNumber").strip(BLANKS)
    dates = []
    for key in ("registrationDate", "lastUpdateDate"):
        dates.append(None if is_blank(record.get(key)) else required_time(record[key]))
    research, public, friends = (record.get(key) for key in CUSTOMER[7:])
    unusable = not is_blank(research) and whole_number(research) != 0 and time_of(research) is None
    name, phone = text(record.get("customerName")), text(record.get("phone"))
    identity = (name, email, phone, birthday(record.get("birthDay")), serial)
    row = (*identity, *dates, time_of(research), time_of(public), time_of(friends))
    return Event(email, serial, row, other_fields(record, CUSTOMER), unusable)


def parse_motion(line: bytes) -> tuple[tuple, dict[str, Any]]:
    record = parse_object(line)
    user = required_text(record, "user").strip(BLANKS).lower()
    moment = required_time(record.get("timestamp"))
    axes = tuple(finite_number(record.get(axis)) for axis in "xyz")
    return (user, moment, *axes), other_fields(record, MOTION)


def parse_trainer(line: bytes) -> tuple[tuple, dict[str, Any]]:
    record = parse_object(line)
    serial = required_text(record, "serialNumber").strip(BLANKS)
    moment = required_time(record.get("sensorReadingTime"))
    distance = whole_number(record.get("distanceFromObject"))
    if distance is None or not 0 <= distance <= LARGEST_INT:
        raise Quarantined("bad_measurement")
    return (moment, serial, distance), other_fields(record, STEP)
