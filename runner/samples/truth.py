"""The truth of a sample: the planted cases and what must come out under each policy."""

import json
from typing import Any

from runner.samples.cases import PLANTED
from runner.samples.cast import Member
from runner.samples.fates import CONSENTS, MATCHES
from runner.samples.ledger import CUSTOMER_STEP, MOTION_STEP, TRAINER_STEP, Ledger

LANDING_TABLE_OF_STEP = {
    CUSTOMER_STEP: "customer_landing",
    MOTION_STEP: "accelerometer_landing",
    TRAINER_STEP: "step_trainer_landing",
}


def describe_cases(members: list[Member]) -> dict[str, Any]:
    """Return the planted cases by name, each with what is planted and the addresses of those who play it."""
    cases = {case.name: {"about": case.about, "customers": []} for case in PLANTED}
    for member in members:
        cases[member.case.name]["customers"].append(member.person.email)
    return cases


def tell_truth(ledger: Ledger, cases: dict[str, Any], options: dict[str, int]) -> dict[str, Any]:
    """Return the document of ``truth.json``; a reason with no rows is an absent key."""
    expected = {consent: {match: ledger.expected(consent, match) for match in MATCHES} for consent in CONSENTS}
    steps = expected[CONSENTS[0]][MATCHES[0]]["steps"]
    return {
        "about": "Made by `stedi samples`: fictional people, planted cases, and the rows that must come out.",
        "options": options,
        "cases": cases,
        "landing_rows": {table: steps[step]["read"] for step, table in LANDING_TABLE_OF_STEP.items()},
        "expected": expected,
    }


def truth_text(truth: dict[str, Any]) -> str:
    """Return the document as it is written: the same bytes for the same truth."""
    return json.dumps(truth, indent=1, sort_keys=True) + "\n"
