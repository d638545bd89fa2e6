"""What is known of a run so far: ``run.json`` and the pages of its report, ``_batch.json`` in the bucket."""

from dataclasses import replace

from runner.files import write_link
from runner.glue.cost import Cost, run_cost
from runner.glue.pool import SessionPool
from runner.lake.document import ROWS, new_entry, now_text, write_document
from runner.lake.runs import write_state
from runner.paths import REPORTS
from runner.privacy.audit import NAME as AUDIT
from runner.report.history import write_history
from runner.report.site import NotebookPages, write_notebook_pages, write_run_page
from runner.run.earlier import EarlierRuns
from runner.run.findings import read_findings
from runner.run.fingerprints import Fingerprints
from runner.run.plan import Plan


class RunRecord:
    """The document of a run, and where it is kept."""

    def __init__(self, plan: Plan, isolated: bool):
        self.plan, self.bucket = plan, plan.parameters["bucket"]
        self.folder = REPORTS / plan.run_id
        """Where the report of this run goes."""
        self.steps: list[dict] = []
        """The entries of the steps, in the order in which they began."""
        self.document = {
            "run_id": plan.run_id,
            "profile": plan.profile,
            "status": "RUNNING",
            "started": now_text(),
            "ended": None,
            "parameters": plan.parameters,
            "plan": plan.steps,
            "attempt": 1,
            "fresh": plan.fresh,
            "landed": False,
            "isolated": isolated,
            "steps": self.steps,
            "tables": {},
            "cost": None,
            "lake": plan.lake_name,
            "audits": [],
            "checks": [],
            "columns": [],
            "previews": {},
            "previous": None,
        }
        self._earlier: EarlierRuns | None = None
        self._pages: NotebookPages | None = None
        self._earlier_dpu_seconds = 0.0

    def recall(self) -> None:
        """Look up what earlier runs have done, and take up what an earlier attempt at this one has."""
        self._earlier = EarlierRuns(self.bucket, self.plan.run_id)
        self.document["previous"] = self._earlier.previous()
        if known := self._earlier.attempt:
            self._earlier_dpu_seconds = (known.get("cost") or {}).get("dpu_seconds", 0.0)
            self.document.update(
                started=known["started"], attempt=known["attempt"] + 1, landed=known["landed"], tables=known["tables"]
            )
        self.save()

    def keep(self, step: str, fingerprints: Fingerprints) -> dict | None:
        """Take over a step that was done before, if its tables still stand; gives its entry, or None."""
        entry = self._earlier.done(step, fingerprints, self.plan.fresh)
        if entry:
            self.steps.append(entry)
            self.document["tables"].update(entry["tables"])
            self.save()
        return entry

    def begin(self, step: str, **details: object) -> None:
        """Note that a step is at work."""
        self.steps.append(new_entry(step, "RUNNING") | details)
        self.save()

    def entry(self, step: str) -> dict:
        """The entry of a step that was begun."""
        return next(entry for entry in self.steps if entry["name"] == step)

    def finish(self, step: str, found: dict, seconds: float, cost: Cost, writes: dict[str, str]) -> dict:
        """Take up the record that a step left (`helpers.records`), and the state of its tables; gives its entry."""
        entry = self.entry(step)
        entry.update(
            status=found["status"],
            seconds=seconds,
            rows={name: found[name] for name in ROWS} if found["read"] is not None else None,
            quarantined_by_reason=found.get("quarantined_by_reason", {}),
            remark=_remark(found),
            cost=cost.document(),
            tables=found["tables"],
            writes=writes,
        )
        self.document["tables"].update(found["tables"])
        self.save()
        return entry

    def charge(self, step: str, seconds: float, cost: Cost) -> None:
        """Note what a step that did not come to its end has taken."""
        self.entry(step).update(seconds=seconds, cost=cost.document())

    def add_findings(self) -> None:
        """Take up what the steps have noted: audits, checks, the profile of the curated table."""
        self.document.update(read_findings(self.bucket, self.plan.run_id))

    def end(self, status: str, reason: str | None, sessions: SessionPool | None, estimate: bool) -> None:
        """Note how the run ended and what it cost; what did not begin was skipped."""
        begun = {entry["name"] for entry in self.steps}
        self.steps.extend(new_entry(step, "SKIPPED") for step in [*self.plan.steps, AUDIT] if step not in begun)
        costs = [entry["cost"] for entry in self.steps if entry.get("cost")]
        cost = run_cost(costs, sessions.dpu_seconds, sessions.dpus) if sessions else Cost()
        cost = replace(cost, dpu_seconds=cost.dpu_seconds + self._earlier_dpu_seconds)
        self.document.update(status=status, ended=now_text(), cost=cost.document() | {"estimate": estimate})
        if reason:
            self.document["reason"] = reason

    def how_it_ended(self) -> str:
        """How the run ended and why, in one line that names the step."""
        stopped = next((entry["name"] for entry in self.steps if entry["status"] in ("FAILED", "CANCELLED")), "the run")
        how = "failed" if self.document["status"] == "FAILED" else "was cancelled"
        return f"{stopped} {how}: {self.document['reason']}"

    def save(self) -> None:
        """Note in the bucket how the run stands."""
        write_state(self.bucket, self.document)

    def write_report(self) -> None:
        """Write the pages and ``run.json``; those of the notebooks once, when every step has ended."""
        run = self.document | {"ended": self.document["ended"] or now_text()}
        self.folder.mkdir(parents=True, exist_ok=True)
        notebooks = {entry["name"]: self.folder / entry["notebook"] for entry in self.steps if entry["notebook"]}
        there = {step: path for step, path in notebooks.items() if path.exists()}
        self._pages = self._pages or write_notebook_pages(run, there, self.folder)
        write_run_page(run, self._pages, self.folder, history="../index.html")
        write_document(run, self.folder)

    def point_latest(self) -> None:
        """Let ``reports/latest`` mean this run, and the history of all runs tell of it."""
        write_history(REPORTS)
        write_link(REPORTS / "latest", self.plan.run_id)


def _remark(record: dict) -> str:
    """What of a step's record somebody should see at once."""
    reasons = record.get("quarantined_by_reason", {})
    notes = [f"{sum(reasons.values()):,} quarantined: {', '.join(f'{name} {n:,}' for name, n in reasons.items())}"]
    if record.get("other_fields"):
        notes.append(f"{record['other_fields']:,} new fields share a column")
    return "; ".join(notes if reasons else notes[1:])
