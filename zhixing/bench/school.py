"""School: a synthetic course and class, so large that every answer of a bench is a first try."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

from sqlalchemy import Connection, insert, text

from zhixing.course import Course, Lesson
from zhixing.question import Option, Question
from zhixing.records.store import Store
from zhixing.records.tables import (
    Answer,
    Cohort,
    Enrolment,
    LessonProgress,
    MarkRecord,
    Person,
    QuestionVersion,
    Role,
    Unit,
)

PEOPLE = 10_000
QUESTIONS = 8
COURSE = "bench"
LESSON = "L1"
EARLIER = "L0"


def make_course() -> Course:
    """One lesson of eight single choice questions."""
    options = tuple(
        Option(id=letter, text=f"第 {letter} 种说法", reason="对照课文再读一遍四级行动组织体系。")
        for letter in "abcd"
    )
    questions = tuple(
        Question(
            id=f"{LESSON}-{n}",
            kind="single",
            prompt=f"第 {n} 题：下列说法中正确的是哪一项?",
            points=1.0,
            key={"option": "a"},
            options=options,
        )
        for n in range(1, QUESTIONS + 1)
    )
    lesson = Lesson(LESSON, "总论", "", 40, (), questions)
    return Course(COURSE, "测量用课程", "", 1.0, (lesson,))


def fill(store: Store) -> None:
    """Write a street, its people and their cohort."""
    now = datetime.now(UTC)
    unit = {"id": 1, "code": "B1", "name": "测量街道", "tree": "place", "kind": "street"}
    span = {"opens": now - timedelta(days=1), "closes": now + timedelta(days=30)}
    with store.begin() as conn:
        conn.execute(insert(Unit).values(path="/1/", **unit))
        conn.execute(insert(Person), [_person(n) for n in range(1, PEOPLE + 1)])
        roles = [{"person_id": n, "name": "cadre"} for n in range(1, PEOPLE + 1)]
        conn.execute(insert(Role), roles)
        conn.execute(insert(Cohort).values(id=1, course_id=COURSE, title="第一期", **span))
        taken = {"cohort_id": 1, "enrolled_at": now}
        seats = [taken | {"id": n, "person_id": n} for n in range(1, PEOPLE + 1)]
        conn.execute(insert(Enrolment), seats)
        _add_history(conn, now)
        # What a server does by itself minutes after a roster import.
        conn.execute(text("ANALYZE"))


def _add_history(conn: Connection, now: datetime) -> None:
    """Write an earlier lesson that everybody has answered: an empty table measures nothing real."""
    version = {"version": "0" * 16, "question_id": f"{EARLIER}-1", "course_id": COURSE}
    place = {"lesson_id": EARLIER}
    conn.execute(insert(QuestionVersion).values(content={}, released_at=now, **version, **place))
    answer = {"version": "0" * 16, "attempt": 1, "value": "a", "key": "earlier", **place}
    answer |= {"question_id": f"{EARLIER}-1", "received_at": now}
    everybody = range(1, PEOPLE + 1)
    conn.execute(insert(Answer), [answer | {"id": n, "enrolment_id": n} for n in everybody])
    mark = {"score": 1.0, "reasons": [], "grader": "zhixing", "marked_at": now}
    conn.execute(insert(MarkRecord), [mark | {"answer_id": n} for n in everybody])
    progress = {"answered": 1, "earned": 1.0, "started_at": now, "last_at": now, **place}
    conn.execute(insert(LessonProgress), [progress | {"enrolment_id": n} for n in everybody])
    if conn.dialect.name == "postgresql":
        for table in ("answer", "enrolment"):
            conn.execute(text(f"SELECT setval('{table}_id_seq', {PEOPLE})"))


def username(number: int) -> str:
    """Log-in name of one of the people, from 1."""
    return f"bench{number}"


def turns() -> Iterator[tuple[int, str]]:
    """Every person's every question once, all people before the next question."""
    for question, person in product(range(1, QUESTIONS + 1), range(1, PEOPLE + 1)):
        yield person, f"{LESSON}-{question}"


def _person(number: int) -> dict[str, object]:
    name = {"key": f"B{number}", "username": username(number), "name": f"测量{number}"}
    return {"id": number, "unit_id": 1, **name}
