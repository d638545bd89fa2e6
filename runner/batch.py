"""A batch: the landing files copied, the steps run as their needs are met, and the report of what happened."""

import queue
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from runner import landing, scripts
from runner.aws_errors import is_network_lost
from runner.batch_state import read_state, write_state
from runner.comparison import previous_run
from runner.cost import Cost, run_cost, step_cost
from runner.errors import LakeBusy, NetworkLost, StepFailed
from runner.findings import forget_findings, read_findings
from runner.fingerprints import Fingerprints
from runner.kernel_queue import KernelQueue
from runner.kernels import install_kernels
from runner.lake_lock import LakeLock
from runner.leftovers import end_remains
from runner.paths import REPORTS
from runner.plan import Plan
from runner.privacy.audit import NAME as AUDIT
from runner.privacy.run_audit import audit_run
from runner.progress import Progress
from runner.report.history import write_history
from runner.report.site import write_run_report
from runner.retries import with_retries
from runner.run_document import ROWS, new_entry, now_text, write_document
from runner.schedule import Schedule
from runner.session import TAGS
from runner.session_pool import SessionPool
from runner.step_run import StepRun, Workshop
from runner.steps import STEPS
from runner.stopping import uninterrupted

LOOK_SECONDS = 0.5
JOIN_SECONDS = 15.0
"""How long a step that was broken off may take to notice."""


@dataclass(frozen=True)
class Options:
    """How a batch is run.

    Parameters
    ----------
    isolated : bool
        A Glue session of its own for each notebook.
    wait : float
        Seconds to wait at most for another run on the same lake.
    timeout : float
        Seconds that a step may take.
    retries : int
        How often a step is tried again after throttling.
    local : bool
        Whether the AWS that answers is the local one, so that a cost is an estimate.
    """

    isolated: bool = False
    wait: float = 3600.0
    timeout: float = 3600.0
    retries: int = 3
    local: bool = False


class Batch:
    """One run and what is known of it so far.

    Parameters
    ----------
    plan : Plan
        What it is asked to do. A run that was begun before goes on where it stands.
    options : Options
        How.
    progress : Progress
        What is told.
    """

    def __init__(self, plan: Plan, options: Options, progress: Progress):
        self.plan, self.options, self.progress = plan, options, progress
        self.bucket = plan.parameters["bucket"]
        self.document = {
            "run_id": plan.run_id,
            "profile": plan.profile,
            "status": "RUNNING",
            "started": now_text(),
            "ended": None,
            "parameters": plan.parameters,
            "plan": plan.steps,
            "attempt": 1,
            "landed": False,
            "isolated": options.isolated,
            "steps": [],
            "tables": {},
            "cost": None,
            "lake": plan.lake_name,
            "audits": [],
            "checks": [],
            "columns": [],
            "previous": None,
        }
        self._before: dict[str, dict] = {}
        """The steps of this very run that an earlier attempt finished."""
        self._earlier_dpu_seconds = 0.0
        self._sessions: SessionPool | None = None

    @property
    def folder(self) -> Path:
        """Where the report of this run goes."""
        return REPORTS / self.plan.run_id

    @property
    def status(self) -> str:
        """How the run stands."""
        return self.document["status"]

    def run(self, find_sources: Callable[[], list[landing.SourceFile]]) -> None:
        """Run every step; write the report however it ends.

        Parameters
        ----------
        find_sources : callable
            Gives the landing files, checked; called only where they are to be copied.

        Raises
        ------
        LakeBusy
            If another run is at work on the lake and does not end in time; nothing was changed.
        StepFailed
            After the report is written, where the run failed.
        KeyboardInterrupt
            After the report is written, where the run was asked to stop.
        """
        self.progress.started(self.plan.run_id)
        scripts.ensure_bucket(self.bucket)
        lock = LakeLock(self.bucket, self.plan.run_id)
        lock.acquire(self.options.wait, self.progress.say, lambda run: end_remains(self.bucket, run))
        try:
            self._work(find_sources)
        except KeyboardInterrupt:
            with uninterrupted():
                self._end("CANCELLED", lock.lost or "the run was asked to stop")
            if lock.lost:
                raise StepFailed(f"{self._where()} {lock.lost}") from None
            raise
        except Exception as error:
            with uninterrupted():
                self._end(*_verdict(error))
            if isinstance(error, (StepFailed, ClientError, BotoCoreError, Boto3Error)):
                raise StepFailed(f"{self._where()} {self.document['reason']}") from error
            raise
        else:
            with uninterrupted():
                self._end("SUCCEEDED", None)
        finally:
            with uninterrupted():
                lock.release()

    def _work(self, find_sources: Callable[[], list[landing.SourceFile]]) -> None:
        self._recall()
        self.document["previous"] = previous_run(self.bucket, self.plan.run_id)
        self._save()
        self._land(find_sources)
        scripts.upload_scripts(self.bucket)
        install_kernels()
        self._run_steps()
        self._audit_privacy()

    def _recall(self) -> None:
        """Take up what an earlier attempt at this run has finished."""
        record = read_state(self.bucket, self.plan.run_id)
        if not record:
            return
        self._before = {entry["name"]: entry for entry in record["steps"] if entry["status"] == "SUCCEEDED"}
        self._earlier_dpu_seconds = (record.get("cost") or {}).get("dpu_seconds", 0.0)
        self.document.update(
            started=record["started"], attempt=record["attempt"] + 1, landed=record["landed"], tables=record["tables"]
        )

    def _land(self, find_sources: Callable[[], list[landing.SourceFile]]) -> None:
        if self.document["landed"]:
            return
        sources = find_sources()
        with self.progress.doing("Copying landing files"):
            copied, others = landing.copy_new_files(sources, self.bucket)
        held = f"; the zone holds {others} more from earlier landings, which count too" if others else ""
        self.progress.say(f"Landing: {copied} of {len(sources)} files are new{held}.")
        self.document["landed"] = True
        self._save()

    def _run_steps(self) -> None:
        steps, fingerprints = self.plan.steps, Fingerprints(self.plan.parameters)
        schedule = Schedule(steps, width=2 if self.options.isolated else 1)
        todo = [step for step in steps if not self._is_done(step, fingerprints)]
        with ExitStack() as stack:
            kernels = stack.enter_context(KernelQueue(todo, TAGS | {"run_id": self.plan.run_id}))
            self._sessions = stack.enter_context(
                SessionPool(
                    self.plan.run_id, self.bucket, self.options.isolated, self.document["attempt"], self.progress.say
                )
            )
            if todo:
                with self.progress.doing("Starting the Glue session"):
                    with_retries(self._sessions.start, self.options.retries, self.progress.say)
            shop = Workshop(
                self._sessions,
                kernels,
                self.progress,
                self.folder / "notebooks",
                self.options.retries,
                self.options.timeout,
            )
            self._follow(schedule, fingerprints, shop)

    def _follow(self, schedule: Schedule, fingerprints: Fingerprints, shop: Workshop) -> None:
        """Begin what may begin, take up what has ended, until nothing is left or a step has failed."""
        running: dict[str, StepRun] = {}
        failure: BaseException | None = None
        try:
            while True:
                while failure is None and (step := schedule.next_step()):
                    if self._is_done(step, fingerprints):
                        shop.kernels.skip(step)
                        self._keep(step)
                        schedule.succeeded(step)
                    else:
                        running[step] = self._begin(step, fingerprints, shop)
                if not running:
                    break
                done = self._next_ended(running, shop)
                del running[done.step]
                error = done.error or self._finish(done, fingerprints)
                if error:
                    self._break_off(done, error)
                    schedule.failed(done.step)
                    failure = failure or error
                else:
                    schedule.succeeded(done.step)
        except KeyboardInterrupt:
            with uninterrupted():
                self.progress.say("Stopping: the statement is cancelled and the session stopped.")
                for run in running.values():
                    run.cancel("the run was asked to stop")
                shop.sessions.end()
                for run in running.values():
                    run.join(JOIN_SECONDS)
            raise
        if failure:
            raise failure

    def _next_ended(self, running: dict[str, StepRun], shop: Workshop) -> StepRun:
        while True:
            with suppress(queue.Empty):
                return shop.ended.get(timeout=LOOK_SECONDS)
            for run in running.values():
                run.end_if_overdue()

    def _begin(self, step: str, fingerprints: Fingerprints, shop: Workshop) -> StepRun:
        entry = new_entry(step, "RUNNING") | {
            "notebook": f"notebooks/{step}.ipynb",
            "report": f"{step}.html",
            "fingerprint": fingerprints.of(step),
        }
        self.document["steps"].append(entry)
        self._save()
        if self.document["attempt"] > 1:
            forget_findings(self.bucket, self.plan.run_id, step)
        return StepRun(step, {**self.plan.parameters, "run_id": self.plan.run_id}, shop)

    def _finish(self, run: StepRun, fingerprints: Fingerprints) -> BaseException | None:
        """Take up the record of a step that ended well; gives the error, where AWS refuses."""
        entry, record = self._entry(run.step), run.record
        try:
            writes = fingerprints.tables(STEPS[run.step].writes)
        except (ClientError, BotoCoreError) as error:
            return error
        cost = step_cost(run.session_seconds, self._sessions.dpus, record.get("athena_bytes", []))
        entry.update(
            status=record["status"],
            seconds=run.seconds,
            rows={name: record[name] for name in ROWS} if record["read"] is not None else None,
            quarantined_by_reason=record.get("quarantined_by_reason", {}),
            cost=cost.document(),
            tables=record["tables"],
            writes=writes,
        )
        self.document["tables"].update(record["tables"])
        self.progress.ended(run.step, entry["status"], run.seconds, entry["rows"])
        self._save()
        return None

    def _break_off(self, run: StepRun, error: BaseException) -> None:
        status, reason = _verdict(error)
        cost = step_cost(run.session_seconds, self._sessions.dpus, [])
        self._entry(run.step).update(status=status, reason=reason, seconds=run.seconds, cost=cost.document())
        self.progress.ended(run.step, status, run.seconds, None)

    def _is_done(self, step: str, fingerprints: Fingerprints) -> bool:
        """Whether an earlier attempt did just this, and what it wrote is still there."""
        entry = self._before.get(step)
        return bool(
            entry
            and entry.get("fingerprint") == fingerprints.of(step)
            and entry.get("writes") == fingerprints.tables(STEPS[step].writes)
        )

    def _keep(self, step: str) -> None:
        entry = self._before[step]
        self.document["steps"].append(entry | {"resumed": True})
        self.document["tables"].update(entry.get("tables", {}))
        self.progress.ended(step, entry["status"], entry["seconds"], entry["rows"], "done before, and unchanged since")
        self._save()

    def _audit_privacy(self) -> None:
        """The last step: write the report, and look through all that the run made for anybody's identity."""
        began, entry = time.monotonic(), new_entry(AUDIT, "RUNNING")
        self.document["steps"].append(entry)
        self.progress.begun(AUDIT)
        self.document.update(read_findings(self.bucket, self.plan.run_id))
        self._write_report()
        audit = audit_run(self.plan, self.document["started"], self.folder)
        entry.update(seconds=round(time.monotonic() - began, 1), note=str(audit))
        if not audit.passed:
            raise StepFailed(str(audit))
        entry["status"] = "SUCCEEDED"
        self.progress.ended(AUDIT, entry["status"], entry["seconds"], None)

    def _end(self, status: str, reason: str | None) -> None:
        """Note how the run ended, whatever it was at, and write its report."""
        steps = self.document["steps"]
        for entry in steps:
            if entry["status"] == "RUNNING":
                entry.update(status=status, reason=reason)
                self.progress.ended(entry["name"], status, entry["seconds"], None)
        begun = {entry["name"] for entry in steps}
        steps += [new_entry(step, "SKIPPED") for step in [*self.plan.steps, AUDIT] if step not in begun]
        self.document.update(status=status, ended=now_text(), cost=self._cost())
        with suppress(ClientError, BotoCoreError):  # AWS may be what failed
            self.document.update(read_findings(self.bucket, self.plan.run_id))
        if reason:
            self.document["reason"] = reason
        self._write_report()
        _point_latest(self.plan.run_id)
        with suppress(ClientError, BotoCoreError):  # AWS may be what failed; whoever looks then asks after the lock
            self._save()
        if status != "SUCCEEDED":
            self.progress.say(f"To go on from here: stedi resume {self.plan.run_id}")
        self.progress.finished(status, str(REPORTS / "latest" / "index.html"))

    def _cost(self) -> dict:
        pool = self._sessions
        costs = [entry["cost"] for entry in self.document["steps"] if entry.get("cost")]
        whole = run_cost(costs, pool.dpu_seconds, pool.dpus) if pool else Cost()
        whole = Cost(whole.dpu_seconds + self._earlier_dpu_seconds, whole.athena_bytes, whole.billed_bytes)
        return whole.document() | {"estimate": self.options.local}

    def _where(self) -> str:
        steps = self.document["steps"]
        stopped = next((e["name"] for e in steps if e["status"] in ("FAILED", "CANCELLED")), "the run")
        return f"{stopped} {'failed' if self.status == 'FAILED' else 'was cancelled'}:"

    def _entry(self, step: str) -> dict:
        return next(entry for entry in self.document["steps"] if entry["name"] == step)

    def _save(self) -> None:
        write_state(self.bucket, self.document)

    def _write_report(self) -> None:
        run = self.document | {"ended": self.document["ended"] or now_text()}
        self.folder.mkdir(parents=True, exist_ok=True)
        notebooks = {e["name"]: self.folder / e["notebook"] for e in run["steps"] if e["notebook"]}
        there = {step: path for step, path in notebooks.items() if path.exists()}
        write_run_report(run, there, self.folder, history="../index.html")
        write_document(run, self.folder)
        write_history(REPORTS)


def _verdict(error: BaseException) -> tuple[str, str]:
    """How a run ends by an error, and why, in one line."""
    if isinstance(error, NetworkLost) or is_network_lost(error):
        return "CANCELLED", f"AWS cannot be reached any more: {error}"
    if isinstance(error, (ClientError, BotoCoreError, Boto3Error)):
        return "FAILED", f"AWS refused: {error}"
    if isinstance(error, (StepFailed, LakeBusy)):
        return "FAILED", str(error)
    return "FAILED", f"{type(error).__name__}: {error}"


def _point_latest(run_id: str) -> None:
    """Let ``reports/latest`` mean this run, in one step."""
    draft = REPORTS / f".latest-{run_id}"
    draft.unlink(missing_ok=True)
    draft.symlink_to(run_id)
    draft.replace(REPORTS / "latest")
