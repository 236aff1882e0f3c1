"""Learner: runs a submission's cells and gives plain values out; knows no test and no key.

Whatever it says is a learner's word: the examiner takes values from it, never a verdict.
"""

from __future__ import annotations

import base64
import io
import json
import os
import random
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from zhixing.kernels.walls import FOLDER
from zhixing.yard.folder import Folder
from zhixing.yard.frames import TooLargeError, receive, send
from zhixing.yard.functions import lent_function, library_value, told_function
from zhixing.yard.handles import Handles
from zhixing.yard.heard import Heard
from zhixing.yard.plain import NotPlainError, from_plain, roughly, to_plain
from zhixing.yard.raised import Rebuilder, told_class, told_error
from zhixing.yard.shell import Shell
from zhixing.yard.timelimit import time_limit

ENOUGH_AT_ONCE = 16 << 20
"""Characters of values after which no more are put into the same message."""

SECONDS_AHEAD = 0.05
LARGEST_AHEAD = 1 << 20
"""After this much time, or that many characters, no more items of an iterator are fetched ahead."""


_LENT = "__lent__"
"""Attribute that tells a function of the test's by its number."""


class CourseError(Exception):
    """An exception of a class that only the course's test knows; above all of those."""


class Learner:
    """One submission's interpreter behind a socket.

    Parameters
    ----------
    channel
        Where requests come from; one at a time, each answered under its number.
    """

    def __init__(self, channel: socket.socket, shell: Shell) -> None:
        self._channel, self._shell = channel, shell
        self._handles, self._folder = Handles(), Folder(FOLDER)
        self._told: dict[int, dict[str, Any]] = {}
        self._lent: dict[int, Callable[..., Any]] = {}
        self._raised = Rebuilder(CourseError)
        self._number = 0
        # Threads of a learner's may share a function; the channel is one.
        self._asking = threading.RLock()
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
            self._answer(receive(self._channel))

    def _answer(self, request: dict[str, Any]) -> None:
        before, self._number = self._number, request["id"]
        reply = self._requests[request["op"]](request)
        self._number = before
        try:
            send(self._channel, {"id": request["id"], **reply})
        except TooLargeError as error:
            files: dict[str, Any] = {n: reply[n] for n in ("files", "gone") if n in reply}
            send(self._channel, {"id": request["id"], "unplain": str(error), **files})

    def _ask_back(self, lent: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the test's, which may call one of ours in turn."""
        told = [self._written(one) for one in args]
        named = {name: self._written(one) for name, one in kwargs.items()}
        with self._asking:
            request = {"id": self._number, "lent": lent, "args": told, "kwargs": named}
            send(self._channel, request)
            while "returned" not in (reply := receive(self._channel)):
                self._answer(reply)
        found = reply["returned"]
        if "error" in found:
            raise self._raised.error(found["error"], self._read)
        return self._read(found["value"])

    def _files(self, request: dict[str, Any]) -> dict[str, Any]:
        write_files(request["files"], request.get("environ", {}))
        # Last: a file of the learner's is to take no other module's place.
        sys.path.append(str(FOLDER))
        self._folder.remember()
        return {}

    def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        with time_limit(request["seconds"]):
            outputs, result = self._shell.outputs_of(request["source"])
        # Also where the code keeps its traceback from being shown.
        error = result.error_before_exec or result.error_in_exec
        failed = told_error(error) if error is not None else None
        return {"outputs": outputs, "count": result.execution_count, "failed": failed}

    def _get(self, request: dict[str, Any]) -> dict[str, Any]:
        """Give values by name; those that would be too much at once are to be asked for again."""
        known = self._shell.user_ns
        found: dict[str, Any] = {}
        left, size = [], 0
        for name in request["names"]:
            if name in known and size > ENOUGH_AT_ONCE:
                left.append(name)
            elif name in known:
                found[name] = self._value(known[name])
                size += roughly(found[name])
        return {"values": found, "left": left, "files": self._folder.news()}

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
        lent = getattr(value, "__dict__", {}).get(_LENT) if callable(value) else None
        if lent is not None and self._lent.get(lent) is value:
            return {"t": "lent", "v": lent}
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

    def _read(self, plain: Any) -> Any:
        return from_plain(plain, self._referred)

    def _referred(self, plain: dict[str, Any]) -> Any:
        if plain["t"] == "library":
            return library_value(plain["module"], plain["name"])
        if plain["t"] == "lent":
            return self._borrowed(plain["v"], plain["name"])
        return self._handles.at(plain["n" if plain["t"] == "iterator" else "v"])

    def _borrowed(self, number: int, name: str) -> Callable[..., Any]:
        if number not in self._lent:
            made = lent_function(name, lambda *args, **kwargs: self._ask_back(number, args, kwargs))
            made.__dict__[_LENT] = number
            self._lent[number] = made
        return self._lent[number]

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        heard = Heard(request.get("filter", ""))
        files = request.get("files", {})
        try:
            self._seed(request.get("seeds", {}))
            self._folder.take(files)
            with time_limit(request["seconds"]), heard:
                args = [self._read(one) for one in request["args"]]
                kwargs = {name: self._read(one) for name, one in request["kwargs"].items()}
                given = {**_by_place(args), **kwargs}
                found = self._handles.at(request["function"])(*args, **kwargs)
                reply = self._value(found)
        except BaseException as error:  # noqa: BLE001 - also SystemExit and KeyboardInterrupt
            reply = {"error": told_error(error, self._written)}
        gone = [name for name in files if not self._folder.has(name)]
        told = {"changed": self._changed(request, given), "files": self._folder.news()}
        return {**reply, **heard.told(), **told, "gone": gone}

    def _next(self, request: dict[str, Any]) -> dict[str, Any]:
        """Take items of an iterator: what comes after an error is left for the next time."""
        items: list[dict[str, Any]] = []
        reply: dict[str, Any] = {"items": items}
        until, size = time.monotonic() + SECONDS_AHEAD, 0
        heard = Heard(request.get("filter", ""))
        try:
            self._seed(request.get("seeds", {}))
            with time_limit(request["seconds"]), heard:
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
        return {**reply, **heard.told()}

    def _seed(self, states: dict[str, Any]) -> None:
        """Set at random what the test did."""
        if "random" in states:
            random.setstate(self._read(states["random"]))
        if "numpy" in states:
            np.random.set_state(self._read(states["numpy"]))  # noqa: NPY002 - what learners use

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
    # What it shows once, a job is to be shown too; filters stay as Python and IPython set them.
    with warnings.catch_warnings():
        _shell.outputs_of(_FIRST)
    _shell.reset(new_session=True)  # type: ignore[no-untyped-call]


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
