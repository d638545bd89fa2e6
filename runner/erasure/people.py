"""Who is to be erased, and everything by which they are known."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from helpers.participants import participant_id, read_participant_key
from helpers.settings import Settings
from runner.erasure.walk import walk
from runner.errors import UserError
from runner.landing import unpack

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
CUSTOMERS = "customer/landing/"
SHORTEST = 6
"""A serial number of fewer characters is compared with fields, but not sought in texts, where it may mean much."""


@dataclass
class People:
    """Some people and what stands for them.

    Parameters
    ----------
    emails : set of str
        Their e-mail addresses, trimmed and in lower case.
    ids : set of str
        Their participant ids, under the present key and the one before.
    serials : set of str
        The serial numbers that they, and nobody else, ever held.
    devices : set of str
        The serial numbers whose step readings go: ``serials``, and the devices that now belong to one of them and to
        somebody else as well. Nobody can say whose readings those are; left behind, they would become the other's.
    names : set of str
        Their names, as far as they have more than one word and nobody else has them.
    others : set of str
        Values of other people which contain one of these: ``ada@x.com`` stands in ``nada@x.com``.
    """

    emails: set[str]
    ids: set[str] = field(default_factory=set)
    serials: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    """The e-mail addresses among them that stand in the customers' landing files."""


def read_addresses(who: str) -> list[str]:
    """The e-mail addresses that an argument names: itself, or the lines of a file.

    Raises
    ------
    UserError
        If it is neither, or a line of the file is no e-mail address.
    """
    path = Path(who)
    if ADDRESS.fullmatch(who.strip()) and not path.is_file():
        return [_address(who)]
    if not path.is_file():
        raise UserError(f"{who!r} is neither an e-mail address nor a file of them (one a line).")
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read as a file of e-mail addresses: {error}.") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            if not ADDRESS.fullmatch(line.strip()):
                raise UserError(f"Line {number} of {path} is no e-mail address; nothing was changed.")
            found.append(_address(line))
    if not found:
        raise UserError(f"{path} holds no e-mail address.")
    return list(dict.fromkeys(found))


def find_people(settings: Settings, addresses: list[str]) -> People:
    """Look up in the customers' landing files, earlier object versions of them included, what else the people are.

    Raises
    ------
    MissingSecret
        If the key of the participant ids cannot be read.
    UserError
        If a landing file is damaged: nobody can tell who is in it.
    """
    people = People(set(addresses))
    keys = [read_participant_key(settings.participant_key), *_previous_key(settings.participant_key)]
    people.ids = {participant_id(email, key) for email in people.emails for key in keys}
    events = list(_events(settings.bucket))
    ours = [event for event in events if _address(event.get("email")) in people.emails]
    theirs = [event for event in events if _address(event.get("email")) not in people.emails | {""}]
    people.known = _values(ours, "email", _address)
    held, shared = _values(ours, "serialnumber"), _values(theirs, "serialnumber")
    people.serials = held - shared
    people.devices = people.serials | (_held_now(ours) & _held_now(theirs))
    names = _values(ours, "customername") - _values(theirs, "customername")
    people.names = {name for name in names if len(name.split()) > 1}
    sought = [value.lower() for value in (*people.emails, *people.serials, *people.names)]
    for name in ("email", "serialnumber", "customername"):
        people.others |= {other for other in _values(theirs, name) if any(value in other.lower() for value in sought)}
    return people


def _events(bucket: str) -> Iterator[dict[str, object]]:
    """The registration events, their fields by name in lower case."""
    for thing in walk(bucket, CUSTOMERS):
        try:
            lines = unpack(thing.key, thing.read()).split(b"\n")
        except (OSError, EOFError, ValueError) as error:
            raise UserError(
                f"{thing.name} is damaged ({error}), so nobody can tell who is in it: mend or delete it first."
            ) from error
        for line in lines:
            try:
                event = json.loads(line.decode("utf-8-sig"))
            except ValueError:
                continue  # no customer is known by it; a mention in it is sought like any other
            if isinstance(event, dict):
                yield {name.lower(): value for name, value in event.items()}


def _held_now(events: list[dict]) -> set[str]:
    """The devices that people hold by their latest events; by each of them, where several are equally late."""
    events_of = defaultdict(list)
    for event in events:
        events_of[_address(event.get("email"))].append(event)
    held = set()
    for mine in events_of.values():
        latest = max(map(_moment, mine))
        held |= _values([event for event in mine if _moment(event) == latest], "serialnumber")
    return held


def _moment(event: dict) -> tuple[float, float]:
    return _number(event.get("lastupdatedate")), _number(event.get("registrationdate"))


def _number(value: object) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return -1.0


def _values(events: list[dict], name: str, spell=lambda value: str(value).strip()) -> set[str]:
    return {spell(event[name]) for event in events if event.get(name)} - {""}


def _address(value: object) -> str:
    return "" if value is None else str(value).strip().lower()


def _previous_key(name: str) -> list[bytes]:
    """The key that the present one replaced, where there is one: earlier versions of tables were written under it."""
    try:
        answer = boto3.client("secretsmanager").get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return []
        raise
    return [answer["SecretString"].encode("utf-8")]
