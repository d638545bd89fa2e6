"""The parameters of a step, checked once, and the names and places that follow from them."""

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from uuid import uuid4

from helpers.errors import BadParameter
from helpers.tables import TABLES

CHOICES = {
    "consent": ("at_collection", "any_time"),
    "match": ("customer_and_time", "time_only"),
    "accept_loss": ("no", "yes"),
}
PATTERNS = {
    "bucket": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "an S3 bucket name: 3 to 63 of a-z, 0-9, '.' and '-'"),
    "database": (r"[a-z0-9_]{1,255}", "a Glue database name: a-z, 0-9 and '_'"),
    "run_id": (r"|[A-Za-z0-9][A-Za-z0-9_-]{0,63}", "up to 64 of A-Z, a-z, 0-9, '_' and '-'"),
    "workgroup": (r"[A-Za-z0-9._-]{1,128}", "the name of an Athena workgroup"),
    "participant_key": (r"[A-Za-z0-9/_+=.@-]{1,512}", "the name of a secret in Secrets Manager"),
}


def check_parameter(name: str, value: str) -> None:
    """Refuse a value that the parameter cannot have.

    Raises
    ------
    BadParameter
        Naming the parameter, the value found and the values that fit.
    """
    if name in CHOICES and value not in CHOICES[name]:
        raise BadParameter(f"{name}={value!r} is not one of: {', '.join(CHOICES[name])}.")
    if name in PATTERNS:
        pattern, meaning = PATTERNS[name]
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise BadParameter(f"{name}={value!r} does not fit: it is {meaning}.")


def new_run_id() -> str:
    """A run id that sorts by time, such as ``20260131T070000Z-1a2b3c``."""
    return f"{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"


@dataclass(frozen=True)
class Settings:
    """Where a step reads and writes, and by which policy.

    Parameters
    ----------
    bucket, database : str
        The lakehouse's S3 bucket and Glue database.
    run_id : str
        The batch that the step belongs to; blank makes a new one (a notebook opened by hand).
    consent : {"at_collection", "any_time"}
        Keep only readings taken at or after the customer's consent, or every reading of a consenting customer.
    match : {"customer_and_time", "time_only"}
        Pair step and motion readings of the same customer at the same millisecond, or of anyone at that millisecond.
    participant_key : str
        Name of the Secrets Manager secret that keys the participant ids.
    workgroup : str
        The Athena workgroup that answers queries. Where it enforces a place for results, that one holds.
    accept_loss : {"no", "yes"}
        Whether a run may go on with a source that is largely unreadable, or with a table that loses most of its rows.

    Raises
    ------
    BadParameter
        If a value does not fit.
    """

    bucket: str
    database: str
    run_id: str = ""
    consent: str = "at_collection"
    match: str = "customer_and_time"
    participant_key: str = "stedi/participant-key"
    workgroup: str = "primary"
    accept_loss: str = "no"

    def __post_init__(self):
        for name, value in vars(self).items():
            check_parameter(name, value)
        if not self.run_id:
            object.__setattr__(self, "run_id", new_run_id())

    @property
    def policy(self) -> str:
        """What decides which rows a table has, besides the data."""
        return f"consent={self.consent} match={self.match}"

    def location(self, table: str) -> str:
        """The ``s3://`` prefix of a table."""
        return f"s3://{self.bucket}/{TABLES[table].prefix}"

    def run_location(self, table: str) -> str:
        """The ``s3://`` prefix of the version of a table that this run writes."""
        return f"{self.location(table)}run={self.run_id}/"
