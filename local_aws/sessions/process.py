"""Starting and ending the operating system's process behind a session."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local_aws.sessions.channel import Channel
from local_aws.sessions.java import find_java_home
from local_aws.sessions.start import PROJECT, StartOrder

FOREIGN_SETTINGS = (
    "SPARK_HOME",
    "SPARK_CONF_DIR",
    "HADOOP_CONF_DIR",
    "PYSPARK_SUBMIT_ARGS",
    "PYSPARK_DRIVER_PYTHON",
    "PYSPARK_GATEWAY_PORT",
)
"""Variables that would lead to another Spark than the project's own."""

GRACE_SECONDS = 5.0


class SessionProcess:
    """The process of one session, leader of a process group that holds its Java too.

    Parameters
    ----------
    order : StartOrder
        What the session starts with.
    environment : Mapping
        The environment that makes the session's AWS clients reach the endpoint.
    log : Path
        Where everything goes that the process writes outside of statements.
    """

    def __init__(self, order: StartOrder, environment: Mapping[str, str], log: Path):
        self._scratch = order.scratch
        self._scratch.mkdir(parents=True)
        ours, theirs = socket.socketpair()
        with theirs, log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local_aws.sessions.worker", str(theirs.fileno()), str(os.getpid())],
                cwd=self._scratch,
                env=session_environment(environment, order.scratch),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.channel = Channel(ours)
        self.channel.send(order.to_message())

    @property
    def pid(self) -> int:
        """The process id, which is the id of its group too."""
        return self._process.pid

    def end(self) -> int:
        """Wait a little for the process to end, then end its whole group; gives its exit code."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_SECONDS)
        self.kill()
        code = self._process.wait()
        self.channel.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
        return code

    def kill(self) -> None:
        """End the process group at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def session_environment(environment: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """The environment of a process with Spark: the project's own Spark, Java 17, and nothing of other installations."""
    kept = {name: value for name, value in environment.items() if name not in FOREIGN_SETTINGS}
    return kept | {
        "JAVA_HOME": find_java_home(environment),
        "MPLBACKEND": "Agg",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(PROJECT),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "TMPDIR": str(scratch),
    }
