"""The planted cases: one person each, in this order, before the ordinary customers begin.

What becomes of a line is told by its fate: ``kept``, ``duplicate``, or the reason for which it is out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

DAY = 86_400_000  # ms
ABSENT = object()  # the value of a key that the record leaves out

# The files of a landing zone; what is a duplicate stands in the redelivered one
MAIN = "{zone}-{number:04}.json"
REDELIVERY, REDELIVERED = "{zone}-delivered.json", "redelivered/{zone}-again.json"
FIRMWARE = "updates/2023/{zone}-firmware.json"
WINDOWS = "{zone}-windows.json"
ARCHIVE = "archive/{zone}.json.gz"


Event = tuple[str, dict[str, Any]]
"""The fate of a registration event, and what it has other than a plain record; functions are asked of the person."""


def event(fate: str, consent: Any = lambda person: person.consented, **changes: Any) -> Event:
    """Return an event; unless told otherwise it carries the moment of consent and was written then."""
    return fate, {"shareWithResearchAsOfDate": consent, **changes}


def written(days: int) -> dict[str, Any]:
    """Return the change by which an event was written so many days after registration."""
    return {"lastUpdateDate": lambda person: person.registered + days * DAY}


@dataclass(frozen=True)
class Case:
    """What happens with one person's data, and why; two people of one case have the same name, ordinary ones none."""

    name: str
    about: str
    events: Sequence[Event] = (event("kept"),)
    barred: str = ""  # the fate of every reading of somebody who is no consenting customer
    barred_device: str = ""  # the fate of every step reading, where the device is the reason
    late: bool = False  # whether half of the readings lie before consent
    moves: tuple[bool, bool] = (True, True)  # whether there is motion before consent, and after it
    steps: bool = True  # whether the step trainer reports
    file: str = MAIN  # that the readings land in, in the zone of each kind
    loose: bool = False  # whether the readings spell numbers and addresses in every way that is read
    shares: str = ""  # "device" or "instants": what this person has in common with the one before


def refusing(name: str, about: str, value: Any = ABSENT, **more: Any) -> Case:
    """Return a case whose one event has a consent of ``value``: one of the ways to say no."""
    return Case(name, about, [event("no_consent", value)], barred="no_consent", **more)


ORDINARY = (
    Case("", "Consents on registration."),
    Case("", "Consents after half of the readings.", late=True),
    refusing("", "Has no consent key."),
)

SAME_MILLISECOND = "Three customers with readings at the same milliseconds; the third does not consent."
SHARED_DEVICE = "Two customers hold one device, only the first consents: its steps belong to nobody."
NOTHING_ELSE_SHARED = {"shareWithPublicAsOfDate": ABSENT, "shareWithFriendsAsOfDate": ABSENT}

PLANTED = (
    refusing("consent_absent", "No consent: the key is absent."),
    refusing("consent_null", "No consent: null.", None),
    refusing("consent_zero", "No consent: 0.", 0),
    refusing("consent_empty", "No consent: an empty string.", ""),
    refusing("consent_blank", "No consent: blanks.", "   "),
    Case("late_consent", "Half of the readings lie before consent, one at its very millisecond.", late=True),
    Case("motion_only_before_consent", "Moved only before consent: curated under any_time, not under at_collection.",
         late=True, moves=(True, False)),
    Case("withdrawal", "A later event without consent.",
         [event("no_consent", ABSENT, **written(days=30)), event("superseded")], barred="no_consent"),
    Case("withdrawal_at_the_same_time", "Two events at the same time, one without consent: it wins.",
         [event("no_consent", ABSENT), event("superseded")], barred="no_consent"),
    Case("re_consent", "Consent, withdrawal, consent again: the last date counts.",
         [event("superseded", lambda person: person.registered, **written(days=0)),
          event("superseded", None, **written(days=1)), event("kept")], late=True),
    Case("same_millisecond", SAME_MILLISECOND),
    Case("same_millisecond", SAME_MILLISECOND, shares="instants"),
    refusing("same_millisecond", SAME_MILLISECOND, shares="instants"),
    Case("redelivered_file", "A file of readings that landed twice, under two names.", file=REDELIVERY),
    Case("redelivered_event", "A customer event that landed twice, spelled differently.",
         [event("kept", **NOTHING_ELSE_SHARED),
          event("duplicate", email=lambda person: person.email.upper(), **NOTHING_ELSE_SHARED)]),
    Case("unreadable_consent_last", "The latest event's consent is 'yes': quarantined, the customer is out.",
         [event("superseded"), event("bad_consent", "yes", **written(days=1))], barred="no_consent"),
    Case("unreadable_consent_first", "An unreadable consent (-5), then a valid one: the customer is in.",
         [event("bad_consent", -5), event("kept", **written(days=1))]),
    Case("numbers_as_text_and_floats", "Times and measurements as text, floats and with an exponent; in a .gz file.",
         [event("kept", lambda person: float(person.consented),
                registrationDate=lambda person: str(person.registered))], file=ARCHIVE, loose=True),
    Case("loosely_spelled_email", "The address in capitals and with blanks, in events and readings.",
         [event("kept", email=lambda person: f"  {person.email.title()} ")], loose=True),
    Case("shared_device", SHARED_DEVICE, barred_device="ambiguous_device"),
    refusing("shared_device", SHARED_DEVICE, barred_device="ambiguous_device", shares="device"),
    Case("new_field", "Step readings with a field that older files lack (firmware).", file=FIRMWARE),
    Case("byte_order_mark_and_crlf", "Readings with BOM, CRLF and blank lines.", file=WINDOWS),
    Case("birthday_out_of_the_calendar", "Born on 30 February: the birthday becomes null, the customer stays.",
         [event("kept", birthDay="1987-02-30")]),
    Case("phone_as_number", "The phone is a number.", [event("kept", phone=12025550147)]),
    Case("other_sharing_dates_unreadable", "The two other sharing dates cannot be read: null, the customer stays.",
         [event("kept", shareWithPublicAsOfDate="soon", shareWithFriendsAsOfDate=-1)]),
    Case("steps_without_motion", "Has step readings but no motion.", moves=(False, False)),
    Case("motion_without_steps", "Has motion but no step readings.", steps=False),
    Case("unreadable_registration",
         "The only event has no valid date: quarantined, the readings belong to nobody known.",
         [event("bad_timestamp", registrationDate="last spring")],
         barred="unknown_customer", barred_device="unknown_device"),
    Case("unknown_customer_and_device", "Readings of someone who never registered.",
         [], barred="unknown_customer", barred_device="unknown_device"),
)  # fmt: skip
