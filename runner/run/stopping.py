"""Being asked to stop: Ctrl-C, SIGTERM and a closed terminal all mean the same, and clean-up is not interrupted."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
