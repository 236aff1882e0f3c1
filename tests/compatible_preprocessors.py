"""Pytest plug-in: nbgrader's own tests of its preprocessors, with this project's way of grading.

``SaveAutoGrades`` and ``OverwriteCells`` work on the gradebook in memory that compatible mode
gives them; what came of it goes into the test's gradebook by the one writer of both modes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.preprocessors import OverwriteCells, SaveAutoGrades
from sqlalchemy import create_engine

from grading.engine.gradebook import GradebookWriter
from grading.engine.graded import Graded
from grading.plainoutputs import PlainOutputs
from grading.scratchgradebook import ScratchGradebook, master_rows


class WrittenGrades(SaveAutoGrades):
    """Saves what nbgrader says of a notebook as a run of compatible mode does."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        told = resources["nbgrader"]
        engine = create_engine(told["db_url"])
        with engine.connect() as connection:
            scratch = ScratchGradebook(master_rows(connection))
        with closing(Gradebook(scratch.url)) as book:
            book.add_student(told["student"])
            book.add_submission(told["assignment"], told["student"])
        nb, _ = super().preprocess(nb, {**resources, "nbgrader": {**told, "db_url": scratch.url}})
        nb, _ = PlainOutputs().preprocess(nb, resources)
        graded = Graded(told["student"], "", scratch.scores(), scratch.comments())
        with engine.begin() as connection:
            GradebookWriter(connection, told["assignment"], lambda *_: None).write([graded])
        scratch.close()
        engine.dispose()
        return nb, resources


class ScratchOverwrittenCells(OverwriteCells):
    """Takes cells from the copy in memory that compatible mode makes of a gradebook."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        told = resources["nbgrader"]
        engine = create_engine(told["db_url"])
        with engine.connect() as connection:
            scratch = ScratchGradebook(master_rows(connection))
        engine.dispose()
        inside = {**resources, "nbgrader": {**told, "db_url": scratch.url}}
        nb, _ = super().preprocess(nb, inside)
        scratch.close()
        return nb, resources


OURS = {"SaveAutoGrades": WrittenGrades, "OverwriteCells": ScratchOverwrittenCells}


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Put ours in the place of nbgrader's in each module of its tests."""
    for module in {item.module for item in items if isinstance(item, pytest.Function)}:
        for name, ours in OURS.items():
            if hasattr(module, name):
                setattr(module, name, ours)


def pytest_report_collectionfinish(items: Sequence[pytest.Item]) -> str:
    """Say where ours stand, so that a run in which they stand nowhere is seen."""
    modules = {item.module for item in items if isinstance(item, pytest.Function)}
    known = [
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, ours in OURS.items()
        if getattr(module, name, None) is ours
    ]
    return f"ours: {' '.join(sorted(known))}"
