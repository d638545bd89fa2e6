"""Who is to be erased, and everything by which they are known."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from helpers.identity import normal_address, normal_serial, trim
from helpers.landing.parsing import Fields
from helpers.landing.values import LAST_TIME
from helpers.participants import participant_id, read_participant_key
from helpers.settings import Settings
from helpers.tables import TABLES
from runner.aws_errors import find
from runner.errors import UserError
from runner.pipeline.packing import open_unpacked
from runner.privacy.identities import read_records
from runner.privacy.places import Copies, walk
from runner.privacy.search import Sought

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
OF_CUSTOMERS = tuple(table.prefix for table in TABLES.values() if table.person == "email")
"""Where customers are described: their landing files, the register, and the tables of those who consent."""
TELLING = ("email", "serialnumber", "customername", "phone", "lastupdatedate", "registrationdate")
"""The columns of a table that are read; its dates may be some that Python has not, such as in the year 0."""
SHORTEST = 6
"""A serial number of fewer characters is compared with fields, but not sought in texts, where it may mean much."""
SHORTEST_PHONE = 7
"""Digits of a phone number at the least that is sought."""

Event = dict[str, list[str]]
"""A registration event: the values of each field, by its name in lower case."""


@dataclass
class People:
    """Some people and what stands for them."""

    emails: set[str]
    """Their e-mail addresses (`helpers.identity.normal_address`)."""
    ids: set[str] = field(default_factory=set)
    """Their participant ids, under the present key and the one before."""
    serials: set[str] = field(default_factory=set)
    """The serial numbers that they, and nobody else, ever held."""
    devices: set[str] = field(default_factory=set)
    """The serial numbers whose step readings go: ``serials``, and the devices that now belong to one of them and to
    somebody else as well. Nobody can say whose readings those are; left behind, they would become the other's."""
    names: set[str] = field(default_factory=set)
    """Their names, as far as they have more than one word and nobody else has them."""
    spellings: set[str] = field(default_factory=set)
    """The e-mail addresses as they are spelled in files."""
    phones: set[str] = field(default_factory=set)
    """Their phone numbers that nobody else has; sought where a line cannot be read."""
    others: set[str] = field(default_factory=set)
    """Values of other people which contain one of these: ``ada@x.com`` stands in ``nada@x.com``."""
    known: set[str] = field(default_factory=set)
    """The e-mail addresses among them that stand in the customers' files."""


def read_addresses(who: str) -> list[str]:
    """The e-mail addresses that an argument names, itself or the lines of a file; UserError where it is neither."""
    path = Path(who)
    if not path.is_file():
        if ADDRESS.fullmatch(trim(who)):
            return [normal_address(who)]
        raise UserError(f"{who!r} is neither an e-mail address nor a file of them (one a line).")
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read as a file of e-mail addresses: {error}.") from error
    found = []
    for number, line in enumerate(lines, 1):
        if trim(line) and not line.lstrip().startswith("#"):
            if not ADDRESS.fullmatch(trim(line)):
                raise UserError(f"Line {number} of {path} is no e-mail address; nothing was changed.")
            found.append(normal_address(line))
    if not found:
        raise UserError(f"{path} holds no e-mail address.")
    return list(dict.fromkeys(found))


def find_people(settings: Settings, addresses: list[str], copies: Copies) -> People:
    """Look up in the customers' landing files and tables, earlier versions included, what else the people are.

    The files that are read stay in ``copies`` for who looks into them next.

    Raises
    ------
    MissingSecret
        If the key of the participant ids cannot be read.
    UserError
        If one of these files is damaged: nobody can tell who is in it.
    """
    people = People(set(addresses))
    events = list(_events(settings.bucket, copies))
    ours = [event for event in events if _owners(event) & people.emails]
    theirs = [event for event in events if _owners(event) - people.emails]
    people.known = {address for event in ours for address in _owners(event)} & people.emails
    people.spellings = {text for text in _values(ours, "email", trim) if normal_address(text) in people.emails}
    keys = [read_participant_key(settings.participant_key), *_previous_key(settings.participant_key)]
    known_as = people.emails | {text.lower() for text in people.spellings}
    people.ids = {participant_id(email, key) for email in known_as for key in keys}
    serials, names, phones = (
        _values(ours, name, spell) - _values(theirs, name, spell)
        for name, spell in (("serialnumber", normal_serial), ("customername", trim), ("phone", trim))
    )
    people.serials, people.devices = serials, serials | (_held_now(ours) & _held_now(theirs))
    people.names = {name for name in names if len(name.split()) > 1}
    people.phones = {phone for phone in phones if sum(map(str.isdigit, phone)) >= SHORTEST_PHONE}
    sought = Sought(people.emails | people.spellings | people.serials | people.names)
    of_others = (_values(theirs, name, trim) for name in ("email", "serialnumber", "customername"))
    people.others = {value for values in of_others for value in values if sought.found(value)}
    return people


def _events(bucket: str, copies: Copies) -> Iterator[Event]:
    """The registration events that stand in landing files, and the customers that stand in tables."""
    for thing in (thing for prefix in OF_CUSTOMERS for thing in walk(bucket, prefix)):
        try:
            for fields in _records(copies.keep(thing)):
                event = defaultdict(list)
                for name, value in fields:
                    if value:
                        event[name.lower()].append(value)
                yield event
        except (OSError, EOFError, ValueError, pa.ArrowException) as error:
            raise UserError(
                f"{thing.name} is damaged ({error}), so nobody can tell who is in it: mend or delete it first."
            ) from error


def _records(path: Path) -> Iterator[Fields]:
    with open_unpacked(path) as stream:
        content = stream.read()
    if not content.startswith(b"PAR1"):
        yield from read_records(content)
        return
    with pq.ParquetFile(path) as file:
        names = [name for name in file.schema_arrow.names if name.lower() in TELLING]
        for row in file.read(columns=names).to_pylist():
            yield [(name, None if value is None else str(value)) for name, value in row.items()]


def _owners(event: Event) -> set[str]:
    return _values([event], "email", normal_address)


def _held_now(events: list[Event]) -> set[str]:
    """The devices that people hold by their latest events; by each of them, where several are equally late."""
    latest = {owner: _moment(event) for event in sorted(events, key=_moment) for owner in _owners(event)}
    holding = [event for event in events if any(latest[owner] == _moment(event) for owner in _owners(event))]
    return _values(holding, "serialnumber", normal_serial)


def _moment(event: Event) -> tuple[float, float]:
    return _number(event["lastupdatedate"]), _number(event["registrationdate"])


def _number(values: list[str]) -> float:
    """A time as a number; -1 where it is none, so that it decides nothing."""
    try:
        time = float(values[-1])
    except (IndexError, ValueError):
        return -1.0
    return time if time <= LAST_TIME else -1.0


def _values(events: list[Event], name: str, spell: Callable[[str], str]) -> set[str]:
    return {spell(value) for event in events for value in event.get(name, ())} - {""}


def _previous_key(name: str) -> list[bytes]:
    """The key that the present one replaced, where there is one: earlier versions of tables were written under it."""
    answer = find("secretsmanager", "get_secret_value", SecretId=name, VersionStage="AWSPREVIOUS")
    return [answer["SecretString"].encode("utf-8")] if answer else []
