"""Seconds of each step of a Spark process: on the clock, and of the processors (steadier where others work too)."""

import json
import time
from contextlib import contextmanager

import psutil


class StepClock:
    """Watches this process and its children, which the Java of Spark is one of."""

    def __init__(self):
        self.steps = {}

    @contextmanager
    def step(self, name):
        began, used = time.monotonic(), _processor_seconds()
        yield
        self.steps[name] = {"clock": time.monotonic() - began, "processor": _processor_seconds() - used}

    def print(self):
        print(json.dumps(self.steps))


def _processor_seconds():
    process = psutil.Process()
    return sum(sum(one.cpu_times()) for one in (process, *process.children(recursive=True)))
