"""Interpreter: a learner's, as the examiner reaches it: cells to run, values, functions."""

from __future__ import annotations

import json
import socket
import sys
import time
import warnings
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from grading.engine.examiner_kinds import SECONDS_FOR_VALUES
from grading.engine.lent import Lent
from grading.engine.proxies import Proxies
from grading.engine.seeds import new_seeds
from grading.engine.sharedfiles import SharedFiles
from zhixing.kernels.walls import FOLDER
from zhixing.yard.frames import ChannelError, receive, send
from zhixing.yard.heard import LONGEST_WARNING, MOST_WARNINGS
from zhixing.yard.plain import NotPlainError, from_plain, to_plain
from zhixing.yard.raised import Rebuilder

SECONDS_OF_GRACE = 3
"""How much longer than its limit a call may stay silent: the learner's side interrupts first."""

MOST_OUTPUTS = 1000
LARGEST_OUTPUTS = 8 << 20
"""Characters of all outputs of one cell; the learner's side keeps to far less by itself."""

NOT_RUN = "前面的代码使程序停了，这一格没有运行。"
STOPPED = "这一格的代码使程序停了，后面的单元格没有运行。"

_LONGEST_NAME = 200


class LearnerError(Exception):
    """An exception of a class that only the learner's interpreter knows; above all of those."""


class LearnerGoneError(Exception):
    """The learner's interpreter ended, hung, or no longer speaks the protocol."""


class UnsealedError(Exception):
    """A value that does not cross: an object of a class, a plot, an open file."""


@dataclass(frozen=True)
class Taken:
    """What was taken from the learner's interpreter.

    Parameters
    ----------
    there
        Names that it has, also those whose values do not cross.
    problem
        A sentence on those; empty where there are none.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    there: frozenset[str] = frozenset()
    problem: str = ""


class Interpreter:
    """The learner's side of the channel; once it is gone it stays gone.

    Parameters
    ----------
    channel
        Socket to :mod:`zhixing.yard.learner`.
    """

    def __init__(self, channel: socket.socket) -> None:
        self._channel, self._number = channel, 0
        self._has_ended = False
        self._usual_filter = warnings.filters[:1]
        self._raised = Rebuilder(LearnerError)
        self._files = SharedFiles(FOLDER, ())
        self.proxies = Proxies(self)
        self._lent = Lent(self._from_plain, self._plain)
        self.deadline = 0.0
        self.calls = 0

    def has_ended(self) -> bool:
        """Whether the learner's side is gone for good."""
        return self._has_ended

    def write_files(self, files: dict[str, str], environ: dict[str, str]) -> None:
        """Put the course's side files into its folder."""
        self._files = SharedFiles(FOLDER, files)
        request = {"op": "files", "files": files, "environ": environ}
        try:
            self._asked(request, SECONDS_FOR_VALUES)
        except LearnerGoneError:
            return  # every cell will say so

    def run(self, source: str, seconds: float) -> dict[str, Any]:
        """Run a cell; returns its outputs as the learner's side tells them, unchecked."""
        if self._has_ended:
            return {"outputs": [error_output("NotRun", NOT_RUN)]}
        request = {"op": "run", "source": source, "seconds": seconds}
        try:
            reply = self._asked(request, seconds + SECONDS_OF_GRACE)
        except LearnerGoneError:
            return {"outputs": [error_output("Stopped", STOPPED)]}
        return {"outputs": _kept(reply.get("outputs")), "count": reply.get("count")}

    def values(
        self, names: Sequence[str], changes: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> Taken:
        """Take values by name; a name that is not there is left out.

        Parameters
        ----------
        changes
            Functions among them with the arguments that may come back changed.
        """
        try:
            there = self._told_values(names)
        except LearnerGoneError:
            return Taken(problem="（前面的代码使程序停了，取不到结果）")
        found, unsealed = {}, []
        for name, plain in there.items():
            try:
                value = self._rebuilt(plain)
                found[name] = self.proxies.with_changes(value, changes.get(name, ()))
            except UnsealedError as error:
                unsealed.append(f"{name}（{error}）")
        words = f"（{'、'.join(unsealed)} 不是检查能取的数据）" if unsealed else ""
        return Taken(found, frozenset(there), words)

    def _told_values(self, names: Sequence[str]) -> dict[str, Any]:
        """What is told of each name that is there; what is too much at once, one by one."""
        reply = self._asked({"op": "get", "names": list(names)}, SECONDS_FOR_VALUES)
        self._files.take(reply)
        told, left = reply.get("values"), reply.get("left")
        if isinstance(told, dict):
            there = {name: told[name] for name in names if name in told}
            again = [name for name in names if isinstance(left, list) and name in left]
            again = again if len(again) < len(names) else []
            return {**there, **self._told_values(again)} if again else there
        if len(names) == 1:
            return {names[0]: reply}
        return {key: one for name in names for key, one in self._told_values([name]).items()}

    def call(
        self, number: int, changes: Sequence[str], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Call a function of the learner's.

        Parameters
        ----------
        changes
            Arguments, by place or name, that may come back changed.

        Raises
        ------
        Exception
            What the function raised, as :mod:`zhixing.yard.raised` rebuilds it.
        """
        plain = [self._plain(one) for one in args]
        named = {name: self._plain(one) for name, one in kwargs.items()}
        files = self._files.given([*args, *kwargs.values()])
        request = {"op": "call", "function": number, "args": plain, "kwargs": named}
        reply = self._asked_in_time({**request, "changes": list(changes), "files": files})
        self._files.take(reply, files)
        given = {**{str(place): one for place, one in enumerate(args)}, **kwargs}
        self._take_back(reply.get("changed"), {n: given[n] for n in changes if n in given})
        if "error" in reply:
            raise self._raised.error(reply["error"], self._from_plain)
        return self._rebuilt(reply)

    def next_items(self, number: int, most: int) -> tuple[list[Any], Exception | None, bool]:
        """Take items of an iterator; what it raised after them, and whether it is over."""
        reply = self._asked_in_time({"op": "next", "iterator": number, "most": most})
        told = reply.get("items")
        if not isinstance(told, list):
            raise UnsealedError(str(reply.get("unplain", ""))[:_LONGEST_NAME])
        items = [self._rebuilt(one) for one in told[:most]]
        has_failed = "error" in reply
        error = self._raised.error(reply["error"], self._from_plain) if has_failed else None
        # One that gives nothing and does not end would be asked for ever.
        return items, error, bool(reply.get("is_over")) or not items

    def _asked_in_time(self, request: dict[str, Any]) -> dict[str, Any]:
        """Ask for what runs the learner's code, within what is left of the test's time."""
        self.calls += 1
        seconds = max(0.5, self.deadline - time.monotonic())
        request = {
            **request,
            "seconds": seconds,
            "seeds": new_seeds(),
            "filter": self._warn_filter(),
        }
        reply = self._asked(request, seconds + SECONDS_OF_GRACE, may_ask_back=True)
        self._say(reply)
        return reply

    def _asked(
        self, request: dict[str, Any], seconds: float, *, may_ask_back: bool = False
    ) -> dict[str, Any]:
        if self._has_ended:
            raise LearnerGoneError("前面的代码使程序停了")
        self._number += 1
        number, deadline = self._number, time.monotonic() + seconds
        try:
            send(self._channel, {"id": number, **request}, seconds)
            while "lent" in (reply := self._received(number, deadline, may_ask_back=may_ask_back)):
                send(self._channel, {"returned": self._lent.answer(reply)}, seconds)
        except ChannelError as error:
            self._has_ended = True
            raise LearnerGoneError("程序没有按时回答，或者回答不合规矩") from error
        return reply

    def _received(self, number: int, deadline: float, *, may_ask_back: bool) -> dict[str, Any]:
        reply = receive(self._channel, max(0.01, deadline - time.monotonic()))
        if reply.get("id") != number or ("lent" in reply and not may_ask_back):
            raise ChannelError("out of order")
        return reply

    def _rebuilt(self, reply: Any) -> Any:
        if not isinstance(reply, dict):
            raise UnsealedError("")
        if "value" not in reply:
            raise UnsealedError(str(reply.get("unplain", ""))[:_LONGEST_NAME])
        try:
            return self._from_plain(reply["value"])
        except NotPlainError as error:
            raise UnsealedError(str(error)[:_LONGEST_NAME]) from error

    def _from_plain(self, plain: Any) -> Any:
        return from_plain(plain, self._referred)

    def _referred(self, plain: dict[str, Any]) -> Any:
        if plain["t"] == "exception":
            return self._raised.kind(plain, is_own=True)
        if plain["t"] == "lent":
            return self._lent.at(plain)
        if plain["t"] == "iterator":
            return self.proxies.iterator(plain)
        if plain["t"] == "function":
            return self.proxies.function(plain, self._from_plain)
        raise NotPlainError(plain["t"])

    def _plain(self, value: Any) -> Any:
        try:
            return to_plain(value, self._reference)
        except (NotPlainError, TypeError) as error:
            raise UnsealedError(f"检查传给函数的 {type(value).__name__} 不是普通数据") from error

    def _reference(self, value: Any) -> dict[str, Any] | None:
        return self.proxies.reference(value) or self._lent.reference(value)

    def _warn_filter(self) -> str:
        """What the test asks to be done with all warnings; empty where it asks for nothing."""
        first = warnings.filters[:1]
        is_for_all = first and first[0][1:] == (None, Warning, None, 0)
        return str(first[0][0]) if is_for_all and first != self._usual_filter else ""

    def _say(self, reply: Mapping[str, Any]) -> None:
        """Let what the learner's code said be said here."""
        for name, stream in (("printed", sys.stdout), ("complained", sys.stderr)):
            text = reply.get(name)
            if isinstance(text, str) and text:
                stream.write(text)
        warned = reply.get("warned")
        for told in warned[:MOST_WARNINGS] if isinstance(warned, list) else ():
            kind = self._raised.kind(told) if isinstance(told, dict) else Exception
            if issubclass(kind, Warning):
                text = str(told.get("text", ""))[:LONGEST_WARNING]
                warnings.warn_explicit(text, kind, "<学员的代码>", 1)

    def _take_back(self, changed: Any, given: Mapping[str, Any]) -> None:
        """Let arguments that the function changed in place be changed here too."""
        for name, plain in changed.items() if isinstance(changed, dict) else ():
            if name in given:
                _become(given[name], self._from_plain(plain))


def _kept(outputs: Any) -> list[Any]:
    """Outputs as they were told, if they are not so many that nobody could pass them on."""
    if not isinstance(outputs, list) or len(json.dumps(outputs)) > LARGEST_OUTPUTS:
        return []
    return outputs[:MOST_OUTPUTS]


def error_output(name: str, text: str) -> dict[str, Any]:
    """Output of a cell that failed, without a traceback."""
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}


def _become(value: Any, after: Any) -> None:
    """Change a value in place to what it is afterwards; other types cannot be changed at all."""
    if type(value) is not type(after):
        return
    if isinstance(value, list):
        value[:] = after
    elif isinstance(value, dict | set):
        value.clear()
        value.update(after)
    elif isinstance(value, deque):
        value.clear()
        value.extend(after)
    elif isinstance(value, np.ndarray) and value.shape == after.shape:
        value[...] = after
    elif isinstance(value, pd.DataFrame):
        pd.DataFrame.__init__(value, after)  # type: ignore[call-arg]
    elif isinstance(value, pd.Series):
        pd.Series.__init__(value, after)  # type: ignore[call-arg]
