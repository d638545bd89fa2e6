"""How a line of a landing file is read, in plain Python, by the rules of docs/design.md. Part of the oracle."""

import bz2
import gzip
import json
import math
import re
import unicodedata
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
    """One registration event of a customer; a consent in doubt (the reason says why) is an event without consent."""

    email: str
    serial: str
    row: tuple
    extra: dict[str, Any]
    doubt: str | None

    @property
    def consent(self) -> int | None:
        return self.row[CUSTOMER.index("shareWithResearchAsOfDate")]

    def latest_first(self) -> tuple:
        registered, updated = self.row[5], self.row[6]
        consent = self.consent or 0
        return (-(updated or 0), -(registered or 0), consent > 0, -consent, self.serial, self.doubt is not None)


def read_lines(zone: Path) -> Iterator[bytes]:
    """The objects of every file under ``zone``, blank lines, BOM and line ends taken off."""
    for path in sorted(zone.rglob("*")):
        if not path.is_file() or any(part[0] in "._" for part in path.relative_to(zone).parts):
            continue
        with OPENERS.get(path.suffix, open)(path, "rb") as file:
            for line in file.read().split(b"\n"):
                text = line.removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf").strip(BLANKS.encode())
                yield from objects_of(text) if text else ()


def objects_of(line: bytes) -> list[bytes]:
    """A line cut where one object follows the other; what is no object by itself reaches to the next cut."""
    if is_object(line):
        return [line]
    parts, found = re.split(rb"(?<=\})(?=\{)", line), []
    while parts:
        lengths = [n for n in range(1, len(parts) + 1) if is_object(b"".join(parts[:n]))]
        length = lengths[0] if lengths else 1
        found.append(b"".join(parts[:length]))
        parts = parts[length:]
    return found


def is_object(line: bytes) -> bool:
    try:
        parse_object(line)
    except Quarantined:
        return False
    return True


class Record(dict):
    """An object, and its fields in the order of the line, those too that are given twice."""

    def __init__(self, pairs: list[tuple[str, Any]]):
        super().__init__(pairs)
        self.pairs = pairs


def parse_object(line: bytes) -> Record:
    def refuse(literal: str) -> None:
        raise ValueError(f"{literal} is not JSON")

    try:
        value = json.loads(line.decode("utf-8"), parse_constant=refuse, object_pairs_hook=Record)
    except ValueError as error:
        raise Quarantined("malformed_json") from error
    if not isinstance(value, Record):
        raise Quarantined("malformed_json")
    return value


def sort_fields(record: Record, known: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Known fields by their own names whatever the case, the others, and whether a known one has two values."""
    own = {name.lower(): name for name in known}
    mine, others, twice = {}, {}, False
    for key, value in record.pairs:
        name = own.get(key.lower())
        if name is None:
            others[key] = value
        else:
            twice = twice or (name in mine and text(mine[name]) != text(value))
            mine[name] = value
    return mine, {key: value for key, value in others.items() if value is not None}, twice


def bare(value: str) -> str:
    """Without what nobody sees at its ends."""
    while value and (value[0].isspace() or unicodedata.category(value[0]) == "Cf"):
        value = value[1:]
    while value and (value[-1].isspace() or unicodedata.category(value[-1]) == "Cf"):
        value = value[:-1]
    return value


def address(value: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", bare(value)).casefold())


def serial_number(value: str) -> str:
    return unicodedata.normalize("NFC", bare(value))


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not bare(value))


def text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def required_text(record: dict[str, Any], key: str) -> str:
    if is_blank(record.get(key)):
        raise Quarantined("missing_key")
    return text(record[key])


def whole_number(value: Any) -> int | None:
    """An integer, an integral float or a string of digits; None for anything else."""
    if isinstance(value, str) and DIGITS.fullmatch(bare(value)):
        return int(bare(value))
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
    is_text = isinstance(value, str) and NUMBER.fullmatch(bare(value))
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # float() of the text, since an int beyond the range of floats would raise where its text gives infinity
    number = float(bare(str(value))) if is_text or is_number else math.inf
    if not math.isfinite(number):
        raise Quarantined("bad_measurement")
    return number


def birthday(value: Any) -> str | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", bare(value), re.ASCII):
        return None
    try:
        return date.fromisoformat(bare(value)).isoformat()
    except ValueError:
        return None


def parse_event(line: bytes) -> Event:
    record, extra, twice = sort_fields(parse_object(line), CUSTOMER)
    if twice and is_blank(record.get("email")):
        raise Quarantined("duplicate_key")
    email = address(required_text(record, "email"))
    serial = serial_number(
        "" if twice and is_blank(record.get("serialNumber")) else required_text(record, "serialNumber")
    )
    dates = []
    for key in ("registrationDate", "lastUpdateDate"):
        unknown = is_blank(record.get(key)) or (twice and time_of(record[key]) is None)
        dates.append(None if unknown else required_time(record[key]))
    research, public, friends = (record.get(key) for key in CUSTOMER[7:])
    unusable = not is_blank(research) and whole_number(research) != 0 and time_of(research) is None
    name, phone = text(record.get("customerName")), text(record.get("phone"))
    identity = (name, email, phone, birthday(record.get("birthDay")), serial)
    row = (*identity, *dates, None if twice else time_of(research), time_of(public), time_of(friends))
    return Event(email, serial, row, extra, "duplicate_key" if twice else "bad_consent" if unusable else None)


def parse_motion(line: bytes) -> tuple[tuple, dict[str, Any]]:
    record, extra, twice = sort_fields(parse_object(line), MOTION)
    if twice:
        raise Quarantined("duplicate_key")
    user = address(required_text(record, "user"))
    moment = required_time(record.get("timestamp"))
    axes = tuple(finite_number(record.get(axis)) for axis in "xyz")
    return (user, moment, *axes), extra


def parse_trainer(line: bytes) -> tuple[tuple, dict[str, Any]]:
    record, extra, twice = sort_fields(parse_object(line), STEP)
    if twice:
        raise Quarantined("duplicate_key")
    serial = serial_number(required_text(record, "serialNumber"))
    moment = required_time(record.get("sensorReadingTime"))
    distance = whole_number(record.get("distanceFromObject"))
    if distance is None or not 0 <= distance <= LARGEST_INT:
        raise Quarantined("bad_measurement")
    return (moment, serial, distance), extra
