"""Compatible grader: nbgrader's own converter over one hand-in after another, in one process.

It writes into a folder aside and a gradebook in memory; what came of it is handed on.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from grading.engine.graded import Graded
from grading.nbgraderapi import reason_from_outcome
from grading.scratchgradebook import ScratchGradebook
from grading.submittedtree import read_tree
from zhixing.errors import ZhixingError


class CompatibleError(ZhixingError):
    """A hand-in that nbgrader did not grade; with the last error of its log."""


class CompatibleGrader:
    """Grades hand-ins of one assignment.

    Parameters
    ----------
    config
        Of the course, with safe steps, and ``autograded_directory`` leading aside.
    books
        Names of the assignment's notebooks.
    """

    def __init__(
        self, config: Config, assignment: str, scratch: ScratchGradebook, books: frozenset[str]
    ) -> None:
        config = Config(config)
        config.CourseDirectory.db_url = scratch.url
        self._api = NbGraderAPI(config=config)
        self._assignment, self._scratch, self._books = assignment, scratch, books

    def grade(self, username: str) -> Graded:
        """Grade a hand-in and write its autograded folder aside.

        Raises
        ------
        ZhixingError
            If it is none, or nbgrader did not grade it.
        """
        course = self._api.coursedir
        place = course.format_path(course.submitted_directory, username, self._assignment)
        tree = read_tree(Path(course.root), Path(place), self._books)
        aside = Path(course.format_path(course.autograded_directory, username, self._assignment))
        shutil.rmtree(aside, ignore_errors=True)
        self._scratch.clear()
        answer = self._api.autograde(self._assignment, username, force=True)
        if not answer["success"]:
            raise CompatibleError(f"nbgrader 没有批成：{reason_from_outcome(answer)}")
        cells = {name: list(_grade_ids(aside / f"{name}.ipynb")) for name in tree.notebooks}
        return Graded(
            username,
            tree.timestamp,
            _of_these(self._scratch.scores(), cells),
            _of_these(self._scratch.comments(), cells),
            tuple(sorted(self._books - tree.notebooks)),
            digest=tree.digest,
        )


def _grade_ids(path: Path) -> Iterator[str]:
    """Cells that nbgrader graded; of one that was taken out of the notebook it leaves the row."""
    for cell in json.loads(path.read_bytes())["cells"]:
        told = cell["metadata"].get("nbgrader", {})
        if told.get("grade") or told.get("solution") or told.get("task"):
            yield str(told.get("grade_id", ""))


def _of_these(
    found: Mapping[str, Mapping[str, Any]], cells: Mapping[str, list[str]]
) -> dict[str, dict[str, Any]]:
    return {
        name: {key: found[name][key] for key in keys if key in found.get(name, {})}
        for name, keys in cells.items()
    }
