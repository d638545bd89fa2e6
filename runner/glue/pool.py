"""The Glue sessions of a batch: one warm session that its notebooks share in turn, or one for each notebook."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import StepFailed
from runner.glue.session import (
    WORKING,
    await_end,
    await_session,
    cancel_statements,
    create_session,
    dpus,
    live_sessions,
    stop_session,
)
from runner.pipeline.engine import session_magics
from runner.pipeline.parameters import GLUE, kernel_name
from runner.process import uninterrupted


class SessionPool:
    """Lends sessions to notebooks, and ends them all however the batch ends.

    A session runs one statement at a time, so only ``isolated`` Glue notebooks, each in its own, run side by side.
    """

    def __init__(self, run_id: str, bucket: str, isolated: bool, attempt: int, say: Callable[[str], None]):
        self.run_id, self.bucket, self.isolated, self._say = run_id, bucket, isolated, say
        # AWS remembers the names of sessions that have ended.
        self._name = f"stedi-{run_id}" if attempt == 1 else f"stedi-{run_id}-{attempt}"
        self._attempt, self._created = attempt, 0
        self.used: set[str] = set()
        """The sessions that notebooks had."""
        self._billed: dict[str, float] = {}
        """The DPU-seconds of each session that was stopped."""
        self._began: dict[str, float] = {}
        self._lent: dict[str, str] = {}
        self._ended = False
        self._creating = threading.Lock()
        magics = session_magics()
        self.dpus = dpus({"WorkerType": magics["worker_type"], "NumberOfWorkers": magics["number_of_workers"]})

    @property
    def dpu_seconds(self) -> float:
        """What the sessions have used that were stopped; final after `await_ends`."""
        return sum(self._billed.values())

    def __enter__(self) -> "SessionPool":
        return self

    def __exit__(self, *_: object) -> None:
        with uninterrupted():
            self.end()

    def start(self) -> None:
        """Ask for the warm session, so that it starts while other things are done."""
        if not self.isolated:
            self._create(self._name)

    def take(self, step: str, go_on: Callable[[], None]) -> str | None:
        """The session for a step's notebook, ready; None where its kernel needs none.

        Blocks while it starts, and calls ``go_on`` now and then, which raises where nobody waits any more.
        """
        if kernel_name(step) != GLUE:
            return None
        identity = f"{self._name}-{step[:2]}-{self._created + 1}" if self.isolated else self._name
        new = identity not in self._began
        if new:
            self._create(identity)
        if new or not self._lent:
            await_session(identity, go_on)
        self._lent[step] = identity
        self.used.add(identity)
        return identity

    def give_back(self, step: str) -> None:
        """End a step's own session; the warm one stays."""
        if self.isolated and step in self._lent:
            self._stop(self._lent[step])

    def cancel(self, step: str) -> None:
        """Cancel what a step's session is doing."""
        if step in self._lent:
            cancel_statements(self._lent[step])

    def end(self) -> None:
        """Cancel and stop whatever still lives, and make nothing more."""
        with self._creating:
            self._ended = True
        for identity in list(self._began):
            cancel_statements(identity)
            self._stop(identity)
        # And whatever else bears the run's tag: what nobody knows of would bill on.
        with suppress(ClientError, BotoCoreError):
            for session in live_sessions(self.run_id):
                if session["Status"] in WORKING:
                    self._stop(session["Id"])

    def await_ends(self) -> None:
        """Wait until the sessions that were stopped are gone; until then they may write, and bill."""
        for identity, estimate in self._billed.items():
            self._billed[identity] = float(await_end(identity).get("DPUSeconds") or estimate)

    def _create(self, identity: str) -> None:
        with self._creating:
            if self._ended:
                raise StepFailed("the run has ended its sessions")
            self._began[identity] = time.monotonic()
            self._created += 1
            try:
                create_session(identity, self.run_id, self.bucket)
            except BaseException:
                # It may have been created although no answer came, and its name is then used.
                self._stop(identity)
                self._name = f"stedi-{self.run_id}-{self._attempt}-{self._created + 1}"
                raise

    def _stop(self, identity: str) -> None:
        trouble = stop_session(identity)
        began = self._began.pop(identity, None)
        if trouble:
            self._say(
                f"The Glue session {identity} could not be stopped ({trouble}). It bills until it is idle for "
                f"{session_magics()['idle_timeout']} minutes: stop it with `stedi clean-sessions --yes`."
            )
        elif began is not None:
            self._billed[identity] = (time.monotonic() - began) * self.dpus
