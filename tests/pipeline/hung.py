"""What a command that does not end is at: where the threads stand that it, its kernels and its sessions have."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil


def last_words(run: subprocess.Popen) -> str:
    """End a command that hangs, with all that the tests have begun besides; what it said last, then what all said.

    Java tells of its threads on SIGQUIT, Python on SIGABRT where its faulthandler is on.
    """
    begun = psutil.Process().children(recursive=True)[::-1]  # sessions before the endpoint, which they die with
    logs = {Path(os.path.realpath(f"/proc/{process.pid}/fd/2")) for process in begun}
    for number in (signal.SIGQUIT, signal.SIGABRT):
        for process in begun:
            if process.is_running() and (process.name() == "java") == (number == signal.SIGQUIT):
                process.send_signal(number)
        time.sleep(2)
    out, err = run.communicate(timeout=30)
    said = {"stdout": out, "stderr": err} | {
        log.name: log.read_text("utf-8", "replace") for log in logs if log.is_file()
    }
    return "\n".join([*out.splitlines()[-1:], *(f"--- {name}\n{text}" for name, text in said.items())])
