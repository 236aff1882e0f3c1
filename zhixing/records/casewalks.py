"""Case walks: which choices learners took on their first walk through a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from zhixing.records.judged import taught_enrolments
from zhixing.records.scope import Viewer
from zhixing.records.tables import Answer


@dataclass(frozen=True)
class CaseWalks:
    """First walks of the viewer's learners.

    Parameters
    ----------
    learners
        How many began the case.
    counts
        How many took each choice, by its id.
    """

    learners: int
    counts: Mapping[str, int]


def case_walks(conn: Connection, viewer: Viewer, course_id: str, case_id: str) -> CaseWalks:
    """Count first walks only: who walks again knows what comes."""
    rows = conn.execute(
        select(Answer.enrolment_id, Answer.value)
        .where(
            Answer.question_id == case_id,
            Answer.enrolment_id.in_(taught_enrolments(viewer, course_id)),
        )
        .order_by(Answer.enrolment_id, Answer.attempt)
    )
    first: dict[int, list[str]] = {}
    ended: set[int] = set()
    for enrolment, path in rows:
        if enrolment in first and len(path) == 1:
            ended.add(enrolment)
        if enrolment not in ended:
            first[enrolment] = path
    counts = Counter(choice for path in first.values() for choice in path)
    return CaseWalks(len(first), counts)
