"""Review: what the page 温故 hands to its script."""

from __future__ import annotations

from collections.abc import Sequence

from zhixing.classroom.api.reviews import ReviewQuestion
from zhixing.classroom.pages.lesson import json_for_script


def review_data(questions: Sequence[ReviewQuestion], api: str) -> str:
    """Address of the API and the questions with their states, as JSON for a script element."""
    views = [question.model_dump() for question in questions]
    return json_for_script({"api": api, "views": views})
