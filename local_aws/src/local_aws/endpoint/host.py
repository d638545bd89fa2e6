"""The endpoint's process: takes the lake and a port, serves until it is told to stop, leaves nothing behind."""

import errno
import logging
import os
import resource
import select
import signal
import socket
import threading
from logging.handlers import RotatingFileHandler

from cheroot import wsgi

from local_aws import lock
from local_aws.endpoint.server import Application
from local_aws.endpoint.services import Services
from local_aws.lake import Lake
from local_aws.profile import last_port, read_credentials, write_profile
from local_aws.unkind import Unkindness

HOST = "127.0.0.1"
log = logging.getLogger("local_aws")

_THREADS = 32  # GetStatement holds a thread for up to 20 s; a batch run has one or two of them waiting at a time
_LOG_BYTES = 1_000_000
_LOOK_SECONDS = 1.0
_LEAST_FILES, _MOST_FILES = 1024, 65_536  # Spark alone has its 300 jars open


class PortUnavailable(Exception):
    """The port asked for cannot be had; the message says why and what to do."""


class TooFewFiles(Exception):
    """The limit on open files is too low; the message says what it is and how to set it."""


class _Server(wsgi.Server):
    """cheroot on a socket that is already bound, so that a taken port is known before anything is written."""

    def __init__(self, bound: socket.socket, application: Application):
        # cheroot lets 5 connections wait; what is more the system drops, and a client asks again a second later.
        options = {"numthreads": _THREADS, "request_queue_size": socket.SOMAXCONN, "timeout": 60, "shutdown_timeout": 3}
        super().__init__(bound.getsockname(), application, **options)
        self.keep_alive_conn_limit = 4 * _THREADS
        self.max_request_header_size = 64 * 1024
        self._bound = bound

    def bind(self, family: int, type: int, proto: int = 0) -> socket.socket:  # noqa: A002 - cheroot's name
        self.socket = self._bound
        return self.socket

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        log.log(level, "%s", msg)


class _StopSignal:
    """SIGTERM or SIGINT, at once also where another thread takes it: that wakes nobody who waits for a lock."""

    def __init__(self):
        self._ours, self._theirs = socket.socketpair()
        self._theirs.setblocking(False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(self._theirs.fileno())

    def wait(self, seconds: float | None) -> bool:
        """Wait for one; whether it came."""
        return bool(select.select([self._ours], [], [], seconds)[0])


def serve(lake: Lake, port: int, while_used: bool) -> None:
    """Serve a lake until SIGTERM or SIGINT.

    Parameters
    ----------
    port : int
        The port on 127.0.0.1; 0 takes the one of last time where it is free, else any.
    while_used : bool
        End, too, when no process uses it any more (`local_aws.lock.using`), however the last one ended.

    Raises
    ------
    LakeBusy, PortUnavailable, TooFewFiles
        If another endpoint serves the lake, or what is needed cannot be had.
    """
    _allow_open_files()
    stop = _StopSignal()
    with lock.acquire(lake), _bind(lake, port) as bound:
        _log_to(lake)
        write_profile(lake, bound.getsockname()[1])
        application = Application(read_credentials(lake), Services(lake), Unkindness(lake))
        _run(lake, _Server(bound, application), application, stop, while_used)


def _run(lake: Lake, server: _Server, application: Application, stop: "_StopSignal", while_used: bool) -> None:
    server.prepare()
    # Nobody waits for its end: it looks about twice a second, and every answer is out when the application is closed.
    front = threading.Thread(target=server.serve, name="endpoint", daemon=True)
    front.start()
    try:
        port = server.bind_addr[1]
        lake.save(lock.PUBLISHED, {"pid": os.getpid(), "port": port, "while_used": while_used})
        log.info("serving %s on port %d, pid %d", lake.root, port, os.getpid())
        while not stop.wait(_LOOK_SECONDS if while_used else None):
            with lock.last_user(lake) as unused:
                if unused:
                    log.info("nobody uses this endpoint any more")
                    break
    finally:
        (lake.state / lock.PUBLISHED).unlink(missing_ok=True)
        application.close()
        lake.forget_plain_names()
        log.info("stopped")


def _allow_open_files() -> None:
    """Raise this process's limit on open files, which its sessions inherit, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft != resource.RLIM_INFINITY and soft < _LEAST_FILES:
        raise TooFewFiles(
            f"The limit on open files is {soft}, and the endpoint with its Spark sessions needs {_LEAST_FILES}: "
            f"set it with `ulimit -n {_LEAST_FILES}`, or have your administrator raise its hard limit."
        )


def _bind(lake: Lake, port: int) -> socket.socket:
    if port:
        return _listen_on(port)
    try:
        return _listen_on(last_port(lake))
    except PortUnavailable:
        return _listen_on(0)


def _listen_on(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if port:
        # So that a restart gets its port back at once; with port 0 it could give out one that another is about to use.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        bound.bind((HOST, port))
        bound.listen()
    except OSError as error:
        bound.close()
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be had: {error.strerror}"
        raise PortUnavailable(f"Port {port} {why}. Name another one with --port, or 0 for any free one.") from error
    return bound


def _log_to(lake: Lake) -> None:
    handler = RotatingFileHandler(lake.state / "endpoint.log", maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
