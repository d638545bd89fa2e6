"""Registration events: the customer lines of each planted case, and what becomes of each line."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from runner.samples.fates import BAD_CONSENT, BAD_TIMESTAMP, DUPLICATE, KEPT, NO_CONSENT, SUPERSEDED, Fate
from runner.samples.people import DAY, Person

ABSENT = object()  # the value of a key that the record leaves out

MAIN = "main"
REDELIVERED = "redelivered"


class Event(NamedTuple):
    """One customer line, its fate, and the file of the zone that it lands in."""

    line: str
    fate: Fate
    file: str = MAIN


Register = Callable[[Person, int], list[Event]]


def customer_record(person: Person, consent: Any, **changes: Any) -> dict[str, Any]:
    """Return a customer record as the source writes it: absent keys for what is not shared."""
    record = {
        "customerName": person.name,
        "email": person.email,
        "phone": person.phone,
        "birthDay": person.birthday,
        "serialNumber": person.serial,
        "registrationDate": person.registered,
        "lastUpdateDate": person.registered,
        "shareWithResearchAsOfDate": consent,
        "shareWithPublicAsOfDate": person.registered if person.rng.random() < 0.4 else ABSENT,
        "shareWithFriendsAsOfDate": person.registered if person.rng.random() < 0.5 else ABSENT,
    }
    return {key: value for key, value in {**record, **changes}.items() if value is not ABSENT}


def event(person: Person, consent: Any, fate: Fate, file: str = MAIN, **changes: Any) -> Event:
    """Return one event as a line of JSON."""
    return Event(json.dumps(customer_record(person, consent, **changes)), fate, file)


def consenting(**changes: Any) -> Register:
    """Return a registration with consent, with ``changes`` to the record."""

    def register(person: Person, consent: int) -> list[Event]:
        update = {"lastUpdateDate": max(person.registered, consent)}
        return [event(person, consent, KEPT, **{**update, **changes})]

    return register


def refusing(value: Any) -> Register:
    """Return a registration whose consent is ``value``: one of the ways to say no."""
    return lambda person, _: [event(person, value, NO_CONSENT)]


def withdrawing(after_days: int) -> Register:
    """Return a consent and a later event without it; after 0 days both carry the same times."""

    def register(person: Person, consent: int) -> list[Event]:
        withdrawn = person.registered + after_days * DAY
        return [
            event(person, ABSENT, NO_CONSENT, lastUpdateDate=withdrawn),
            event(person, consent, SUPERSEDED),
        ]

    return register


def consenting_again(person: Person, consent: int) -> list[Event]:
    """Return a consent, its withdrawal a day later, and the consent that counts."""
    return [
        event(person, person.registered, SUPERSEDED),
        event(person, None, SUPERSEDED, lastUpdateDate=person.registered + DAY),
        event(person, consent, KEPT, lastUpdateDate=consent),
    ]


def delivered_twice(person: Person, consent: int) -> list[Event]:
    """Return one event twice, the second time in another file and with the address in capitals."""
    public = {"shareWithPublicAsOfDate": ABSENT, "shareWithFriendsAsOfDate": ABSENT}
    return [
        event(person, consent, KEPT, **public),
        event(person, consent, DUPLICATE, REDELIVERED, **public, email=person.email.upper()),
    ]


def unreadable_consent_last(person: Person, consent: int) -> list[Event]:
    """Return a consent and a later event whose consent cannot be read: the customer is out until a valid one comes."""
    return [
        event(person, consent, SUPERSEDED),
        event(person, "yes", BAD_CONSENT, lastUpdateDate=person.registered + DAY),
    ]


def unreadable_consent_first(person: Person, consent: int) -> list[Event]:
    """Return an unreadable consent and a later valid one."""
    return [
        event(person, -5, BAD_CONSENT),
        event(person, consent, KEPT, lastUpdateDate=consent + DAY),
    ]


def unreadable_registration(person: Person, consent: int) -> list[Event]:
    """Return a registration with a date that is none: the customer stays unknown."""
    return [event(person, consent, BAD_TIMESTAMP, registrationDate="last spring")]


def never_registered(person: Person, consent: int) -> list[Event]:
    """Return no event at all."""
    return []


def numbers_as_text_and_floats(person: Person, consent: int) -> list[Event]:
    """Return a consent whose times are a float and strings of digits, as earlier drops of the source had them."""
    return [event(person, float(consent), KEPT, registrationDate=str(person.registered))]


def spelled_loosely(person: Person, consent: int) -> list[Event]:
    """Return a consent whose address carries capitals and blanks."""
    return [event(person, consent, KEPT, email=f"  {person.email.title()} ")]
