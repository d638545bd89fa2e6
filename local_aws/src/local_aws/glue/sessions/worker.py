"""A session's own process: starts Spark, runs statements in order, ends with the endpoint.

It is sent its `StartOrder`, then messages: ``run``, ``cancel``, ``stop``. It sends ``ready`` or ``failed``, then for
each statement ``running`` and ``done``. Standard output and error belong to the session's log.
"""

import contextlib
import ctypes
import faulthandler
import os
import queue
import shutil
import signal
import sys
import threading
import time
import types
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError

from local_aws.glue.sessions.arguments import StartError
from local_aws.glue.sessions.channel import Channel
from local_aws.glue.sessions.failure import how_it_ended
from local_aws.glue.sessions.shell import Shell
from local_aws.glue.sessions.spark import lost_java, mount_buckets, stop_spark
from local_aws.glue.sessions.start import StartOrder, start_session, use_the_paths_of_glue
from local_aws.glue.sessions.warm_up import warm_up

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PR_SET_PDEATHSIG = 1
_INTERRUPT_AGAIN_SECONDS = 0.1
_PATIENCE_SECONDS = 2.0
"""How long a cancelled statement may take to come back from Java by itself."""


class Worker:
    """The statements of one session, and what interrupts them."""

    def __init__(self, channel: Channel, order: StartOrder):
        self._channel = channel
        self._order = order
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._lock = threading.Lock()
        self._running: int | None = None
        self._cancelled: set[int] = set()
        self._patient = True
        self._left_behind: set[int] = set()
        """The statements that Python gave up while Java was still at them."""
        self._spark: SparkSession | None = None
        self._shell: Shell | None = None

    def run(self) -> None:
        """Start the session and serve it until it is told to stop."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            names = start_session(self._order)
        except Exception as error:
            self._channel.send({"kind": "failed", "message": f"{error}"})
            if not isinstance(error, StartError):
                raise
            return
        self._spark = names["spark"]
        self._shell = Shell(names)
        self._channel.send({"kind": "ready"})
        warm_up(self._spark, self._order.scratch)
        signal.signal(signal.SIGINT, self._interrupt)
        while (message := self._waiting.get()) is not None:
            self._serve(message["id"], message["code"])
        if lost_java(self._spark) is None:
            stop_spark(self._spark)

    def _serve(self, statement: int, code: str) -> None:
        with self._lock:
            if statement in self._cancelled:
                return
            self._running = statement
        self._channel.send({"kind": "running", "id": statement})
        mount_buckets(self._spark, self._order.lake, self._order.scratch)
        self._spark.sparkContext.addJobTag(_tag(statement))
        output = self._shell.run(code, lambda: statement in self._cancelled)
        with contextlib.suppress(Py4JError, OSError):
            self._spark.sparkContext.removeJobTag(_tag(statement))
        lost = lost_java(self._spark)
        if lost is not None:
            self._channel.send({"kind": "failed", "message": how_it_ended("Spark's Java", lost)})
            self._waiting.put(None)
            return
        with self._lock:
            self._running = None
            cancelled = statement in self._cancelled
        self._channel.send({"kind": "done", "id": statement, "cancelled": cancelled, "output": output})

    def _interrupt(self, _: int, frame: types.FrameType | None) -> None:
        """Break the running statement off; a signal that comes too late finds none and does nothing.

        Not while it waits for Java: Java would begin the job that it was asked for, and nobody would be left to wait
        for it. It comes back when the job is cancelled.
        """
        if self._shell.interruptible and self._running in self._cancelled:
            if _in_py4j(frame):
                if self._patient:
                    return
                self._left_behind.add(self._running)
            raise KeyboardInterrupt

    def _listen(self) -> None:
        while True:
            try:
                message = self._channel.receive()
            except EOFError:
                end_process_group(self._order)
            if message["kind"] == "run":
                self._waiting.put(message)
            elif message["kind"] == "stop":
                self._waiting.put(None)
            elif message["kind"] == "cancel":
                self._cancel(message["id"])

    def _cancel(self, statement: int) -> None:
        with self._lock:
            known = statement in self._cancelled
            self._cancelled.add(statement)
            if known or self._running != statement:
                return
        threading.Thread(target=self._break_off, args=[statement], daemon=True).start()

    def _break_off(self, statement: int) -> None:
        """Interrupt a statement again and again until it has ended.

        Both halves: the jobs in Java, and the Python code, also where it sleeps. Once is not enough: the job may only
        begin after that, and the code may catch what interrupts it. Where Python did not wait for Java, a job may begin
        even later, such as of a query that takes seconds to plan; it would leave the next statement no core.
        """
        began = time.monotonic()
        while True:
            # Under the lock no other statement begins, whose jobs would be cancelled.
            with self._lock:
                self._patient = time.monotonic() < began + _PATIENCE_SECONDS
                if self._running != statement:
                    break
                with contextlib.suppress(Py4JError, OSError):  # Java is gone, which ends the statement as well
                    self._spark.sparkContext.cancelAllJobs()
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            time.sleep(_INTERRUPT_AGAIN_SECONDS)
        while statement in self._left_behind:
            with contextlib.suppress(Py4JError, OSError):
                self._spark.sparkContext.cancelJobsWithTag(_tag(statement))
            time.sleep(_INTERRUPT_AGAIN_SECONDS)


def _tag(statement: int) -> str:
    """What the jobs of a statement have in common."""
    return f"statement-{statement}"


def _in_py4j(frame: types.FrameType | None) -> bool:
    """Whether the code is inside of a call to Java."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith("py4j."):
            return True
        frame = frame.f_back
    return False


def end_process_group(order: StartOrder) -> None:
    """End this process and its Java at once, whatever they are doing: the endpoint is gone."""
    shutil.rmtree(order.scratch, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def die_with_parent(parent: int) -> None:
    """Ask Linux to end this process with the endpoint, should its own threads be too busy to notice."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the endpoint ended before its session began")


def main() -> None:
    """Serve the session on the inherited descriptor (first argument), child of the endpoint (second)."""
    faulthandler.enable()  # a crash, and kill -ABRT, leave in the log where the threads stood
    die_with_parent(int(sys.argv[2]))
    end = Connection(int(sys.argv[1]))
    order: StartOrder = end.recv()
    use_the_paths_of_glue(order)
    with contextlib.closing(Channel(end)) as channel:
        Worker(channel, order).run()


if __name__ == "__main__":
    main()
