"""Seeds: what a test sets at random, it sets in the learner's interpreter too.

Only a state that the test set goes over, and none comes back: else a learner's code could choose
the random values that the next test tries it with.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from zhixing.yard.plain import to_plain

_set: dict[str, Callable[[], Any]] = {}
"""Generators that were seeded since somebody looked, each with what tells its state."""


def watch_seeds() -> None:
    """Notice from now on whoever seeds Python's or numpy's own generator."""
    random.seed = _watched(random.seed, "random", random.getstate)
    legacy: Any = np.random
    legacy.seed = _watched(legacy.seed, "numpy", legacy.get_state)


def _watched(seed: Callable[..., None], name: str, state: Callable[[], Any]) -> Callable[..., None]:
    def watched(*args: Any, **kwargs: Any) -> None:
        seed(*args, **kwargs)
        _set[name] = state

    return watched


def forget_seeds() -> None:
    """Take what was seeded so far for nothing new to the learner's side."""
    _set.clear()


def new_seeds() -> dict[str, Any]:
    """States of what was seeded since, as they are now, in plain data."""
    found = {name: to_plain(state()) for name, state in _set.items()}
    _set.clear()
    return found
