"""``audit_privacy``: no identity value of the landing files stands in anything that the run made for others to read."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from helpers.publishing.objects import list_objects
from helpers.records import write_record
from helpers.settings import Settings
from runner.errors import StepFailed
from runner.privacy.identities import landed_serials, landing_identities
from runner.privacy.masking import EMAIL, SERIAL
from runner.privacy.places import LOGS, Place, bucket_places, research_places
from runner.privacy.search import Index, Words, without_pictures

NAME = "audit_privacy"
LOGS_WITHIN = 90.0
"""Seconds that event logs may take to come after their sessions have ended."""


@dataclass
class PrivacyAudit:
    """One scan. E-mail addresses are found by their form as well, whoever's they are."""

    index: Index
    """The identity values to seek."""
    landed: Callable[[set[str]], set[str]]
    """Asked, where a page has UUIDs that nobody in ``index`` bears: which of them (in lower case) landing files hold.
    """
    places: set[str] = field(default_factory=set)
    found: dict[str, int] = field(default_factory=dict)
    """Name of a place -> how many different identity values stand in it."""

    @classmethod
    def of_bucket(cls, bucket: str) -> "PrivacyAudit":
        """The scan for whoever is in the landing files of a bucket."""
        return cls(landing_identities(bucket), partial(landed_serials, bucket))

    def scan(self, places: Iterable[Place]) -> "PrivacyAudit":
        """Look through places, each in one part or more; returns itself."""
        hits: dict[str, set[Words | str]] = {}
        serials: dict[str, set[str]] = {}
        for place in places:
            self.places.add(place.name)
            text = without_pictures(place.text)
            found = self.index.find(text)
            if not place.is_log:  # Spark's logs are full of names like class@1a2b.com, and of UUIDs of its own
                found = found or set(EMAIL.findall(text))
                serials.setdefault(place.name, set()).update({serial.lower() for serial in SERIAL.findall(text)})
            if found:
                hits.setdefault(place.name, set()).update(found)
        unknown = {name: found for name, found in serials.items() if found and name not in hits}
        landed = self.landed(set().union(*unknown.values())) if unknown else set()
        hits |= {name: found & landed for name, found in unknown.items() if found & landed}
        self.found |= {name: len(values) for name, values in hits.items()}
        return self

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.found

    def __str__(self) -> str:
        if self.passed:
            return f"none of {len(self.index):,} identity values found in {len(self.places)} places"
        places = ", ".join(f"{name} ({hits})" for name, hits in sorted(self.found.items()))
        return f"identity values of landing files stand in: {places}"


def finished_logs(bucket: str) -> set[str]:
    """The event logs of applications that have ended: a file each, or a folder where Spark rolls them over."""
    names = [item["Key"].removeprefix(LOGS) for item in list_objects(f"s3://{bucket}/{LOGS}")]
    growing = {name.partition("/")[0] for name in names if name.endswith(".inprogress")}
    return {name.partition("/")[0] for name in names} - growing


def await_logs(bucket: str, others: set[str], number: int) -> None:
    """Wait for the event logs of a number of sessions that have ended, beside the logs of others.

    Glue copies them to the bucket every 30 seconds (AWS: "Enabling the Apache Spark web UI for AWS Glue jobs"). Without
    them nobody can say whom they show: StepFailed.
    """
    deadline = time.monotonic() + LOGS_WITHIN
    while (found := len(finished_logs(bucket) - others)) < number:
        if time.monotonic() > deadline:
            raise StepFailed(
                f"{number} Glue sessions have ended and left {found} event logs under s3://{bucket}/{LOGS}: what is "
                "missing could not be looked through"
            )
        time.sleep(0.2)


def made_places(
    settings: Settings, since: datetime, wait_for_logs: Callable[[], None] = lambda: None
) -> Iterator[Place]:
    """What a run has made in the bucket: tables for research, its records, event logs written to since it began.

    ``wait_for_logs`` returns when its logs are there; the other places come first.
    """
    yield from research_places(settings.database)
    yield from bucket_places(settings.bucket, settings.run_id, since, wait_for_logs)


def audit_run(audit: PrivacyAudit, settings: Settings, places: Iterable[Place]) -> PrivacyAudit:
    """Look through all that a run made; one that shows nobody is recorded, as every step that succeeded."""
    if audit.scan(places).passed:
        with redirect_stdout(None):  # it tells the reader of a notebook, here it would be no event
            write_record(settings, NAME)
    return audit


def audit_jobs(settings: Settings) -> PrivacyAudit:
    """The audit of jobs under one run id, which have no report.

    Raises
    ------
    StepFailed
        If no job has left a record under that run id.
    """
    folder = f"s3://{settings.bucket}/runs/{settings.run_id}/"
    moments = [item["LastModified"] for item in list_objects(folder)]
    if not moments:
        raise StepFailed(f"there is no record under {folder}: which run is to be looked through?")
    return audit_run(PrivacyAudit.of_bucket(settings.bucket), settings, made_places(settings, min(moments)))
