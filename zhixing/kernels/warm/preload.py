"""Preload: import once, and call once, what every kernel would be slow at the first time."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from zhixing.errors import ZhixingError
from zhixing.kernels.warm.firstcalls import FIRST_CALLS

KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "cProfile",
    "faulthandler",
    "jedi",
    "pdb",
    "psutil",
    "pstats",
    "sqlite3",
    "stack_data",
    "tornado.platform.asyncio",
    "zhixing.kernels.warm.birth",
)
"""What any kernel imports by itself, at its start or at the first error or completion."""


class PreloadError(ZhixingError):
    """A package that cannot be imported before a fork."""


def preload(names: Sequence[str]) -> None:
    """Import all, make slow first calls, and put all of it out of the collector's sight.

    Raises
    ------
    PreloadError
        If a package started a thread: a fork would copy its locks without the thread.
    """
    for name in (*KERNEL, *names):
        _import(name)
        call = FIRST_CALLS.get(name)
        if call is not None and name in sys.modules:
            call()
        if (threads := _threads()) > 1:
            raise PreloadError(
                f"importing {name} started {threads - 1} threads, and a process with threads "
                "cannot be forked safely; take it off the kernelspec's `preload` list"
            )
    gc.collect()
    gc.freeze()
    gc.disable()


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        # Not everybody has matplotlib; a kernel that wants it says so itself.
        print(f"not preloaded: {name} ({error})", file=sys.stderr)  # noqa: T201 - the log


def _threads() -> int:
    return sum(1 for _ in Path("/proc/self/task").iterdir())
