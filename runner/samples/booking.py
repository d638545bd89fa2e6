"""Books in the ledger what becomes of each member's readings: known from the plan, not worked out from the lines."""

from collections import defaultdict

from runner.samples.cast import Member
from runner.samples.fates import CONSENTS, CUSTOMER_AND_TIME, DUPLICATE, KEPT, NO_MOTION_DATA, TIME_ONLY
from runner.samples.ledger import CURATED_STEP, MOTION_STEP, TRAINER_STEP, Ledger
from runner.samples.readings import Lines
from runner.samples.schedule import Instant


class ReadingsBook:
    """Books members one after the other; a context manager, since the last members' meetings are booked at its end."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        self._meetings = {consent: defaultdict(lambda: [0, 0]) for consent in CONSENTS}

    def __enter__(self) -> "ReadingsBook":
        return self

    def __exit__(self, *exception) -> None:
        self._close_meetings()

    def book(self, member: Member) -> None:
        """Book the readings of a member, each once, and the member's way into curated."""
        if member.case.shares != "instants":
            self._close_meetings()
        for consent in CONSENTS:
            self._book_curated(member, consent)
            for covered, instants in ((False, member.before), (True, member.after)):
                motion_fate = member.case.motion_fate(covered, consent)
                step_fate = member.case.step_fate(covered, consent)
                motions, steps = (
                    sum(instant.motions for instant in instants),
                    sum(instant.steps for instant in instants),
                )
                self._ledger.count(MOTION_STEP, motion_fate, motions, (consent,))
                self._ledger.count(TRAINER_STEP, step_fate, steps, (consent,))
                self._book_matches(consent, instants, step_fate == KEPT, motion_fate == KEPT)

    def book_redelivery(self, lines: Lines) -> None:
        """Book lines that land a second time."""
        self._ledger.count(MOTION_STEP, DUPLICATE, len(lines.motions))
        self._ledger.count(TRAINER_STEP, DUPLICATE, len(lines.steps))

    def _book_curated(self, member: Member, consent: str) -> None:
        if member.case.barred is None:
            fate = KEPT if member.case.has_trusted_motion(consent) else NO_MOTION_DATA
            self._ledger.count(CURATED_STEP, fate, consents=(consent,))

    def _book_matches(self, consent: str, instants: list[Instant], keeps_steps: bool, keeps_motion: bool) -> None:
        if not (keeps_steps or keeps_motion):
            return
        meetings = self._meetings[consent]
        for time, steps, motions in instants:
            trusted_steps, trusted_motions = steps * keeps_steps, motions * keeps_motion
            self._ledger.match_instant(consent, CUSTOMER_AND_TIME, trusted_steps, trusted_motions)
            meeting = meetings[time]
            meeting[0] += trusted_steps
            meeting[1] += trusted_motions

    def _close_meetings(self) -> None:
        for consent, meetings in self._meetings.items():
            for steps, motions in meetings.values():
                self._ledger.match_instant(consent, TIME_ONLY, steps, motions)
            meetings.clear()
