"""Learner: runs a submission's cells and gives plain values out; knows no test and no key.

Whatever it says is a learner's word: the examiner takes values from it, never a verdict.
"""

from __future__ import annotations

import base64
import io
import json
import os
import socket
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import PurePosixPath
from typing import Any

from zhixing.kernels.walls import FOLDER
from zhixing.yard.frames import ChannelError, receive, send
from zhixing.yard.functions import told_function
from zhixing.yard.handles import Handles
from zhixing.yard.plain import NotPlainError, from_plain, to_plain
from zhixing.yard.raised import told_class, told_error
from zhixing.yard.shell import Shell
from zhixing.yard.timelimit import time_limit

LONGEST_TEXT = 100_000
"""Characters of what one call prints that cross to the examiner."""

SECONDS_AHEAD = 0.05
LARGEST_AHEAD = 1 << 20
"""After this much time, or that many characters, no more items of an iterator are fetched ahead."""


class Learner:
    """One submission's interpreter behind a socket.

    Parameters
    ----------
    channel
        Where requests come from; one at a time, each answered under its number.
    """

    def __init__(self, channel: socket.socket, shell: Shell) -> None:
        self._channel, self._shell = channel, shell
        self._handles = Handles()
        self._told: dict[int, dict[str, Any]] = {}
        self._requests: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "files": self._files,
            "run": self._run,
            "get": self._get,
            "call": self._call,
            "next": self._next,
        }

    def serve(self) -> None:
        """Answer until the other side is gone."""
        while True:
            request = receive(self._channel)
            reply = self._requests[request["op"]](request)
            try:
                send(self._channel, {"id": request["id"], **reply})
            except ChannelError as error:
                send(self._channel, {"id": request["id"], "unplain": str(error)})

    def _files(self, request: dict[str, Any]) -> dict[str, Any]:
        write_files(request["files"], request.get("environ", {}))
        return {}

    def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        with time_limit(request["seconds"]):
            outputs, result = self._shell.outputs_of(request["source"])
        # Also where the code keeps its traceback from being shown.
        error = result.error_before_exec or result.error_in_exec
        failed = told_error(error) if error is not None else None
        return {"outputs": outputs, "count": result.execution_count, "failed": failed}

    def _get(self, request: dict[str, Any]) -> dict[str, Any]:
        known = self._shell.user_ns
        return {
            "values": {name: self._value(known[name]) for name in request["names"] if name in known}
        }

    def _value(self, value: Any) -> dict[str, Any]:
        try:
            return {"value": self._written(value)}
        except Exception as error:  # noqa: BLE001 - a learner's object may raise anything
            return {
                "unplain": str(error) if isinstance(error, NotPlainError) else type(error).__name__
            }

    def _written(self, value: Any) -> Any:
        return to_plain(value, self._reference)

    def _reference(self, value: Any) -> dict[str, Any] | None:
        if isinstance(value, type):
            is_error = issubclass(value, Exception)
            return {"t": "exception", **told_class(value)} if is_error else None
        if isinstance(value, io.IOBase):
            return None  # an open file is an iterator too, of what lies in it
        number = self._handles.number_of(value)
        if number is None:
            return None
        if isinstance(value, Iterator):
            return {"t": "iterator", "n": number}
        if number not in self._told:
            self._told[number] = {"t": "function", "v": number, "name": "function"}
            self._told[number] = told_function(value, number, self._written)
        return self._told[number]

    def _referred(self, plain: dict[str, Any]) -> Any:
        return self._handles.at(plain["n" if plain["t"] == "iterator" else "v"])

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        printed = StringIO()
        given: dict[str, Any] = {}
        try:
            with time_limit(request["seconds"]), redirect_stdout(printed):
                args = [from_plain(one, self._referred) for one in request["args"]]
                kwargs = {
                    name: from_plain(one, self._referred) for name, one in request["kwargs"].items()
                }
                given = {**_by_place(args), **kwargs}
                found = self._handles.at(request["function"])(*args, **kwargs)
                reply = self._value(found)
        except BaseException as error:  # noqa: BLE001 - also SystemExit and KeyboardInterrupt
            reply = {"error": told_error(error, self._written)}
        reply["printed"] = printed.getvalue()[:LONGEST_TEXT]
        reply["changed"] = self._changed(request, given)
        return reply

    def _next(self, request: dict[str, Any]) -> dict[str, Any]:
        """Take items of an iterator: what comes after an error is left for the next time."""
        printed = StringIO()
        items: list[dict[str, Any]] = []
        reply: dict[str, Any] = {"items": items}
        until, size = time.monotonic() + SECONDS_AHEAD, 0
        try:
            with time_limit(request["seconds"]), redirect_stdout(printed):
                iterator = self._handles.at(request["iterator"])
                while len(items) < request["most"] and size < LARGEST_AHEAD:
                    items.append(self._value(next(iterator)))
                    size += len(json.dumps(items[-1]))
                    if time.monotonic() > until:
                        break
        except StopIteration:
            reply["is_over"] = True
        except BaseException as error:  # noqa: BLE001 - also SystemExit and KeyboardInterrupt
            reply["error"] = told_error(error, self._written)
        return {**reply, "printed": printed.getvalue()[:LONGEST_TEXT]}

    def _changed(self, request: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
        """Arguments that the function may change in place and did, as they are now."""
        before = {**_by_place(request["args"]), **request["kwargs"]}
        told = {name: self._value(now[name]) for name in request["changes"] if name in now}
        return {
            name: one["value"]
            for name, one in told.items()
            if "value" in one and one["value"] != before[name]
        }


def _by_place(args: list[Any]) -> dict[str, Any]:
    return {str(place): one for place, one in enumerate(args)}


def write_files(files: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Write the course's side files (base64) into the job's folder."""
    os.environ.update(environ)
    for name, content in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"side file {name!r}")
        place = FOLDER / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(base64.b64decode(content))


_shell: Shell | None = None


def preload() -> None:
    """Make the shell before the fork; run what is slow the first time."""
    global _shell
    _shell = Shell.instance()
    _shell.outputs_of(_FIRST)
    _shell.reset(new_session=True)  # type: ignore[no-untyped-call]
    warnings.resetwarnings()


_FIRST = """
import pandas as pd, numpy as np
t = pd.DataFrame({"甲": [1, 2], "乙": ["x", "y"]})
display(t); t.groupby("乙")["甲"].sum(); t.merge(t, on="甲").to_dict(); t["乙"].str.strip()
t.describe()
1 / 0
"""


def run(channels: list[socket.socket]) -> None:
    """Serve one submission; the process ends with it."""
    Learner(channels[0], _shell or Shell.instance()).serve()
