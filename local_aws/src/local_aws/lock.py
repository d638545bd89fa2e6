"""The locks of a lake: one endpoint at a time serves it, and who uses that endpoint says so.

The system frees a lock when its holder dies, however it dies.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local_aws.lake import Lake

PUBLISHED = "endpoint.json"
"""State file of the endpoint that holds the lock, while it answers: its pid and port."""

_PATIENCE_SECONDS = 1.0


class LakeBusy(Exception):
    """Another endpoint serves the lake."""

    def __init__(self, lake: Lake, pid: int):
        super().__init__(
            f"The lake {lake.root} is in use by another endpoint (pid {pid}): stop it, or name another --lake."
        )
        self.pid = pid


def acquire(lake: Lake) -> IO[str]:
    """Take the lake's lock for this process, until the stream returned is closed; raises `LakeBusy`."""
    stream = open(_path(lake), "a+", encoding="ascii", opener=_private)  # noqa: SIM115 - held for the process's life
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _try(stream, fcntl.LOCK_EX):
        # `holder` takes the lock for an instant to look, so one refusal means nothing.
        if time.monotonic() > deadline:
            pid = _read_pid(stream)
            stream.close()
            raise LakeBusy(lake, pid)
        time.sleep(0.05)
    stream.truncate(0)
    stream.write(str(os.getpid()))
    stream.flush()
    return stream


def holder(lake: Lake) -> int | None:
    """The process that serves the lake, or None where nobody does."""
    if not _path(lake).exists():
        return None
    with open(_path(lake), encoding="ascii") as stream:
        return None if _try(stream, fcntl.LOCK_SH) else _read_pid(stream)


@contextmanager
def using(lake: Lake) -> Iterator[None]:
    """Count this process among those that use the lake's endpoint; waits while the last user's endpoint is ending."""
    with open(_users(lake), "a", opener=_private) as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        yield


@contextmanager
def last_user(lake: Lake) -> Iterator[bool]:
    """Whether nobody uses the lake's endpoint; if so, nobody begins to for as long as the context lasts."""
    with open(_users(lake), "a", opener=_private) as stream:
        yield _try(stream, fcntl.LOCK_EX)


def _path(lake: Lake) -> Path:
    return lake.state / "endpoint.lock"


def _users(lake: Lake) -> Path:
    return lake.state / "users.lock"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _try(stream: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(stream, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_pid(stream: IO[str]) -> int:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        stream.seek(0)
        text = stream.read()
        # A holder writes its number just after it has the lock.
        if text.isdecimal() or time.monotonic() > deadline:
            return int(text or 0)
        time.sleep(0.02)
