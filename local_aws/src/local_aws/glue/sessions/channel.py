"""The line between the endpoint and a session's process: JSON documents over a pipe.

JSON and not the pipe's own pickles, since a session runs its user's code, and a pickle would run that in the endpoint.
"""

import contextlib
import json
import threading
from multiprocessing.connection import Connection
from typing import Any


class Channel:
    """One end of the line, which the channel owns."""

    def __init__(self, end: Connection):
        self._end = end
        self._sending = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message, to nobody where the other end is gone (its ``receive`` then tells why)."""
        with self._sending, contextlib.suppress(OSError):
            self._end.send_bytes(json.dumps(message).encode())

    def receive(self, timeout: float | None = None) -> dict[str, Any] | None:
        """The next message, None where none came within ``timeout`` seconds; EOFError when the other end is gone."""
        try:
            return json.loads(self._end.recv_bytes()) if self._end.poll(timeout) else None
        except OSError as error:
            raise EOFError("the other end of the channel is gone") from error

    def close(self) -> None:
        """Close this end."""
        self._end.close()
