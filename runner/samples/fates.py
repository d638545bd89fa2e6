"""What becomes of a planted line: kept, or out for a named reason."""

from dataclasses import dataclass

AT_COLLECTION, ANY_TIME = CONSENTS = ("at_collection", "any_time")
CUSTOMER_AND_TIME, TIME_ONLY = MATCHES = ("customer_and_time", "time_only")


@dataclass(frozen=True)
class Fate:
    """The part of a step's accounting that a line belongs to.

    Parameters
    ----------
    kind : str
        ``kept``, ``duplicate``, ``excluded`` or ``quarantined``.
    reason : str
        The reason of an exclusion or a quarantine, empty otherwise.
    """

    kind: str
    reason: str = ""


KEPT = Fate("kept")
DUPLICATE = Fate("duplicate")
SUPERSEDED = Fate("excluded", "superseded")
NO_CONSENT = Fate("excluded", "no_consent")
BEFORE_CONSENT = Fate("excluded", "before_consent")
NO_MOTION_DATA = Fate("excluded", "no_motion_data")
UNKNOWN_CUSTOMER = Fate("excluded", "unknown_customer")
UNKNOWN_DEVICE = Fate("excluded", "unknown_device")
AMBIGUOUS_DEVICE = Fate("excluded", "ambiguous_device")
UNMATCHED_STEP = Fate("excluded", "unmatched_step")
UNMATCHED_MOTION = Fate("excluded", "unmatched_motion")
MALFORMED_JSON = Fate("quarantined", "malformed_json")
MISSING_KEY = Fate("quarantined", "missing_key")
BAD_TIMESTAMP = Fate("quarantined", "bad_timestamp")
BAD_MEASUREMENT = Fate("quarantined", "bad_measurement")
BAD_CONSENT = Fate("quarantined", "bad_consent")
