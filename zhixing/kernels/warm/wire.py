"""Wire: lines of JSON over a unix socket, with descriptors beside the first."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from typing import Any

MOST_BYTES = 4 << 20
"""Of one line; an environment is the longest thing said and Linux bounds it lower."""


class WireError(Exception):
    """What came is no line of JSON."""


def say(connection: socket.socket, message: Mapping[str, Any], fds: Sequence[int] = ()) -> None:
    """Send one message; ``fds`` go with its first byte."""
    content = json.dumps(message).encode() + b"\n"
    sent = socket.send_fds(connection, [content], list(fds)) if fds else 0
    connection.sendall(content[sent:])


class Ear:
    """Takes a stream apart into messages; keeps descriptors until somebody takes them."""

    def __init__(self) -> None:
        self._buffer = b""
        self.fds: list[int] = []
        self.is_over = False

    def hear(self, connection: socket.socket) -> list[dict[str, Any]]:
        """Read what is there; messages that are whole now.

        Raises
        ------
        WireError
            If a line is too long or no JSON object.
        """
        try:
            content, fds, *_ = socket.recv_fds(connection, 65536, 8)
        except BlockingIOError:
            return []
        except OSError:
            content, fds = b"", []
        self.fds += fds
        self.is_over = not content
        *lines, self._buffer = (self._buffer + content).split(b"\n")
        if len(self._buffer) > MOST_BYTES:
            raise WireError(f"a line of more than {MOST_BYTES} bytes")
        return [_message(line) for line in lines]


def _message(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise WireError(f"no JSON: {line[:80]!r}") from error
    if not isinstance(message, dict):
        raise WireError(f"no object: {line[:80]!r}")
    return message
