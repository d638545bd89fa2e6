"""The planted cases: one person each, in this order, before the ordinary customers begin."""

from dataclasses import dataclass

from runner.samples import events
from runner.samples.events import ABSENT, MAIN, Register
from runner.samples.fates import (
    AMBIGUOUS_DEVICE,
    ANY_TIME,
    BEFORE_CONSENT,
    KEPT,
    NO_CONSENT,
    NO_MOTION_DATA,
    UNKNOWN_CUSTOMER,
    UNKNOWN_DEVICE,
    Fate,
)

REDELIVERY = "redelivery"
FIRMWARE = "firmware"
WINDOWS = "windows"
ARCHIVE = "archive"

ALWAYS, BEFORE, NEVER = "always", "before", "never"


@dataclass(frozen=True)
class Case:
    """What happens with one person's data, and why.

    Parameters
    ----------
    name, about : str
        The case in ``truth.json``; two people of one case have the same name.
    register : Register
        Makes the registration events.
    barred : Fate or None
        Why no reading of this person may pass; None for a customer who consented.
    barred_device : Fate or None
        The same for the step readings, where the device is the reason.
    late : bool
        Half of the readings lie before consent.
    motion : str
        ``always``, ``before`` (only before consent) or ``never``.
    steps : bool
        Whether the step trainer reports.
    file : str
        The file of each readings zone that the readings land in.
    loose : bool
        Whether the readings spell numbers and addresses in every way that is read.
    shares : str
        ``device`` or ``instants``: what this person has in common with the one before.
    """

    name: str
    about: str
    register: Register
    barred: Fate | None = None
    barred_device: Fate | None = None
    late: bool = False
    motion: str = ALWAYS
    steps: bool = True
    file: str = MAIN
    loose: bool = False
    shares: str = ""

    def has_trusted_motion(self, consent: str) -> bool:
        """Say whether a reading of motion passes into trusted, and with it the customer into curated."""
        covers = self.motion == ALWAYS or (self.motion == BEFORE and consent == ANY_TIME)
        return self.barred is None and covers

    def motion_fate(self, covered: bool, consent: str) -> Fate:
        """Return what becomes of a motion reading; ``covered``: it was taken at or after consent."""
        if self.barred:
            return self.barred
        return KEPT if covered or consent == ANY_TIME else BEFORE_CONSENT

    def step_fate(self, covered: bool, consent: str) -> Fate:
        """Return what becomes of a step reading; ``covered``: it was taken at or after consent."""
        barred = self.barred_device or self.barred
        if barred:
            return barred
        if not covered and consent != ANY_TIME:
            return BEFORE_CONSENT
        return KEPT if self.has_trusted_motion(consent) else NO_MOTION_DATA


consents = events.consenting()

ORDINARY = Case("consenting", "Consents on registration.", consents)
ORDINARY_LATE = Case("late_consent", "Consents after half of the readings.", consents, late=True)
ORDINARY_REFUSING = Case("no_consent", "Has no consent key.", events.refusing(ABSENT), barred=NO_CONSENT)

SAME_MILLISECOND = "Three customers with readings at the same milliseconds; the third does not consent."
SHARED_DEVICE = "Two customers hold one device, only the first consents: its steps belong to nobody."

PLANTED = (
    Case("consent_absent", "No consent: the key is absent.", events.refusing(ABSENT), barred=NO_CONSENT),
    Case("consent_null", "No consent: null.", events.refusing(None), barred=NO_CONSENT),
    Case("consent_zero", "No consent: 0.", events.refusing(0), barred=NO_CONSENT),
    Case("consent_empty", "No consent: an empty string.", events.refusing(""), barred=NO_CONSENT),
    Case("consent_blank", "No consent: blanks.", events.refusing("   "), barred=NO_CONSENT),
    Case("late_consent", "Half of the readings lie before consent, one at its very millisecond.", consents, late=True),
    Case(
        "motion_only_before_consent",
        "Moved only before consent: curated under any_time, not under at_collection.",
        consents,
        late=True,
        motion=BEFORE,
    ),
    Case("withdrawal", "A later event without consent.", events.withdrawing(after_days=30), barred=NO_CONSENT),
    Case(
        "withdrawal_at_the_same_time",
        "Two events at the same time, one without consent: it wins.",
        events.withdrawing(after_days=0),
        barred=NO_CONSENT,
    ),
    Case("re_consent", "Consent, withdrawal, consent again: the last date counts.", events.consenting_again, late=True),
    Case("same_millisecond", SAME_MILLISECOND, consents),
    Case("same_millisecond", SAME_MILLISECOND, consents, shares="instants"),
    Case("same_millisecond", SAME_MILLISECOND, events.refusing(ABSENT), barred=NO_CONSENT, shares="instants"),
    Case("redelivered_file", "A file of readings that landed twice, under two names.", consents, file=REDELIVERY),
    Case("redelivered_event", "A customer event that landed twice, spelled differently.", events.delivered_twice),
    Case(
        "unreadable_consent_last",
        "The latest event's consent is 'yes': quarantined, the customer is out.",
        events.unreadable_consent_last,
        barred=NO_CONSENT,
    ),
    Case(
        "unreadable_consent_first",
        "An unreadable consent (-5), then a valid one: the customer is in.",
        events.unreadable_consent_first,
    ),
    Case(
        "numbers_as_text_and_floats",
        "Times and measurements as text, floats and with an exponent; in a .gz file.",
        events.numbers_as_text_and_floats,
        file=ARCHIVE,
        loose=True,
    ),
    Case(
        "loosely_spelled_email",
        "The address in capitals and with blanks, in events and readings.",
        events.spelled_loosely,
        loose=True,
    ),
    Case(
        "shared_device",
        SHARED_DEVICE,
        consents,
        barred_device=AMBIGUOUS_DEVICE,
    ),
    Case(
        "shared_device",
        SHARED_DEVICE,
        events.refusing(ABSENT),
        barred=NO_CONSENT,
        barred_device=AMBIGUOUS_DEVICE,
        shares="device",
    ),
    Case("new_field", "Step readings with a field that older files lack (firmware).", consents, file=FIRMWARE),
    Case("byte_order_mark_and_crlf", "Readings with BOM, CRLF and blank lines.", consents, file=WINDOWS),
    Case(
        "birthday_out_of_the_calendar",
        "Born on 30 February: the birthday becomes null, the customer stays.",
        events.consenting(birthDay="1987-02-30"),
    ),
    Case("phone_as_number", "The phone is a number.", events.consenting(phone=12025550147)),
    Case(
        "other_sharing_dates_unreadable",
        "The two other sharing dates cannot be read: null, the customer stays.",
        events.consenting(shareWithPublicAsOfDate="soon", shareWithFriendsAsOfDate=-1),
    ),
    Case("steps_without_motion", "Has step readings but no motion.", consents, motion=NEVER),
    Case("motion_without_steps", "Has motion but no step readings.", consents, steps=False),
    Case(
        "unreadable_registration",
        "The only event has no valid date: quarantined, the readings belong to nobody known.",
        events.unreadable_registration,
        barred=UNKNOWN_CUSTOMER,
        barred_device=UNKNOWN_DEVICE,
    ),
    Case(
        "unknown_customer_and_device",
        "Readings of someone who never registered.",
        events.never_registered,
        barred=UNKNOWN_CUSTOMER,
        barred_device=UNKNOWN_DEVICE,
    ),
)
