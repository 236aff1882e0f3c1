"""Frames: JSON messages of bounded size over a socket, each by a deadline."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any, NoReturn

LARGEST = 80 * 1024 * 1024
"""Bytes of one message; nothing longer is even read. A table of 6 million numbers fits."""

_HEAD = struct.Struct(">I")
_SMALL = 1 << 16
"""Bytes that are cheaper to copy than to send in two."""


class ChannelError(Exception):
    """The other side is gone, late, or says what is no message."""


class TooLargeError(ChannelError):
    """A message that is too large to be sent; the channel is as it was."""


class LateError(ChannelError):
    """No whole message by the deadline."""


def send(channel: socket.socket, message: Mapping[str, Any], seconds: float | None = None) -> None:
    """Send one message.

    Raises
    ------
    TooLargeError
        If it is too large.
    ChannelError
        If the other side does not take it in time.
    """
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    # Before it is copied once more: there is a limit of memory too.
    content = text.encode("utf-8", "surrogatepass") if len(text) <= LARGEST else b""
    if not content or len(content) > LARGEST:
        raise TooLargeError(f"超过 {LARGEST >> 20} MB")
    del text
    channel.settimeout(seconds)
    try:
        _send_all(channel, _HEAD.pack(len(content)), content)
    except TimeoutError as error:
        raise LateError("not taken in time") from error
    except OSError as error:
        raise ChannelError("the other side is gone") from error


def _send_all(channel: socket.socket, head: bytes, content: bytes) -> None:
    if len(content) < _SMALL:
        channel.sendall(head + content)
    else:
        channel.sendall(head)
        channel.sendall(content)


def receive(channel: socket.socket, seconds: float | None = None) -> dict[str, Any]:
    """Receive one message within so many seconds.

    Raises
    ------
    LateError
        If it is not whole by then.
    ChannelError
        If the other side is gone, or what came is no JSON object of bounded size.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    (length,) = _HEAD.unpack(_exactly(channel, _HEAD.size, deadline))
    if length > LARGEST:
        raise ChannelError(f"message of {length} bytes")
    content = _exactly(channel, length, deadline)
    try:
        message = json.loads(content.decode("utf-8", "surrogatepass"), parse_constant=_refuse)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ChannelError("no JSON, or too much of it") from error
    if not isinstance(message, dict):
        raise ChannelError("no object")
    return message


def _exactly(channel: socket.socket, length: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise LateError("late")
        channel.settimeout(left)
        try:
            part = channel.recv(min(length - len(parts), 1 << 20))
        except TimeoutError as error:
            raise LateError("late") from error
        except OSError as error:
            raise ChannelError("the other side is gone") from error
        if not part:
            raise ChannelError("the other side is gone")
        parts += part
    return bytes(parts)


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)
