"""The line between the endpoint and a session's process: JSON documents, one a line, over a socket pair."""

import json
import select
import socket
import threading
from typing import Any


class Channel:
    """One end of the line.

    Parameters
    ----------
    end : socket.socket
        A connected stream socket; the channel owns it.
    """

    def __init__(self, end: socket.socket):
        self._socket = end
        self._unread = b""
        self._sending = threading.Lock()

    def send(self, message: dict[str, Any]) -> bool:
        """Send a message; ``False`` where the other end is gone (its ``receive`` then tells why)."""
        data = json.dumps(message).encode() + b"\n"
        with self._sending:
            try:
                self._socket.sendall(data)
            except OSError:
                return False
        return True

    def receive(self, timeout: float | None = None) -> dict[str, Any] | None:
        """Wait for the next message.

        Returns
        -------
        dict or None
            The message, or ``None`` where none came within ``timeout`` seconds.

        Raises
        ------
        EOFError
            When the other end is gone.
        """
        while b"\n" not in self._unread:
            if not select.select([self._socket], [], [], timeout)[0]:
                return None
            try:
                piece = self._socket.recv(1 << 16)
            except ConnectionError:
                piece = b""
            if not piece:
                raise EOFError("the other end of the channel is gone")
            self._unread += piece
        line, self._unread = self._unread.split(b"\n", 1)
        return json.loads(line)

    def close(self) -> None:
        """Close this end."""
        self._socket.close()


def channel_from_descriptor(descriptor: int) -> Channel:
    """The channel on an inherited file descriptor."""
    return Channel(socket.socket(fileno=descriptor))
