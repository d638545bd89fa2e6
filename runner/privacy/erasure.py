"""One erasure: look, take out, prove, certify."""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import boto3
from rich.console import Console
from rich.progress import track
from rich.table import Table

from helpers.participants import read_participant_key
from helpers.publishing.catalog import get_table, location_of, put_table
from helpers.publishing.objects import split_uri
from helpers.publishing.versions import ROWS, of_uncertain_content
from helpers.settings import Settings
from helpers.tables import VERSIONED
from runner.console import people as persons
from runner.console import print_table
from runner.errors import StepFailed, UserError
from runner.files import scratch_folder
from runner.glue.session import live_sessions
from runner.lake.document import find_json, now_text
from runner.lake.lock import run_at_work
from runner.privacy.erase_file import Finding, erase_report, erase_thing
from runner.privacy.identities import CUSTOMERS
from runner.privacy.people import OF_CUSTOMERS, find_people
from runner.privacy.places import Copies, Thing, report_files, walk
from runner.privacy.traces import Traces

CERTIFICATES = "erasures/"


@dataclass
class Erasure:
    """The erasure of some people from one lakehouse and its reports."""

    settings: Settings
    addresses: list[str]
    """Their e-mail addresses, trimmed and in lower case."""
    reports: Path
    say: Callable[[str], None]
    """Called with each line of the story. No line names anybody."""
    rows: dict[str, int] = field(default_factory=dict)
    """Rows of each Parquet object that was looked at."""

    def look(self) -> list[Finding]:
        """Find everything that holds something of the people, and print it by place.

        Raises
        ------
        UserError
            If nobody is found and nobody was erased before, or something cannot be looked into.
        """
        self._refuse_if_busy()
        with _copies() as copies:
            people = find_people(self.settings, self.addresses, copies)
            self.traces = Traces(people)
            findings = self._pass("Looking", False, copies)
        unknown = [number for number, email in enumerate(self.addresses, 1) if email not in people.known]
        certificates = [self._certificate(email) for email in self.addresses]
        if not findings and not any(certificates):
            raise UserError(
                "Nothing of this person is in the lakehouse or its reports: is it the right address, bucket and lake?"
                if len(self.addresses) == 1
                else "Nothing of these people is in the lakehouse or its reports: is it the right bucket and lake?"
            )
        if unknown and findings:
            which = ", ".join(map(str, unknown))
            self.say(f"Not in {CUSTOMERS.prefix}: address {which}. Sought by e-mail and participant id alone.")
        _print_findings(findings)
        return findings

    def erase(self, findings: list[Finding]) -> None:
        """Take the people out of everything, prove that nothing is left, and write the certificates.

        What describes customers comes last: it says by what else the people are known, so that an erasure that was
        interrupted can be begun again.

        Raises
        ------
        StepFailed
            If something is left: what, and that it is to be removed by hand.
        UserError
            If somebody changed an object meanwhile.
        """
        before = {email: self._certificate(email) for email in self.addresses}
        begun = {email: entry for email, entry in before.items() if entry and entry["status"] != "DONE"}
        found = next((entry["found"] for entry in begun.values()), None) or _summary(findings)
        if findings:
            now = {"began": now_text(), "found": found}
            begun = {email: begun.get(email, now) | {"found": found} for email in self.addresses}
            for email, entry in begun.items():
                self._certify(email, "IN_PROGRESS", entry, None)
            with _copies() as copies:
                self._pass("Erasing", True, copies)
        with _copies() as copies:
            left = self._pass("Proving", False, copies)
        self._correct_catalog({finding.place for finding in findings})
        if left:
            names = ", ".join(sorted({self.traces.mask(finding.name) for finding in left}))
            raise StepFailed(f"something of them is left in: {names}. Remove it by hand and run the command again.")
        proof = {"objects": self._looked_at, "reports": self._reports_looked_at, "left": 0}
        for email, entry in begun.items():
            self._certify(email, "DONE", entry, proof)
            self.say(f"Certificate: s3://{self.settings.bucket}/{self._certificate_key(email)}")
        self.say(
            f"Proved: nothing of {persons(len(self.addresses))} is left in {self._looked_at:,} objects of the bucket "
            f"and {self._reports_looked_at:,} files of the reports."
        )

    def _refuse_if_busy(self) -> None:
        """Nobody may be writing: what a session has read before the erasure it would write after it."""
        if run_id := run_at_work(self.settings.bucket):
            raise UserError(f"Run {run_id} is at work on this lake: wait for its end.")
        alive = [session["Id"] for session in live_sessions()]
        if alive:
            raise UserError(f"A Glue session may be writing ({', '.join(alive)}): wait for its end, or stop it.")
        pages = boto3.client("s3").get_paginator("list_multipart_uploads").paginate(Bucket=self.settings.bucket)
        if any(page.get("Uploads") for page in pages):
            raise UserError(
                "An upload has begun and not ended, and nobody can read its parts: wait for its end, or abort it with "
                "`stedi vacuum --older-than 0`."
            )

    def _pass(self, doing: str, change: bool, copies: Copies) -> list[Finding]:
        """Go through everything once."""
        things = [thing for thing in walk(self.settings.bucket) if not thing.key.startswith(CERTIFICATES)]
        files = list(report_files(self.reports))
        tracked = _tracked(files, f"{doing} (reports)")
        found = [erase_report(path, self.reports, copies, self.traces, change) for path in tracked]
        for thing in _tracked(sorted(things, key=_order), f"{doing} (bucket)"):
            finding = erase_thing(thing, copies, self.traces, change)
            if finding.tally.rows is not None and not thing.version:
                self.rows[thing.key] = finding.tally.rows
            found.append(finding)
        if change:  # what was replaced or deleted is an earlier object version now, on a versioned bucket
            for thing in sorted(walk(self.settings.bucket), key=_order):
                if thing.version:
                    erase_thing(thing, copies, self.traces, change)
        self._looked_at, self._reports_looked_at = len(things), len(files)
        return [finding for finding in found if finding]

    def _correct_catalog(self, places: set[str]) -> None:
        """Let the catalog say how many rows the tables have now, and no longer what content it was.

        A run that arrives at the content of before would otherwise find it published.
        """
        for name in VERSIONED:
            table = get_table(self.settings.database, name)
            if not table:
                continue
            _, prefix = split_uri(location_of(table))
            rows = str(sum(count for key, count in self.rows.items() if key.startswith(prefix)))
            if name in places or table.get("Parameters", {}).get(ROWS, rows) != rows:
                definition = of_uncertain_content(table)
                definition["Parameters"][ROWS] = rows
                put_table(self.settings.database, definition, table)

    @cached_property
    def _key(self) -> bytes:
        return read_participant_key(self.settings.participant_key)

    def _certificate_key(self, email: str) -> str:
        digest = hmac.new(self._key, f"erasure:{email}".encode(), hashlib.sha256).hexdigest()
        return f"{CERTIFICATES}{digest[:32]}.json"

    def _certificate(self, email: str) -> dict | None:
        return find_json(self.settings.bucket, self._certificate_key(email))

    def _certify(self, email: str, status: str, begun: dict, proof: dict | None) -> None:
        """Write how the erasure of one person stands; who it is, only the key and the address together can tell."""
        key = self._certificate_key(email)
        entry = {
            "erasure": key.removeprefix(CERTIFICATES).removesuffix(".json"),
            "status": status,
            "began": begun["began"],
            "ended": now_text() if status == "DONE" else None,
            "people": len(self.addresses),
            "found": begun["found"],
            "proof": proof,
        }
        body = (json.dumps(entry, indent=1) + "\n").encode()
        boto3.client("s3").put_object(Bucket=self.settings.bucket, Key=key, Body=body, ContentType="application/json")


def _order(thing: Thing) -> tuple[bool, ...]:
    """What describes customers comes last, their landing files at the very end, and earlier versions behind present."""
    return thing.key.startswith(OF_CUSTOMERS), thing.key.startswith(CUSTOMERS.prefix), thing.version is not None


@contextmanager
def _copies() -> Iterator[Copies]:
    with scratch_folder("erase") as folder:
        yield Copies(folder)


def _summary(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """Place -> how many files, rows (or lines) of theirs, and masked mentions."""
    found = defaultdict(lambda: {"files": 0, "rows": 0, "masked": 0})
    for finding in findings:
        counts = found[finding.place]
        counts["files"] += 1
        counts["rows"] += finding.tally.gone
        counts["masked"] += finding.tally.masked
    return dict(sorted(found.items()))


def _print_findings(findings: list[Finding]) -> None:
    shown = Table("where", "files", "rows of theirs", "mentions to mask", "what happens")
    for place, counts in _summary(findings).items():
        whats = sorted({finding.what for finding in findings if finding.place == place})
        shown.add_row(place, *(f"{count:,}" for count in counts.values()), ", ".join(whats))
    if findings:
        print_table(shown)


def _tracked(things: list, what: str) -> Iterable:
    console = Console(stderr=True)
    return track(things, what, console=console, transient=True, disable=not console.is_terminal)
