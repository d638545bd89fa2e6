"""The kernels of a batch: one that Glue notebooks share, and others that start before their notebook's turn."""

import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from queue import Empty

from jupyter_client import AsyncKernelClient, KernelManager
from jupyter_client.kernelspec import KernelSpec

from runner.paths import NOTEBOOKS, PROJECT, STATE
from runner.pipeline.parameters import GLUE, kernel_name

LOG = STATE / "kernels.log"
"""What the kernels of the last run said outside of notebooks; the command's own output is for its user."""


class Client(AsyncKernelClient):
    """What speaks with a kernel: with the manager's own, blocking one nbclient waits for ever for one that has died."""

    async def wait_for_ready(self, timeout: float) -> None:
        """Ask the kernel until it answers on both channels.

        jupyter_client's own method then waits until nothing was said for 0.2 s; nbclient passes over what answers no
        cell of its notebook.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.kernel_info()
            with suppress(Empty):
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel ended before it was ready")
        raise RuntimeError(f"the kernel did not answer in {timeout} seconds")


class OneKernel(KernelManager):
    """A kernel that is started once: nbclient would start one anew that was ended before it came to it."""

    ended = False
    _client: Client | None = None

    @property
    def kernel_spec(self) -> KernelSpec:
        """The batch's own kernels, which need no installation."""
        module = "runner.glue.kernel" if self.kernel_name == GLUE else "runner.glue.plain_kernel"
        return KernelSpec(argv=[sys.executable, "-m", module, "-f", "{connection_file}"], language="python")

    process: subprocess.Popen
    """Its process, which tells how it ended also after the manager has forgotten it."""

    def start_kernel(self, **arguments: object) -> None:
        """Start it, as `KernelManager` does."""
        if self.ended:
            raise RuntimeError("this kernel was ended")
        super().start_kernel(**arguments)
        self.process = self.provisioner.process

    def client(self, **arguments: object) -> Client:
        """What a notebook speaks with, as `KernelManager` makes it."""
        self._client = super().client(**arguments)
        return self._client

    def hang_up(self) -> None:
        """Close the last notebook's lines: nbclient leaves those to a kernel that it has not started open."""
        if self._client:
            self._client.stop_channels()
            self._client = None

    def how_it_ended(self) -> str:
        """The end of its process in words: its exit code, or the signal that killed it."""
        code = self.process.poll()
        if code is None or code >= 0:
            return f"exit code {code}" if code is not None else "it does not answer"
        signal_name = signal.Signals(-code).name
        cause = ", probably since the machine is out of memory" if signal_name == "SIGKILL" else ""
        return f"killed by signal {-code} ({signal_name}){cause}"


class KernelQueue:
    """The kernels of a batch. Any thread may ask.

    Each notebook has a fresh kernel of its own, which starts while the notebook before is running; but notebooks that
    take turns in one Glue session share its kernel, which only hands their cells on (`runner.glue.kernel`).
    """

    def __init__(self, steps: list[str], isolated: bool):
        self._coming, self._isolated = list(steps), isolated
        self._waiting: dict[str, OneKernel] = {}
        """The kernels that nobody uses, by their owner: a step, or `GLUE` for the shared one."""
        self._taken: dict[str, OneKernel] = {}
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="stedi-kernels-", ignore_cleanup_errors=True)
        self._numbers = count(1)

    def __enter__(self) -> "KernelQueue":
        LOG.unlink(missing_ok=True)
        self._start_early()
        return self

    def __exit__(self, *_: object) -> None:
        for step in list(self._taken):
            self.end(step)
        while self._waiting:
            _end(self._waiting.popitem()[1])
        self._folder.cleanup()

    def take(self, step: str) -> OneKernel:
        """A kernel for a step."""
        with self._lock:
            kernel = self._waiting.pop(self._owner(step), None) or self._start(step)
            self._taken[step] = kernel
            self._coming = [other for other in self._coming if other != step]
            self._start_early()
            return kernel

    def give_back(self, step: str) -> None:
        """A step's notebook has run to its end: a kernel that others share waits for them, its own is ended."""
        with self._lock:
            if self._owner(step) == GLUE and step in self._taken:
                self._waiting[GLUE] = self._taken.pop(step)
        self.end(step)

    def end(self, step: str) -> None:
        """End a step's kernel at once: one that is asked politely would stop the Glue session, which is the batch's."""
        if kernel := self._taken.pop(step, None):
            _end(kernel)

    def _owner(self, step: str) -> str:
        return GLUE if kernel_name(step) == GLUE and not self._isolated else step

    def _start_early(self) -> None:
        """Start the kernel of the next step, or of the one behind it where that one's is there already."""
        there = {*self._waiting, *map(self._owner, self._taken)}
        for step in self._coming[:2]:
            if (owner := self._owner(step)) not in there:
                self._waiting[owner] = self._start(step)
                return

    def _start(self, step: str) -> OneKernel:
        # Over files instead of ports, which another user of this machine could reach. Jupyter names them after the
        # connection file; without one every kernel would have the same names, in the folder it happens to work in.
        connection = Path(self._folder.name) / f"{next(self._numbers)}.json"
        kernel = OneKernel(
            kernel_name=kernel_name(step),
            transport="ipc",
            connection_file=str(connection),
            client_class=f"{__name__}.Client",
        )
        notebook = [] if kernel.kernel_name == GLUE else [str(NOTEBOOKS / f"{step}.ipynb")]
        with LOG.open("ab") as log:
            kernel.start_kernel(cwd=str(PROJECT), stdout=log, stderr=log, extra_arguments=notebook)
        return kernel


def _end(kernel: OneKernel) -> None:
    kernel.ended = True
    with suppress(RuntimeError):  # it has ended by itself
        kernel.shutdown_kernel(now=True)
