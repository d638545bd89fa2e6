"""The truth of a sample: what must come out under each policy.

It is known from the plan, neither worked out from the lines nor by the helpers whose work it judges.
"""

from collections import Counter, defaultdict
from typing import Any

from runner.samples.cases import REDELIVERY
from runner.samples.people import Person

CONSENTS = ("at_collection", "any_time")
MATCHES = ("customer_and_time", "time_only")
STEPS = {
    "customer_trusted": "customer_landing_to_trusted",
    "accelerometer_trusted": "accelerometer_landing_to_trusted",
    "customers_curated": "customer_trusted_to_curated",
    "step_trainer_trusted": "step_trainer_landing_to_trusted",
}
"""Table -> the step that makes it."""
ZONES = ("customer", "accelerometer", "step_trainer")
QUARANTINED = ("malformed_json", "missing_key", "bad_timestamp", "bad_consent", "bad_measurement")


class Truth:
    """The book that is kept of what is planted: an account of fates for each table and policy."""

    def __init__(self):
        self._accounts = defaultdict(Counter)  # (consent, table), of what is joined (consent, match)
        self._pairs = Counter()  # (consent, match)
        self._meetings = defaultdict(lambda: (0, 0))  # (consent, time) -> trusted steps and motions
        self._cases = {}

    def count(self, zone: str, fate: str, lines: int = 1) -> None:
        """Book lines of a zone that have this fate under every policy."""
        for consent in CONSENTS:
            self._accounts[consent, f"{zone}_trusted"][fate] += lines

    def book(self, person: Person) -> None:
        """Book the case and the readings of a person, each once, and the person's way into curated."""
        case = person.case
        if case.name:
            told = self._cases.setdefault(case.name, {"about": case.about, "customers": []})
            told["customers"].append(person.email)
        if case.file == REDELIVERY:
            self.count("accelerometer", "duplicate", sum(instant.motions for instant in person.instants))
            self.count("step_trainer", "duplicate", sum(instant.steps for instant in person.instants))
        if case.shares != "instants":
            self._close_meetings()
        for consent in CONSENTS:
            self._book_readings(person, consent)

    def _book_readings(self, person: Person, consent: str) -> None:
        case = person.case
        instants = [(instant, instant.covered or consent == "any_time") for instant in person.instants]
        in_curated = "kept" if any(instant.motions and covered for instant, covered in instants) else "no_motion_data"
        if not case.barred:
            self._accounts[consent, "customers_curated"][in_curated] += 1
        for (time, _, steps, motions), covered in instants:
            barred = case.barred or ("" if covered else "before_consent")
            motion_fate, step_fate = barred or "kept", case.barred_device or barred or in_curated
            self._accounts[consent, "accelerometer_trusted"][motion_fate] += motions
            self._accounts[consent, "step_trainer_trusted"][step_fate] += steps
            steps, motions = steps * (step_fate == "kept"), motions * (motion_fate == "kept")
            self._join(consent, "customer_and_time", steps, motions)
            met_steps, met_motions = self._meetings[consent, time]
            self._meetings[consent, time] = met_steps + steps, met_motions + motions

    def _close_meetings(self) -> None:
        """Join on time alone what met so far: nobody who comes later shares these instants."""
        for (consent, _), (steps, motions) in self._meetings.items():
            self._join(consent, "time_only", steps, motions)
        self._meetings.clear()

    def _join(self, consent: str, match: str, steps: int, motions: int) -> None:
        """Book what the join makes of the trusted readings that meet at one instant."""
        account = self._accounts[consent, match]
        account["kept" if motions else "unmatched_step"] += steps
        account["kept" if steps else "unmatched_motion"] += motions
        self._pairs[consent, match] += steps * motions

    def tell(self, options: dict[str, int]) -> dict[str, Any]:
        """Return the document of ``truth.json``."""
        self._close_meetings()
        rows = {f"{zone}_landing": self._accounts[CONSENTS[0], f"{zone}_trusted"].total() for zone in ZONES}
        return {
            "about": "Made by `stedi samples`: fictional people, planted cases, and the rows that must come out.",
            "options": options,
            "cases": self._cases,
            "landing_rows": rows,
            "expected": {consent: {match: self._expected(consent, match) for match in MATCHES} for consent in CONSENTS},
        }

    def _expected(self, consent: str, match: str) -> dict[str, Any]:
        """Return the rows of every table and the accounting of every step under one policy."""
        steps = {step: _as_dict(self._accounts[consent, table]) for table, step in STEPS.items()}
        tables = {table: steps[step]["kept"] for table, step in STEPS.items()}
        pairs = self._pairs[consent, match]
        steps["machine_learning_curated"] = _as_dict(self._accounts[consent, match]) | {"pairs": pairs}
        return {"tables": tables | {"machine_learning_curated": pairs}, "steps": steps}


def _as_dict(account: Counter) -> dict[str, Any]:
    """Return the account of a step, read = kept + excluded + quarantined + duplicates; no key for a reason of none."""
    out = {fate: rows for fate, rows in account.items() if rows and fate not in ("kept", "duplicate")}
    return {
        "read": account.total(),
        "kept": account["kept"],
        "excluded": {reason: rows for reason, rows in out.items() if reason not in QUARANTINED},
        "quarantined": {reason: rows for reason, rows in out.items() if reason in QUARANTINED},
        "duplicates": account["duplicate"],
    }
