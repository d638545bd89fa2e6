"""Starting and ending the operating system's process behind a session."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from multiprocessing import Pipe
from pathlib import Path

from local_aws.glue.sessions.arguments import StartError, event_log_path
from local_aws.glue.sessions.channel import Channel
from local_aws.glue.sessions.java import find_java_home
from local_aws.glue.sessions.start import SOURCES, StartOrder
from local_aws.lake import Lake

KEPT = frozenset(
    {
        "HOME", "LD_LIBRARY_PATH", "LOGNAME", "NO_PROXY", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TZ", "USER",
        "no_proxy",
    }
)  # fmt: skip
KEPT_PREFIXES = ("AWS_", "LOCAL_AWS_")
"""All that a session's process has of its user's environment: as on AWS, nothing else can change what it does."""

GRACE_SECONDS = 5.0


class SessionProcess:
    """The process of one session, leader of a process group that holds its Java too.

    ``environment`` makes the session's AWS clients reach the endpoint; ``log`` takes all that it writes outside of
    statements.
    """

    def __init__(self, order: StartOrder, environment: Mapping[str, str], log: Path):
        self._order = order
        order.scratch.mkdir(parents=True)
        ours, theirs = Pipe()
        with theirs, log.open("ab") as output:
            self._process = subprocess.Popen(
                [_python(order.lake), "-m", "local_aws.glue.sessions.worker", str(theirs.fileno()), str(os.getpid())],
                cwd=order.scratch,
                env=session_environment(environment, order.lake, order.scratch),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        with contextlib.suppress(OSError):  # it has ended already, which its channel tells
            ours.send(order)
        self.channel = Channel(ours)

    @property
    def pid(self) -> int:
        """The process id, which is the id of its group too."""
        return self._process.pid

    def end(self) -> int | None:
        """Wait a little for the process to end, then end its whole group; gives the exit code of its own end."""
        code = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(GRACE_SECONDS)
        self.kill()
        self._process.wait()
        self.channel.close()
        return code

    def clear_away(self) -> None:
        """Copy Spark's event log to where the session's arguments want it, and remove the session's own folder."""
        order = self._order
        with contextlib.suppress(StartError, OSError):  # its bucket is gone
            for log in sorted(order.event_logs.rglob("[!.]*")):
                if log.is_file():
                    _publish(log, event_log_path(order.arguments, order.lake) / log.relative_to(order.event_logs))
        shutil.rmtree(order.scratch, ignore_errors=True)

    def kill(self) -> None:
        """End the process group at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def _publish(log: Path, target: Path) -> None:
    """Copy a log to its key in a bucket whole, with the time of the copy as its own."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = log.with_name(f"{log.name}.copy")
    shutil.copyfile(log, draft)
    draft.replace(target)


def session_environment(environment: Mapping[str, str], lake: Lake, scratch: Path) -> dict[str, str]:
    """The environment of a process with Spark: this installation's Spark, Java 17, and nothing of other installations.

    The lake has plain names for paths that Java and the shell scripts of Spark cannot take; temporary files go to
    ``scratch``.
    """
    kept = {name: environment[name] for name in environment if name in KEPT or name.startswith(KEPT_PREFIXES)}
    (pyspark,) = find_spec("pyspark").submodule_search_locations
    return kept | {
        "JAVA_HOME": str(lake.plain(Path(find_java_home(environment)))),
        # Java takes file names for what the locale says, whatever they are.
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "PYSPARK_PYTHON": _python(lake),
        "PYTHONPATH": str(lake.plain(SOURCES)),
        "PYTHONUTF8": "1",
        "SPARK_HOME": str(lake.plain(Path(pyspark))),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "TMPDIR": str(scratch),
    }


def _python(lake: Lake) -> str:
    """This Python, in its own environment."""
    executable, prefix = Path(sys.executable), Path(sys.prefix)
    if not executable.is_relative_to(prefix):
        return str(executable)
    return str(lake.plain(prefix) / executable.relative_to(prefix))
