"""Heard: what a learner's function says beside its result: prints, warnings."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any, Self

from zhixing.yard.raised import told_class

LONGEST_TEXT = 100_000
"""Characters of what one call prints that cross to the examiner."""

MOST_WARNINGS = 100
LONGEST_WARNING = 2000


class Heard:
    """Listens while a function runs.

    Parameters
    ----------
    warn_filter
        What the test asks to be done with warnings (``always``, ``error``); empty where it asks
        for nothing, and the learner's own settings count.
    """

    def __init__(self, warn_filter: str = "") -> None:
        self._filter = warn_filter
        self._stack = ExitStack()
        self._printed, self._complained = StringIO(), StringIO()
        self._warned: list[dict[str, Any]] = []
        self._show: Callable[..., None] = warnings.showwarning

    def __enter__(self) -> Self:
        self._stack.enter_context(redirect_stdout(self._printed))
        self._stack.enter_context(redirect_stderr(self._complained))
        if self._filter:
            self._stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter(self._filter)  # type: ignore[arg-type]
        self._show = warnings.showwarning
        warnings.showwarning = self._warn
        return self

    def __exit__(self, *_: object) -> None:
        if warnings.showwarning == self._warn:
            warnings.showwarning = self._show
        self._stack.close()

    def _warn(self, message: Any, category: Any, *_: Any, **__: Any) -> None:
        if len(self._warned) < MOST_WARNINGS:
            told = told_class(category)
            self._warned.append({**told, "text": str(message)[:LONGEST_WARNING]})

    def told(self) -> dict[str, Any]:
        """What was heard; nothing of what there was not."""
        found = {
            "printed": self._printed.getvalue()[:LONGEST_TEXT],
            "complained": self._complained.getvalue()[:LONGEST_TEXT],
            "warned": self._warned,
        }
        return {name: what for name, what in found.items() if what}
