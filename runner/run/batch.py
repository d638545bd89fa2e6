"""A batch: the landing files copied, the steps run as their needs are met, and the report of what happened."""

import queue
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import datetime
from itertools import chain
from pathlib import Path

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from helpers.settings import Settings
from runner.aws import in_haste
from runner.aws_errors import verdict, with_retries
from runner.errors import StepFailed
from runner.glue.cost import Cost, step_cost
from runner.glue.kernels import KernelQueue
from runner.glue.pool import SessionPool
from runner.lake.leftovers import end_remains
from runner.lake.lock import LakeLock
from runner.paths import REPORTS
from runner.pipeline import landing, scripts
from runner.pipeline.parameters import declared_parameters
from runner.privacy.audit import NAME as AUDIT
from runner.privacy.audit import PrivacyAudit, audit_run, await_logs, finished_logs, made_places
from runner.privacy.participant_key import ensure_participant_key
from runner.privacy.places import report_places
from runner.process import uninterrupted
from runner.report.run_page import unchanged_text
from runner.run.findings import forget_findings
from runner.run.fingerprints import Fingerprints
from runner.run.plan import Options, Plan
from runner.run.progress import Progress
from runner.run.record import RunRecord
from runner.run.schedule import Schedule
from runner.run.step import StepRun, Workshop

LOOK_SECONDS = 0.5
JOIN_SECONDS = 15.0
"""How long a step that was broken off may take to notice."""


class Batch:
    """One run and what is known of it so far. One that was begun before goes on where it stands."""

    def __init__(self, plan: Plan, options: Options, progress: Progress):
        self.plan, self.options, self.progress = plan, options, progress
        self.bucket = plan.parameters["bucket"]
        self.record = RunRecord(plan, options.isolated)
        self._sessions: SessionPool | None = None
        self._other_logs: set[str] = set()
        self._audit: Future[PrivacyAudit] | None = None

    def run(self) -> None:
        """Run every step; write the report however it ends.

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
            self._work()
        except KeyboardInterrupt:
            with uninterrupted(), in_haste():
                self._end("CANCELLED", lock.lost or "the run was asked to stop")
            if lock.lost:
                raise StepFailed(self.record.how_it_ended()) from None
            raise
        except Exception as error:
            with uninterrupted(), in_haste():
                self._end(*verdict(error))
            if isinstance(error, (StepFailed, ClientError, BotoCoreError, Boto3Error)):
                raise StepFailed(self.record.how_it_ended()) from error
            raise
        else:
            with uninterrupted():
                self._end("SUCCEEDED", None)
        finally:
            with uninterrupted():
                lock.release()

    def _work(self) -> None:
        self.record.recall()
        if not self.record.document["landed"]:
            self._land(self.plan.landing)
        scripts.upload_scripts(self.bucket)
        if any("participant_key" in declared_parameters(step) for step in self.plan.steps):
            parameters = self.plan.parameters
            ensure_participant_key(parameters["participant_key"], parameters["database"], self.progress.say)
        with ExitStack() as stack:
            self._follow(Schedule(self.plan.steps, 2 if self.options.isolated else 1), stack)
        self._audit_privacy()

    def _land(self, directory: str | None) -> None:
        if directory:
            self._copy(Path(directory))
        self.record.document["landed"] = True
        self.record.save()

    def _copy(self, directory: Path) -> None:
        sources = landing.find_files(directory)
        with self.progress.doing("Copying landing files"):
            copied, others = landing.copy_new_files(sources, self.bucket)
        held = f"; the zone holds {others} more from earlier landings, which count too" if others else ""
        self.progress.say(f"Landing: {copied} of {len(sources)} files are new{held}.")
        if left := landing.passed_over(directory):
            more = f" and {len(left) - 3:,} more" if len(left) > 3 else ""
            self.progress.say(f"Passed over as hidden or in transit: {', '.join(left[:3])}{more}.")

    def _open_shop(self, stack: ExitStack) -> Workshop:
        """Start what notebooks need, once there is one that has to be run."""
        kernels = stack.enter_context(KernelQueue(self.plan.steps, self.options.isolated))
        self._other_logs = finished_logs(self.bucket)
        attempt, isolated = self.record.document["attempt"], self.options.isolated
        sessions = SessionPool(self.plan.run_id, self.bucket, isolated, attempt, self.progress.say)
        self._sessions = stack.enter_context(sessions)
        with self.progress.doing("Starting the Glue session"):
            with_retries(self._sessions.start, self.options.retries, self.progress.say)
        return Workshop(self._sessions, kernels, self.progress, self.record.folder / "notebooks", self.options)

    def _follow(self, schedule: Schedule, stack: ExitStack) -> None:
        """Begin what may begin, take up what has ended, until nothing is left or a step has failed."""
        fingerprints = Fingerprints(self.plan.parameters, self.plan.run_id)
        running: dict[str, StepRun] = {}
        shop: Workshop | None = None
        failure: BaseException | None = None
        beside = stack.enter_context(ThreadPoolExecutor(1))
        try:
            while True:
                while failure is None and (step := schedule.next_step()):
                    if self._keep(step, fingerprints):
                        schedule.succeeded(step)
                    else:
                        shop = shop or self._open_shop(stack)
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
                    if not schedule.needs_sessions:
                        # They end, their logs come, and who is to be sought is read while other notebooks run.
                        shop.sessions.end()
                        self._audit = self._audit or beside.submit(PrivacyAudit.of_bucket, self.bucket)
        except KeyboardInterrupt:
            with uninterrupted():
                self.progress.say("Stopping: the statement is cancelled and the session stopped.")
                for run in running.values():
                    run.cancel("the run was asked to stop")
                if shop:
                    shop.sessions.end()
                for run in running.values():
                    run.join(JOIN_SECONDS)
                    self.record.charge(run.step, run.seconds, self._cost(run))
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
        fingerprint = fingerprints.of(step)
        self.record.begin(step, notebook=f"notebooks/{step}.ipynb", report=f"{step}.html", fingerprint=fingerprint)
        if self.record.document["attempt"] > 1:
            forget_findings(self.bucket, self.plan.run_id, step)
        return StepRun(step, {**self.plan.parameters, "run_id": self.plan.run_id}, shop)

    def _finish(self, run: StepRun, fingerprints: Fingerprints) -> BaseException | None:
        """Take up the record of a step that ended well; gives the error, where AWS refuses."""
        try:
            writes = fingerprints.written_now(run.step)
        except (ClientError, BotoCoreError) as error:
            return error
        cost = self._cost(run, run.record.get("athena_bytes", []))
        entry = self.record.finish(run.step, run.record, run.seconds, cost, writes)
        self.progress.ended(run.step, entry["status"], run.seconds, entry["rows"], entry["remark"])
        return None

    def _break_off(self, run: StepRun, error: BaseException) -> None:
        status, reason = verdict(error)
        self.record.charge(run.step, run.seconds, self._cost(run))
        self.record.entry(run.step).update(status=status, reason=reason)
        self.progress.ended(run.step, status, run.seconds, None)

    def _cost(self, run: StepRun, scanned: Sequence[int] = ()) -> Cost:
        return step_cost(run.session_seconds, self._sessions.dpus, scanned)

    def _keep(self, step: str, fingerprints: Fingerprints) -> bool:
        """Take a step over that was done before; tells whether it was."""
        entry = self.record.keep(step, fingerprints)
        if entry:
            note = "done before, and unchanged since" if entry.get("resumed") else unchanged_text(entry)
            self.progress.ended(step, entry["status"], entry["seconds"], entry["rows"], note)
        return bool(entry)

    def _audit_privacy(self) -> None:
        """The last step: write the report, and look through all that the run made for anybody's identity."""
        began, record = time.monotonic(), self.record
        record.begin(AUDIT)
        self.progress.begun(AUDIT)
        record.add_findings()
        record.write_report()
        lakehouse = Settings(self.bucket, self.plan.parameters["database"], self.plan.run_id)
        audit = self._audit.result() if self._audit else PrivacyAudit.of_bucket(self.bucket)
        made = made_places(lakehouse, datetime.fromisoformat(record.document["started"]), self._await_logs)
        audit_run(audit, lakehouse, chain(report_places(record.folder), made))
        entry = record.entry(AUDIT)
        entry.update(seconds=round(time.monotonic() - began, 1), note=str(audit))
        if not audit.passed:
            raise StepFailed(str(audit))
        entry["status"] = "SUCCEEDED"
        self.progress.ended(AUDIT, entry["status"], entry["seconds"], None)

    def _await_logs(self) -> None:
        """Wait for the end of the run's sessions, and for what they have logged."""
        if self._sessions:
            self._sessions.await_ends()
            await_logs(self.bucket, self._other_logs, len(self._sessions.used))

    def _end(self, status: str, reason: str | None) -> None:
        """Note how the run ended, whatever it was at, and write its report."""
        record = self.record
        for entry in record.steps:
            if entry["status"] == "RUNNING":
                entry.update(status=status, reason=reason)
                self.progress.ended(entry["name"], status, entry["seconds"], None)
        record.end(status, reason, self._sessions, self.options.local)
        if status != "SUCCEEDED":  # else the audit has read them, and nothing has been noted since
            with suppress(ClientError, BotoCoreError):  # AWS may be what failed
                record.add_findings()
        record.write_report()
        record.point_latest()
        with suppress(ClientError, BotoCoreError):  # AWS may be what failed; whoever looks then asks after the lock
            record.save()
        if status != "SUCCEEDED":
            self.progress.say(f"To go on from here: stedi resume {self.plan.run_id}")
        self.progress.finished(status, str(REPORTS / "latest" / "index.html"))
