"""A batch: the landing files copied, the steps run in order in one warm session, and the report of what happened."""

import json
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from helpers.records import write_record
from helpers.settings import Settings, new_run_id
from runner import landing, scripts
from runner.batch_state import write_state
from runner.errors import StepFailed
from runner.kernel_queue import KernelQueue
from runner.kernels import install_kernels
from runner.notebook import execute_notebook
from runner.paths import REPORTS
from runner.privacy.audit import NAME as AUDIT
from runner.privacy.audit import PrivacyAudit
from runner.privacy.identities import landing_identities
from runner.privacy.places import bucket_places, curated_places, report_places
from runner.progress import Progress
from runner.report.site import write_run_report
from runner.session import warm_session

ROWS = ("read", "kept", "excluded", "quarantined", "duplicates")


@dataclass
class Batch:
    """One run and what is known of it so far.

    Parameters
    ----------
    profile : str
        The AWS profile, for the record.
    parameters : dict of str to str
        Every parameter of the run.
    steps : list of str
        The steps to run, in order.
    """

    profile: str
    parameters: dict[str, str]
    steps: list[str]
    run_id: str = field(default_factory=new_run_id)
    started: str = field(default_factory=lambda: _now())
    status: str = "RUNNING"
    done: list[dict] = field(default_factory=list)
    tables: dict[str, int] = field(default_factory=dict)
    reason: str | None = None

    @property
    def folder(self) -> Path:
        """Where the report of this run goes."""
        return REPORTS / self.run_id

    def run(self, sources: list[landing.SourceFile]) -> bool:
        """Run every step; write the report however it ends.

        Parameters
        ----------
        sources : list of SourceFile
            The landing files, checked already.

        Returns
        -------
        bool
            Whether every step succeeded.

        Raises
        ------
        KeyboardInterrupt
            After the report is written, where the run was asked to stop.
        """
        self.progress = Progress([*self.steps, AUDIT])
        try:
            self._prepare(sources)
            self._run_steps()
            self._audit_privacy()
            self.status = "SUCCEEDED"
        except StepFailed as error:
            self._fail("FAILED", str(error))
        except (ClientError, BotoCoreError, Boto3Error) as error:
            self._fail("FAILED", f"AWS refused: {error}")
        except KeyboardInterrupt:
            self._fail("CANCELLED", "the run was asked to stop")
            raise
        except Exception as error:
            self._fail("FAILED", f"{type(error).__name__}: {error}")
            raise
        finally:
            self._report()
        return self.status == "SUCCEEDED"

    def _prepare(self, sources: list[landing.SourceFile]) -> None:
        bucket = self.parameters["bucket"]
        scripts.ensure_bucket(bucket)
        write_state(bucket, self.run_id, self.status)
        with self.progress.doing("Copying landing files"):
            copied, others = landing.copy_new_files(sources, bucket)
        held = f"; the zone holds {others} more from earlier landings, which count too" if others else ""
        self.progress.say(f"Landing: {copied} of {len(sources)} files are new{held}.")
        scripts.upload_scripts(bucket)
        install_kernels()

    def _run_steps(self) -> None:
        began = time.monotonic()
        with ExitStack() as stack:
            kernels = stack.enter_context(KernelQueue(self.steps))
            with self.progress.doing("Starting the Glue session"):
                session = stack.enter_context(warm_session(self.run_id, self.parameters["bucket"]))
            self.progress.say(f"Glue session {session} is ready after {time.monotonic() - began:.1f} s.")
            for step in self.steps:
                self._run_step(step, session, kernels)

    def _run_step(self, step: str, session: str, kernels: KernelQueue) -> None:
        began, page = time.monotonic(), f"notebooks/{step}.ipynb"
        entry = {
            "name": step,
            "status": "RUNNING",
            "seconds": 0.0,
            "notebook": page,
            "report": f"{step}.html",
            "rows": None,
        }
        self.done.append(entry)
        parameters = {**self.parameters, "run_id": self.run_id}
        try:
            with self.progress.doing(step) as line:
                kernel = kernels.take(step)
                record = execute_notebook(step, parameters, session, kernel, self.folder / page, line.at_cell)
        finally:
            kernels.end(step)
            entry["seconds"] = round(time.monotonic() - began, 1)
        entry["status"] = record["status"]
        if record["read"] is not None:
            entry["rows"] = {name: record[name] for name in ROWS}
        self.tables.update(record["tables"])
        self.progress.ended(step, entry["status"], entry["seconds"], entry["rows"])

    def _audit_privacy(self) -> None:
        """The last step: write the report, and look through all that the run made for anybody's identity."""
        began, entry = time.monotonic(), _entry(AUDIT, "RUNNING")
        self.done.append(entry)
        bucket, database = self.parameters["bucket"], self.parameters["database"]
        with self.progress.doing(AUDIT):
            self._write_report()
            values = landing_identities(bucket)
            since = datetime.fromisoformat(self.started)
            places = chain(
                report_places(self.folder), bucket_places(bucket, self.run_id, since), curated_places(database)
            )
            audit = PrivacyAudit(values).scan(places)
        entry.update(seconds=round(time.monotonic() - began, 1), note=str(audit))
        if not audit.passed:
            raise StepFailed(str(audit))
        entry["status"] = "SUCCEEDED"
        write_record(Settings(bucket=bucket, database=database, run_id=self.run_id), AUDIT)
        self.progress.ended(AUDIT, entry["status"], entry["seconds"], None)

    def _fail(self, status: str, reason: str) -> None:
        self.status, self.reason = status, reason
        running = next((entry for entry in self.done if entry["status"] == "RUNNING"), None)
        if running:
            running.update(status=status, reason=reason)
            self.progress.ended(running["name"], status, running["seconds"], None)
        begun = {entry["name"] for entry in self.done}
        for step in [*self.steps, AUDIT]:
            if step not in begun:
                self.done.append(_entry(step, "SKIPPED"))

    def _report(self) -> None:
        self._write_report()
        _point_latest(self.run_id)
        with suppress(ClientError, BotoCoreError):  # AWS may be what failed; whoever looks then asks after the session
            write_state(self.parameters["bucket"], self.run_id, self.status)
        self.progress.say(f"Report: {REPORTS / 'latest' / 'index.html'}")

    def _write_report(self) -> None:
        run = {
            "run_id": self.run_id,
            "profile": self.profile,
            "status": self.status,
            "started": self.started,
            "ended": _now(),
            "parameters": self.parameters,
            "steps": self.done,
            "tables": self.tables,
        }
        if self.reason:
            run["reason"] = self.reason
        self.folder.mkdir(parents=True, exist_ok=True)
        notebooks = {e["name"]: self.folder / e["notebook"] for e in self.done if e["notebook"]}
        write_run_report(run, {step: path for step, path in notebooks.items() if path.exists()}, self.folder)
        draft = self.folder / "run.json.tmp"
        draft.write_text(json.dumps(run, indent=1) + "\n", "utf-8")
        draft.replace(self.folder / "run.json")


def _entry(step: str, status: str) -> dict:
    return {"name": step, "status": status, "seconds": 0.0, "notebook": None, "report": None, "rows": None}


def _point_latest(run_id: str) -> None:
    """Let ``reports/latest`` mean this run, in one step."""
    draft = REPORTS / f".latest-{run_id}"
    draft.symlink_to(run_id)
    draft.replace(REPORTS / "latest")


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
