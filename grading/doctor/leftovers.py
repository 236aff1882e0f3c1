"""Leftovers: processes of learner code that outlive their grading."""

from __future__ import annotations

import time

import psutil

from zhixing.yard.yard import UID

SECONDS_TO_BURY = 5.0


def left(before: set[int]) -> set[int]:
    """Processes of learner code that are still there when the kernel had a moment to bury them.

    Parameters
    ----------
    before
        Processes of ours that have nothing to do with it.
    """
    deadline = time.monotonic() + SECONDS_TO_BURY
    while (found := children() - before | _orphans()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def children() -> set[int]:
    """Processes that this one started, and those that they started."""
    return {child.pid for child in psutil.Process().children(recursive=True)}


def _orphans() -> set[int]:
    """Processes of a yard whose grader is gone; those of another grader at work are its own."""
    return {
        process.pid
        for process in psutil.process_iter(["uids"])
        if process.info["uids"] and process.info["uids"].real == UID and _is_orphan(process)
    }


def _is_orphan(process: psutil.Process) -> bool:
    try:
        ancestors = process.parents()
        return all(one.pid == 1 or one.uids().real == UID for one in ancestors)
    except psutil.NoSuchProcess:
        return False
