"""What a command takes: seconds, and the memory of it and its children at the peak."""

import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Measure:
    """What one call took."""

    seconds: float
    gigabytes: float
    out: str


class PeakMemory(threading.Thread):
    """Watches the memory of this process's children, theirs included; shared pages count once (PSS)."""

    def __init__(self):
        super().__init__(daemon=True)
        self.bytes, self.over = 0, threading.Event()

    def run(self):
        while not self.over.wait(0.5):
            self.bytes = max(self.bytes, sum(map(_memory, psutil.Process().children(recursive=True))))


def measure(command):
    """Run a command to its end; one that fails ends the benchmark."""
    watch, began = PeakMemory(), time.monotonic()
    watch.start()
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    watch.over.set()
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return Measure(seconds, watch.bytes / 2**30, done.stdout)


def _memory(process):
    try:
        return process.memory_full_info().pss
    except psutil.Error:  # it ended meanwhile
        return 0
