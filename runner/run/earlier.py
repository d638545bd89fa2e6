"""What earlier runs on the lake have done, and whether a step of theirs stands for what would be done now."""

from runner.glue.cost import Cost
from runner.lake.runs import list_states, read_state
from runner.paths import REPORTS
from runner.report.formatting import elapsed_seconds
from runner.run.findings import carry_over
from runner.run.fingerprints import Fingerprints

LOOKED_AT = 20
"""How many runs back it is looked."""


class EarlierRuns:
    """The runs on the lake before the one that is at work, and its own earlier attempts."""

    def __init__(self, bucket: str, run_id: str):
        self._bucket, self._run_id = bucket, run_id
        self._others = [state for state in list_states(bucket, LOOKED_AT) if state["run_id"] != run_id]
        self.attempt = read_state(bucket, run_id)
        """The document of this very run, where it was begun before."""

    def done(self, step: str, fingerprints: Fingerprints, fresh: bool) -> dict | None:
        """The entry of a step that was done before, just as it would be now, and whose tables stand as it left them.

        ``unchanged_since`` names the run that did it, ``resumed`` tells that it was this one: where all is to be done
        afresh, its own attempts alone count.
        """
        now, fitting = fingerprints.written(step), self._fitting(step, fingerprints)
        for state, entry in fitting:
            if entry["writes"] != now or (fresh and state is not self.attempt):
                continue
            origin = entry.get("unchanged_since", state["run_id"])
            if state is self.attempt:
                return entry | {"resumed": True}
            if carry_over(self._bucket, origin, self._run_id, step):
                return _taken_over(entry, origin)
        if fitting:
            _, latest = fitting[0]
            fingerprints.doubt(table for table, then in latest["writes"].items() if now.get(table) != then)
        return None

    def _fitting(self, step: str, fingerprints: Fingerprints) -> list[tuple[dict, dict]]:
        """The runs in which a step did what it would do now, and its entries there, the latest first."""
        marks, states = fingerprints.fitting(step), filter(None, [self.attempt, *self._others])
        entries = ((state, entry) for state in states for entry in state["steps"] if entry["name"] == step)
        return [
            (state, entry)
            for state, entry in entries
            if entry["status"] == "SUCCEEDED" and entry.get("fingerprint") in marks
        ]

    def previous(self) -> dict | None:
        """What this run is compared with: the last run before it that succeeded; its ``rows`` are step -> account."""
        for state in self._others:
            if state["run_id"] < self._run_id and state["status"] == "SUCCEEDED":
                return {name: state[name] for name in ("run_id", "started", "parameters", "tables")} | {
                    "rows": {entry["name"]: entry["rows"] for entry in state["steps"] if entry["rows"]},
                    "seconds": elapsed_seconds(state["started"], state["ended"]),
                    "usd": (state.get("cost") or {}).get("usd"),
                }
        return None


def _taken_over(entry: dict, origin: str) -> dict:
    """A step's entry for a run that need not do it: no time, no cost, and the pages of the run that did it."""
    pages = {"notebook": f"../{origin}/notebooks/{entry['name']}.ipynb", "report": f"../{origin}/{entry['name']}.html"}
    there = (REPORTS / origin / pages["report"]).exists()  # another machine's reports are not here
    entry = {name: value for name, value in entry.items() if name != "resumed"}
    return entry | {
        "seconds": 0.0,
        "cost": Cost().document(),
        "unchanged_since": origin,
        **(pages if there else dict.fromkeys(pages)),
    }
