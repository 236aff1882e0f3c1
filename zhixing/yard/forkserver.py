"""Fork-server: the one program of a yard. It imports once what jobs need and forks one for each.

It stays single-threaded: a fork of a process with threads may hang. Between the fork and the
first line of a job lie the walls (:mod:`zhixing.kernels.walls`) and the filter of system calls.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from zhixing.kernels.walls import (
    Limits,
    WallError,
    close_all_but,
    die_with_parent,
    next_fork_apart,
    put_up_walls,
    take_own_users,
)
from zhixing.yard.cgroups import INSIDE, JobGroups, enter_group, is_out_of_memory
from zhixing.yard.frames import send
from zhixing.yard.residents import (
    exact_bytes,
    most_bytes,
    own_mapped_bytes,
    processes_by_job,
)
from zhixing.yard.syscalls import SyscallFilter

SECONDS_BETWEEN_LOOKS = 0.05
"""How often the memory of jobs is looked at, also where a control group bounds it: a wall more."""


@dataclass
class Fork:
    """A fork behind walls of its own, the first process of its own namespace.

    Parameters
    ----------
    line
        Where it waits for the descriptors that make it a job.
    group
        Control group that it is in, where the kernel counts.
    """

    pid: int
    line: socket.socket
    group: Path | None = None
    why: str = ""


@dataclass
class ForkServer:
    """Forks jobs on request over control sockets: the first of them, and those it brings."""

    first: socket.socket
    role: Any
    limits: Limits
    filter: SyscallFilter
    groups: JobGroups | None = None
    jobs: dict[tuple[int, int], Fork] = field(default_factory=dict)
    spares: list[Fork] = field(default_factory=list)
    controls: list[socket.socket] = field(default_factory=list)
    made: Iterator[int] = field(default_factory=itertools.count)
    mapped_bytes: int = field(default_factory=own_mapped_bytes)
    next_look: float = 0.0

    def serve(self) -> None:
        """Answer requests until the first control closes; then end with all jobs."""
        self.controls.append(self.first)
        send_line(self.first, {"ready": os.getpid(), "threads": _threads()})
        while True:
            self._keep_spares()
            ready, _, _ = select.select(self.controls, [], [], self._patience())
            for control in ready:
                content, descriptors, *_ = socket.recv_fds(control, 65536, 4)
                if content:
                    self._answer(control, json.loads(content), descriptors)
                elif control is self.first:
                    return
                else:
                    self._forget(control)
            # By the clock: requests that come one after the other must not keep us from it.
            if self.jobs and time.monotonic() >= self.next_look:
                self._look_at_memory()
                self.next_look = time.monotonic() + SECONDS_BETWEEN_LOOKS

    def _patience(self) -> float | None:
        return max(0.0, self.next_look - time.monotonic()) if self.jobs else None

    def _answer(
        self, control: socket.socket, request: dict[str, Any], descriptors: list[int]
    ) -> None:
        if request["op"] == "connect":
            self.controls.append(socket.socket(fileno=descriptors.pop()))
            reply: dict[str, Any] = {"connected": True}
        elif request["op"] == "start":
            reply = self._start(control, request["job"], descriptors)
        else:
            reply = self._end(control, request["job"])
        for number in descriptors:
            os.close(number)
        send_line(control, reply)

    def _forget(self, control: socket.socket) -> None:
        """End the jobs of somebody who is gone."""
        for owner, number in [key for key in self.jobs if key[0] == control.fileno()]:
            self._end_job((owner, number))
        self.controls.remove(control)
        control.close()

    def _keep_spares(self) -> None:
        """Have a fork ready for everybody who may ask: its walls go up while others work."""
        while len(self.spares) < len(self.controls):
            try:
                self.spares.append(self._forked())
            except (OSError, WallError):
                return  # whoever asks is told why, when it fails again

    def _start(self, control: socket.socket, number: int, descriptors: list[int]) -> dict[str, Any]:
        try:
            self.jobs[control.fileno(), number] = self._given(descriptors)
        except (OSError, WallError) as error:
            return {"error": f"{type(error).__name__}: {error}"}
        return {"started": number}

    def _given(self, descriptors: list[int]) -> Fork:
        """Give descriptors to a spare fork, else to a new one."""
        while self.spares:
            spare = self.spares.pop()
            with suppress(OSError):  # it was killed while it waited; the next will do
                socket.send_fds(spare.line, [b"job"], descriptors)
                return spare
            self._bury(spare)
        fork = self._forked()
        socket.send_fds(fork.line, [b"job"], descriptors)
        return fork

    def _forked(self) -> Fork:
        group = self.groups.make(next(self.made)) if self.groups else None
        ours, theirs = socket.socketpair()
        with theirs, next_fork_apart():
            pid = os.fork()
            if pid == 0:
                self._be_job(theirs, group)
        return Fork(pid, ours, group)

    def _be_job(self, line: socket.socket, group: Path | None) -> NoReturn:
        try:
            failure = _failure_of(lambda: self._part(group))
            _, descriptors, *_ = socket.recv_fds(line, 16, 4)
            failure = failure or _failure_of(lambda: self._run(descriptors))
            if failure is not None:
                _tell(descriptors, failure)
        finally:
            os._exit(0)
        raise AssertionError

    def _part(self, group: Path | None) -> None:
        os.setsid()
        if group is not None:
            enter_group(group)
        put_up_walls(self.limits)

    def _run(self, descriptors: list[int]) -> None:
        channels = [socket.socket(fileno=number) for number in descriptors]
        close_all_but(descriptors)
        _reseed()
        self.filter.put_in_force()
        send(channels[0], {"ready": True})
        self.role.run(channels)

    def _end(self, control: socket.socket, number: int) -> dict[str, Any]:
        return {"ended": number, "why": self._end_job((control.fileno(), number))}

    def _end_job(self, key: tuple[int, int]) -> str:
        job = self.jobs.pop(key, None)
        if job is None:
            return "unknown"
        return self._bury(job)

    def _bury(self, fork: Fork) -> str:
        _kill(fork.pid)
        os.waitpid(fork.pid, 0)
        fork.line.close()
        if fork.group is not None:
            fork.why = fork.why or ("memory" if is_out_of_memory(fork.group) else "")
            with suppress(OSError):  # a process that is not quite gone; the yard's end removes it
                fork.group.rmdir()
        return fork.why

    def _look_at_memory(self) -> None:
        """End every job that takes more, with all it started, than one may."""
        processes = processes_by_job(self.mapped_bytes)
        for job in self.jobs.values():
            own = processes.get(job.pid, ())
            most = self.limits.memory_bytes
            if not job.why and most_bytes(own) > most and exact_bytes(own) > most:
                job.why = "memory"
                _kill(job.pid)


def _failure_of(step: Callable[[], None]) -> BaseException | None:
    try:
        step()
    except BaseException as error:  # noqa: BLE001 - a job's end, said as soon as anybody listens
        return error
    return None


def _kill(pid: int) -> None:
    # First of its namespace: the kernel ends all others with it.
    with suppress(ProcessLookupError):  # it may have ended by itself
        os.kill(pid, signal.SIGKILL)


def _threads() -> int:
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def _reseed() -> None:
    import random

    import numpy as np

    random.seed()
    np.random.seed()  # noqa: NPY002 - what learners' code uses


def _tell(descriptors: list[int], error: BaseException) -> None:
    try:
        channel = socket.socket(fileno=os.dup(descriptors[0]))
        send(channel, {"failed": f"{type(error).__name__}: {error}"[:500]}, seconds=1)
    except BaseException:  # noqa: BLE001, S110 - nobody listens any more
        pass


def send_line(control: socket.socket, message: dict[str, Any]) -> None:
    """Send one packet."""
    control.send(json.dumps(message).encode())


def main(arguments: list[str]) -> None:
    """Serve with the role and limits that the arguments name.

    The server is the first process of a namespace that it owns: only so may it give each job one.
    """
    take_own_users(and_processes=True)
    server = os.fork()
    if server:
        os.close(int(arguments[0]))
        os.waitpid(server, 0)
        return
    die_with_parent()
    number, module, limits = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    role = importlib.import_module(module)
    load: Callable[[], None] = role.preload
    load()
    gc.collect()
    gc.freeze()
    first = socket.socket(fileno=int(number))
    bounds = Limits(**json.loads(limits))
    groups = JobGroups(INSIDE, bounds) if INSIDE.is_dir() else None
    ForkServer(first, role, bounds, SyscallFilter(), groups).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
