"""The command's own process: how many files it may open, and being asked to stop.

Ctrl-C, SIGTERM and a closed terminal all mean the same, and clean-up is not interrupted.
"""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from runner.errors import UserError

FILES = 1024
"""How many files a process may have open; Spark alone opens its 300 Java archives."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def require_open_files() -> None:
    """Raise this process's limit on open files, which its children inherit; UserError if it may not be raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= FILES or soft == resource.RLIM_INFINITY:
        return
    if hard != resource.RLIM_INFINITY and hard < FILES:
        raise UserError(f"The limit on open files is {hard}, and {FILES} are needed: raise it with ulimit -n {FILES}.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))


def cancel_on_signals() -> None:
    """Let every signal that asks to stop raise KeyboardInterrupt.

    Nothing on the way catches that one, as it may an error: botocore would try its request again.
    """
    for number in SIGNALS[1:]:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, signal.default_int_handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold further signals back, so that impatience leaves no session behind; the clean-up has limits of its own."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
