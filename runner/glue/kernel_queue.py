"""The kernels of a batch: each starts while the notebook before its own is running."""

import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path

from jupyter_client import KernelManager

from runner.glue.kernels import kernel_name
from runner.paths import PROJECT, STATE

LOG = STATE / "kernels.log"
"""What the kernels of the last run said outside of notebooks; the command's own output is for its user."""
CLIENT = "jupyter_client.asynchronous.AsyncKernelClient"
"""With the manager's own, blocking client nbclient waits for ever for the answer of a kernel that has died."""


class OneKernel(KernelManager):
    """A kernel that is started once: nbclient would start one anew that was ended before it came to it."""

    ended = False
    process: subprocess.Popen
    """Its process, which tells how it ended also after the manager has forgotten it."""

    def start_kernel(self, **arguments: object) -> None:
        """Start it, as `KernelManager` does."""
        if self.ended:
            raise RuntimeError("this kernel was ended")
        super().start_kernel(**arguments)
        self.process = self.provisioner.process

    def how_it_ended(self) -> str:
        """The end of its process in words: its exit code, or the signal that killed it."""
        code = self.process.poll()
        if code is None or code >= 0:
            return f"exit code {code}" if code is not None else "it does not answer"
        signal_name = signal.Signals(-code).name
        cause = ", probably since the machine is out of memory" if signal_name == "SIGKILL" else ""
        return f"killed by signal {-code} ({signal_name}){cause}"


class KernelQueue:
    """One fresh kernel a notebook, and the kernel of the next notebook on its way. Any thread may ask.

    Parameters
    ----------
    steps : list of str
        The steps of the run, in order.
    """

    def __init__(self, steps: list[str]):
        self._coming = list(steps)
        self._early: dict[str, OneKernel] = {}
        self._taken: dict[str, OneKernel] = {}
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="stedi-kernels-", ignore_cleanup_errors=True)
        self._numbers = count(1)

    def __enter__(self) -> "KernelQueue":
        LOG.unlink(missing_ok=True)
        self._start_early()
        return self

    def __exit__(self, *_: object) -> None:
        self.end_all()
        self._folder.cleanup()

    def take(self, step: str) -> OneKernel:
        """A fresh kernel for a step."""
        with self._lock:
            kernel = self._early.pop(step, None) or self._start(step)
            self._taken[step] = kernel
            self._coming = [other for other in self._coming if other != step]
            self._start_early()
            return kernel

    def skip(self, step: str) -> None:
        """A step that needs no kernel."""
        with self._lock:
            self._coming = [other for other in self._coming if other != step]
            if step in self._early:
                _end(self._early.pop(step))
                self._start_early()

    def end(self, step: str) -> None:
        """End a step's kernel at once: one that is asked politely would stop the Glue session, which is the batch's."""
        kernel = self._taken.pop(step, None)
        if kernel:
            _end(kernel)

    def end_all(self) -> None:
        """End every kernel."""
        for step in list(self._taken):
            self.end(step)
        while self._early:
            _end(self._early.popitem()[1])

    def _start_early(self) -> None:
        if self._coming and not self._early:
            self._early[self._coming[0]] = self._start(self._coming[0])

    def _start(self, step: str) -> OneKernel:
        # Over files instead of ports, which another user of this machine could reach. Jupyter names them after the
        # connection file; without one every kernel would have the same names, in the folder it happens to work in.
        connection = Path(self._folder.name) / f"{next(self._numbers)}.json"
        kernel = OneKernel(
            kernel_name=kernel_name(step), transport="ipc", connection_file=str(connection), client_class=CLIENT
        )
        with LOG.open("ab") as log:
            kernel.start_kernel(cwd=str(PROJECT), stdout=log, stderr=log)
        return kernel


def _end(kernel: OneKernel) -> None:
    kernel.ended = True
    with suppress(RuntimeError):  # it has ended by itself
        kernel.shutdown_kernel(now=True)
