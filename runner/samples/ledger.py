"""The book that the generator keeps of what it plants: one account a step and policy."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from runner.samples.fates import CONSENTS, MATCHES, UNMATCHED_MOTION, UNMATCHED_STEP, Fate

CUSTOMER_STEP = "customer_landing_to_trusted"
MOTION_STEP = "accelerometer_landing_to_trusted"
CURATED_STEP = "customer_trusted_to_curated"
TRAINER_STEP = "step_trainer_landing_to_trusted"
PAIR_STEP = "machine_learning_curated"

TABLE_OF_STEP = {
    CUSTOMER_STEP: "customer_trusted",
    MOTION_STEP: "accelerometer_trusted",
    CURATED_STEP: "customers_curated",
    TRAINER_STEP: "step_trainer_trusted",
}


@dataclass
class Account:
    """The rows of one step: read = kept + excluded + quarantined + duplicates."""

    kept: int = 0
    duplicates: int = 0
    excluded: Counter = field(default_factory=Counter)
    quarantined: Counter = field(default_factory=Counter)

    def count(self, fate: Fate, number: int) -> None:
        """Book ``number`` lines of one fate; zero leaves no trace, so that an absent reason is an absent key."""
        if not number:
            return
        if fate.kind == "kept":
            self.kept += number
        elif fate.kind == "duplicate":
            self.duplicates += number
        elif fate.kind == "excluded":
            self.excluded[fate.reason] += number
        else:
            self.quarantined[fate.reason] += number

    def as_dict(self) -> dict[str, Any]:
        """Return the account as it stands in ``truth.json``."""
        out = sum(self.excluded.values()) + sum(self.quarantined.values()) + self.duplicates
        return {
            "read": self.kept + out,
            "kept": self.kept,
            "excluded": dict(self.excluded),
            "quarantined": dict(self.quarantined),
            "duplicates": self.duplicates,
        }


class Ledger:
    """The accounts of all steps, for both consent policies and both ways to match."""

    def __init__(self):
        self._accounts = {(step, consent): Account() for step in TABLE_OF_STEP for consent in CONSENTS}
        self._joins = {(consent, match): Account() for consent in CONSENTS for match in MATCHES}
        self._pairs = Counter()

    def count(self, step: str, fate: Fate, number: int = 1, consents: tuple[str, ...] = CONSENTS) -> None:
        """Book ``number`` lines of ``step`` under the consent policies for which they have this fate."""
        for consent in consents:
            self._accounts[step, consent].count(fate, number)

    def match_instant(self, consent: str, match: str, steps: int, motions: int) -> None:
        """Book what the join makes of the trusted readings that meet at one instant."""
        account = self._joins[consent, match]
        if steps and motions:
            account.kept += steps + motions
            self._pairs[consent, match] += steps * motions
        account.count(UNMATCHED_STEP, 0 if motions else steps)
        account.count(UNMATCHED_MOTION, 0 if steps else motions)

    def expected(self, consent: str, match: str) -> dict[str, Any]:
        """Return the rows of every table and the accounting of every step under one policy."""
        steps = {step: self._accounts[step, consent].as_dict() for step in TABLE_OF_STEP}
        tables = {table: steps[step]["kept"] for step, table in TABLE_OF_STEP.items()}
        pairs = self._pairs[consent, match]
        steps[PAIR_STEP] = {**self._joins[consent, match].as_dict(), "pairs": pairs}
        return {"tables": {**tables, PAIR_STEP: pairs}, "steps": steps}
