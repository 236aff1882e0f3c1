"""Released: what of the gradebook a learner gets to read."""

from __future__ import annotations

from typing import Any

import nh3
from nbgrader.api import Gradebook, MissingEntry


def grades_payload(gradebook: Gradebook, lesson: str, username: str) -> dict[str, Any] | None:
    """Scores and comments of one submission, or None while something waits for a person.

    Returns
    -------
    dict
        ``{score, max_score, comment, cells: [{id, score, max_score, comment}]}``, points.
    """
    try:
        submission = gradebook.find_submission(lesson, username)
    except MissingEntry:
        return None
    if submission.needs_manual_grade:
        return None
    cells = [cell for notebook in submission.notebooks for cell in _cells(notebook)]
    return {
        "score": submission.score,
        "max_score": submission.max_score,
        "comment": "\n".join(cell["comment"] for cell in cells if cell["comment"]),
        "cells": cells,
    }


def _cells(notebook: Any) -> list[dict[str, Any]]:
    comments = {comment.name: _plain(comment.comment) for comment in notebook.comments}
    return [
        {
            "id": grade.name,
            "score": grade.score,
            "max_score": grade.max_score,
            "comment": comments.get(grade.name, ""),
        }
        for grade in sorted(notebook.grades, key=lambda grade: grade.name)
    ]


def _plain(comment: str | None) -> str:
    # nbgrader's own English stand-in for an empty answer.
    text = "没有作答。" if comment == "No response." else comment or ""
    return nh3.clean(text, tags=set())
