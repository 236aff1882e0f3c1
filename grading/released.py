"""Released: what of the gradebook a learner gets to read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import parse_utc

SAME_MOMENT = timedelta(seconds=1)


def grades_payload(
    gradebook: Gradebook, lesson: str, username: str, submitted_at: str
) -> dict[str, Any] | None:
    """Scores and comments of one hand-in, or None while it waits to be graded.

    Parameters
    ----------
    submitted_at
        When the hand-in was made; the grade of an older one is not its grade.

    Returns
    -------
    dict
        ``{score, max_score, comment, cells: [{id, score, max_score, comment}]}``, points.
    """
    try:
        submission = gradebook.find_submission(lesson, username)
    except MissingEntry:
        return None
    if submission.needs_manual_grade or not _is_of(submission, submitted_at):
        return None
    cells = [cell for notebook in submission.notebooks for cell in _cells(notebook)]
    return {
        "score": submission.score,
        "max_score": submission.max_score,
        "comment": "\n".join(cell["comment"] for cell in cells if cell["comment"]),
        "cells": cells,
    }


def _is_of(submission: Any, submitted_at: str) -> bool:
    graded = submission.timestamp
    return graded is not None and abs(parse_utc(submitted_at) - graded) < SAME_MOMENT


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
    return "没有作答。" if comment == "No response." else comment or ""
