"""The kernels of a batch: each starts while the notebook before its own is running."""

import json
from contextlib import suppress

from jupyter_client import KernelManager

from runner.paths import NOTEBOOKS, PROJECT


class KernelQueue:
    """One fresh kernel a notebook, and the kernel of the next notebook on its way.

    Parameters
    ----------
    steps : list of str
        The steps of the run, in order.
    """

    def __init__(self, steps: list[str]):
        self._coming = list(steps)
        self._started: dict[str, KernelManager] = {}

    def __enter__(self) -> "KernelQueue":
        self._start_next()
        return self

    def __exit__(self, *_: object) -> None:
        for step in list(self._started):
            self.end(step)

    def take(self, step: str) -> KernelManager:
        """The kernel of a step, started already."""
        self._start_next()
        return self._started[step]

    def end(self, step: str) -> None:
        """End a step's kernel at once: one that is asked politely would stop the Glue session, which is the batch's."""
        kernel = self._started.pop(step)
        with suppress(RuntimeError):  # it has ended by itself
            kernel.shutdown_kernel(now=True)

    def _start_next(self) -> None:
        if not self._coming:
            return
        step = self._coming.pop(0)
        # Over files instead of ports, which another user of this machine could reach.
        kernel = KernelManager(kernel_name=kernel_name(step), transport="ipc")
        kernel.start_kernel(cwd=str(PROJECT))
        self._started[step] = kernel


def kernel_name(step: str) -> str:
    """The kernel that a step's notebook asks for, such as ``glue_pyspark``."""
    return json.loads((NOTEBOOKS / f"{step}.ipynb").read_text("utf-8"))["metadata"]["kernelspec"]["name"]
