"""Start, find and stop the endpoint of a lake, from another process."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local_aws import lock
from local_aws.lake import Lake, LakeError, open_lake
from local_aws.profile import aws_environment

_START_SECONDS = 60
_STOP_SECONDS = 60

_children: dict[int, subprocess.Popen] = {}
# Endpoints that this process has started: their exit status must be fetched by it, or they stay as zombies.


class EndpointError(Exception):
    """The endpoint cannot be started or stopped; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class Endpoint:
    """A running endpoint of a lake."""

    lake: Lake
    port: int
    pid: int
    while_used: bool = False
    """Whether it ends when no process uses it any more."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment in which AWS clients speak to this endpoint; see `local_aws.profile.aws_environment`."""
        # For clients that read no profile, and this variable, as Arrow's does for a URI.
        return aws_environment(self.lake) | {"AWS_ENDPOINT_URL_S3": self.url}


def start(lake_root: Path | str, port: int = 0, while_used: bool = False) -> Endpoint:
    """Start the endpoint of a lake as a process of its own, and wait until it answers.

    Parameters
    ----------
    lake_root : Path or str
        The lake directory; it is made where it is missing.
    port : int
        The port on 127.0.0.1; 0 takes the one of last time where it is free, else any.
    while_used : bool
        Let it end when no process uses it any more; the caller has to be one (`local_aws.lock.using`).

    Raises
    ------
    EndpointError
        If it cannot be started; no process is left behind.
    """
    lake = _open(lake_root)
    command = [sys.executable, "-X", "utf8", "-m", "local_aws", "--lake", str(lake.root), "--port", str(port)]
    if while_used:
        command.append("--while-used")
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            cwd=Path(__file__).parent.parent,
            env=aws_environment(lake),
            start_new_session=True,
        )
        try:
            endpoint = _await_answer(lake, process, complaints)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    _children[process.pid] = process
    return endpoint


def running(lake_root: Path | str) -> Endpoint | None:
    """The endpoint that serves a lake now, or None. What a killed one has left behind is cleared away."""
    lake = Lake(Path(lake_root).expanduser().resolve())
    if not lake.state.is_dir():
        return None
    pid = lock.holder(lake)
    if pid is None:
        (lake.state / lock.PUBLISHED).unlink(missing_ok=True)
        return None
    return _published(lake, pid)


def stop(lake_root: Path | str) -> bool:
    """Stop the endpoint of a lake and wait until it and all its sessions are gone; False where there was none.

    Raises
    ------
    EndpointError
        If it does not end.
    """
    lake = Lake(Path(lake_root).expanduser().resolve())
    pid = lock.holder(lake) if lake.state.is_dir() else None
    if not pid:
        return False
    with suppress(ProcessLookupError):  # it may have ended by itself just now
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while lock.holder(lake) == pid:
        if time.monotonic() > deadline:
            raise EndpointError(f"The endpoint of {lake.root} (pid {pid}) does not end: see {lake.state}/endpoint.log.")
        time.sleep(0.01)
    child = _children.pop(pid, None)
    if child is not None:
        child.wait(_STOP_SECONDS)
    return True


@contextmanager
def aws_for(lake_root: Path | str, port: int = 0) -> Iterator[dict[str, str]]:
    """The environment in which AWS clients work on a lake.

    The lake's running endpoint is used, or one is started, which the last of its users stops: also where they are
    several processes, and where one is killed.

    Raises
    ------
    EndpointError
        If it cannot be started.
    """
    lake = _made(lake_root)
    try:
        with lock.using(lake):
            yield _find_or_start(lake, port).environment()
    finally:
        with lock.last_user(lake) as unused:
            left = running(lake_root) if unused else None
            if left and left.while_used:
                stop(lake_root)


def _find_or_start(lake: Lake, port: int) -> Endpoint:
    """The lake's endpoint, or one for as long as it is used; another process may be starting or ending it just now."""
    deadline = time.monotonic() + _STOP_SECONDS
    while True:
        found = running(lake.root)
        if found:
            return found
        try:
            return start(lake.root, port, while_used=True)
        except EndpointError:
            if lock.holder(lake) is None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _made(lake_root: Path | str) -> Lake:
    try:
        return open_lake(lake_root)
    except LakeError as error:
        raise EndpointError(str(error)) from error


def _open(lake_root: Path | str) -> Lake:
    lake = _made(lake_root)
    pid = lock.holder(lake)
    if pid is not None:
        raise EndpointError(str(lock.LakeBusy(lake, pid)))
    return lake


def _await_answer(lake: Lake, process: subprocess.Popen, complaints: IO[str]) -> Endpoint:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            complaints.seek(0)
            lines = complaints.read().strip().splitlines() or [f"it ended with status {process.returncode}"]
            raise EndpointError(f"The local AWS endpoint did not start: {lines[-1]}")
        endpoint = _published(lake, process.pid)
        if endpoint is not None:
            return endpoint
        time.sleep(0.02)
    raise EndpointError(f"The endpoint did not answer within {_START_SECONDS} s: see {lake.state}/endpoint.log.")


def _published(lake: Lake, pid: int) -> Endpoint | None:
    """What a process that holds the lake's lock has made known, which it does as long as it answers."""
    document = lake.load(lock.PUBLISHED)
    if not isinstance(document, dict) or document["pid"] != pid:
        return None
    return Endpoint(lake, document["port"], pid, document.get("while_used", False))
