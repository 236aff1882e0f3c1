"""A small class of twenty with eight questions, and drafts of their answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from zhixing.records.draft import AnswerDraft
from zhixing.records.store import Store
from zhixing.records.tables import (
    Cohort,
    Enrolment,
    Person,
    QuestionVersion,
    Unit,
)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PEOPLE = 20
QUESTIONS = 8


def fill_class(store: Store) -> None:
    unit = {"id": 1, "code": "S1", "name": "䶮山街道", "tree": "place", "kind": "street"}
    person = {"name": "𠮷田龑", "unit_id": 1}
    version = {"course_id": "shuji", "lesson_id": "L1", "content": {}, "released_at": NOW}
    ids = range(1, PEOPLE + 1)
    with store.begin() as conn:
        conn.execute(insert(Unit).values(**unit, path="/1/"))
        people = [{"id": n, "key": f"K{n}", "username": f"u{n}", **person} for n in ids]
        conn.execute(insert(Person), people)
        cohort = {"id": 1, "course_id": "shuji", "title": "第一期", "opens": NOW, "closes": NOW}
        conn.execute(insert(Cohort).values(**cohort))
        taken = [{"id": n, "cohort_id": 1, "person_id": n, "enrolled_at": NOW} for n in ids]
        conn.execute(insert(Enrolment), taken)
        versions = [
            {"version": f"v{n}", "question_id": f"L1-{n}", **version}
            for n in range(1, QUESTIONS + 1)
        ]
        conn.execute(insert(QuestionVersion), versions)


def draft(enrolment: int = 1, question: int = 1, key: str = "k1", **changes: Any) -> AnswerDraft:
    fields: dict[str, Any] = {
        "enrolment_id": enrolment,
        "username": f"u{enrolment}",
        "lesson_id": "L1",
        "question_id": f"L1-{question}",
        "version": f"v{question}",
        "value": {"text": "四级行动组织体系"},
        "score": 0.5,
        "reasons": ({"id": "a", "text": "再想想：谁是主体?"},),
        "points": 2.0,
        "question_total": QUESTIONS,
        "key": key,
        "received_at": NOW,
    }
    return AnswerDraft(**(fields | changes))
