"""Fork-server: the one program of a yard. It imports once what jobs need and forks one for each.

It stays single-threaded: a fork of a process with threads may hang. Between the fork and the
first line of a job lie the walls (:mod:`zhixing.kernels.walls`) and the filter of system calls.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
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
from zhixing.yard.frames import send
from zhixing.yard.residents import (
    exact_bytes,
    most_bytes,
    own_mapped_bytes,
    processes_by_job,
)
from zhixing.yard.syscalls import SyscallFilter

SECONDS_BETWEEN_LOOKS = 0.05
"""How often the memory of jobs is looked at. No cgroup is asked for: on many machines an
ordinary user has none to give."""


@dataclass
class Job:
    """A fork, the first process of its own namespace, and whose it is."""

    pid: int
    owner: socket.socket
    why: str = ""


@dataclass
class ForkServer:
    """Forks jobs on request over control sockets: the first of them, and those it brings."""

    first: socket.socket
    role: Any
    limits: Limits
    filter: SyscallFilter
    jobs: dict[tuple[int, int], Job] = field(default_factory=dict)
    controls: list[socket.socket] = field(default_factory=list)
    mapped_bytes: int = field(default_factory=own_mapped_bytes)
    next_look: float = 0.0

    def serve(self) -> None:
        """Answer requests until the first control closes; then end with all jobs."""
        self.controls.append(self.first)
        send_line(self.first, {"ready": os.getpid(), "threads": _threads()})
        while True:
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

    def _start(self, control: socket.socket, number: int, descriptors: list[int]) -> dict[str, Any]:
        try:
            with next_fork_apart():
                pid = os.fork()
                if pid == 0:
                    self._be_job(descriptors)
        except (OSError, WallError) as error:
            return {"error": f"{type(error).__name__}: {error}"}
        self.jobs[control.fileno(), number] = Job(pid, control)
        return {"started": number}

    def _be_job(self, descriptors: list[int]) -> NoReturn:
        try:
            channels = [socket.socket(fileno=number) for number in descriptors]
            os.setsid()
            put_up_walls(self.limits)
            close_all_but(descriptors)
            _reseed()
            self.filter.put_in_force()
            send(channels[0], {"ready": True})
            self.role.run(channels)
        except BaseException as error:  # noqa: BLE001 - the job's end, said if anybody listens
            _tell(descriptors, error)
        finally:
            os._exit(0)
        raise AssertionError

    def _end(self, control: socket.socket, number: int) -> dict[str, Any]:
        return {"ended": number, "why": self._end_job((control.fileno(), number))}

    def _end_job(self, key: tuple[int, int]) -> str:
        job = self.jobs.pop(key, None)
        if job is None:
            return "unknown"
        _kill(job.pid)
        os.waitpid(job.pid, 0)
        return job.why

    def _look_at_memory(self) -> None:
        """End every job that takes more, with all it started, than one may."""
        processes = processes_by_job(self.mapped_bytes)
        for job in self.jobs.values():
            own = processes.get(job.pid, ())
            most = self.limits.memory_bytes
            if not job.why and most_bytes(own) > most and exact_bytes(own) > most:
                job.why = "memory"
                _kill(job.pid)


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
    ForkServer(first, role, Limits(**json.loads(limits)), SyscallFilter()).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
