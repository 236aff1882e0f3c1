"""Random small districts for tests of the records, and an oracle that reads them without SQL.

The oracle climbs parents one by one, so that it shares no idea with the code under test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from zhixing.course import Course, Lesson
from zhixing.records import tables
from zhixing.records.scope import ORGANIZATION_ROLES, Purpose

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
NAMES = ("欧阳龑", "𠮷野䶮", "张三", "买买提·吐尔逊", "王芳")
ROLES = ("cadre", "trainer", "street_admin", "district_admin", "maintainer")


def course(course_id: str, hours: float, lessons: Iterable[str]) -> Course:
    return Course(
        id=course_id,
        title=course_id,
        summary="",
        hours=hours,
        lessons=tuple(Lesson(name, name, "", 30, (), ()) for name in lessons),
    )


COURSES = (course("shuji", 6.0, ("L1", "L3")), course("xinfang", 1.5, ("X1",)))
KNOWN = {c.id: [lesson.id for lesson in c.lessons] for c in COURSES}
COHORT_COURSES = ("shuji", "shuji", "xinfang", "retired")
"""Courses of the cohorts; ``retired`` is one that the program no longer has."""


@dataclass(frozen=True)
class Someone:
    id: int
    unit: int
    is_active: bool
    roles: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class Taking:
    """One lesson of one enrolment."""

    enrolment: int
    person: int
    course: str
    lesson: str
    completed_weeks_ago: int | None
    handins: int
    graded: tuple[int, ...]
    answers_weeks_ago: tuple[int, ...]


@dataclass(frozen=True)
class World:
    parents: tuple[int | None, ...]
    people: tuple[Someone, ...]
    trainers: tuple[tuple[int, int], ...]
    enrolments: tuple[tuple[int, int, int], ...]
    """Id, cohort and person."""
    takings: tuple[Taking, ...] = field(default=())

    # --- oracle -----------------------------------------------------------------------------

    def line(self, unit: int | None) -> list[int]:
        """The unit and everything above it."""
        above = []
        while unit is not None:
            above.append(unit)
            unit = self.parents[unit - 1]
        return above

    def opened(self, viewer: Someone) -> set[int]:
        """Units that an organization role opens directly."""
        return {unit for role, unit in viewer.roles if role in ORGANIZATION_ROLES and unit}

    def sees_unit(self, viewer: Someone, unit: int) -> bool:
        return any(above in self.opened(viewer) for above in self.line(unit))

    def teaches(self, viewer: Someone, person: int) -> bool:
        if "trainer" not in {role for role, _ in viewer.roles}:
            return False
        own = {cohort for cohort, trainer in self.trainers if trainer == viewer.id}
        return any(p == person and cohort in own for _, cohort, p in self.enrolments)

    def may_see(self, viewer: Someone, person: Someone, purpose: Purpose) -> bool:
        if viewer.id == person.id or self.teaches(viewer, person.id):
            return True
        return purpose is Purpose.COMPLETION and self.sees_unit(viewer, person.unit)

    def below(self, unit: int) -> list[Someone]:
        return [p for p in self.people if p.is_active and unit in self.line(p.unit)]

    def courses_of(self, person: int) -> set[str]:
        courses = {COHORT_COURSES[c - 1] for _, c, p in self.enrolments if p == person}
        return courses & set(KNOWN)

    def takings_of(self, person: int) -> list[Taking]:
        return [t for t in self.takings if t.person == person and t.course in KNOWN]

    def completed_courses(self, person: int) -> set[str]:
        done: dict[tuple[int, str], set[str]] = {}
        for t in self.takings_of(person):
            if t.completed_weeks_ago is not None:
                done.setdefault((t.enrolment, t.course), set()).add(t.lesson)
        return {name for (_, name), lessons in done.items() if lessons == set(KNOWN[name])}

    def figures(self, unit: int) -> dict[str, int]:
        people = [p.id for p in self.below(unit)]
        takings = {p: self.takings_of(p) for p in people}
        return {
            "people": len(people),
            "enrolled": sum(bool(self.courses_of(p)) for p in people),
            "started": sum(bool(takings[p]) for p in people),
            "completed": sum(
                bool(self.courses_of(p)) and self.courses_of(p) == self.completed_courses(p)
                for p in people
            ),
            "submitted": sum(any(t.handins for t in takings[p]) for p in people),
            "waiting": sum(
                # Of hand-ins that earned the same the first counts.
                t.handins > 0 and 1 not in t.graded
                for p in people
                for t in takings[p]
            ),
        }


@st.composite
def worlds(draw: st.DrawFn, most_people: int = 36) -> World:
    count = draw(st.integers(1, 13))
    parents = (None, *(draw(st.sampled_from([None, *range(1, n)])) for n in range(2, count + 1)))
    unit = st.integers(1, count)
    role = st.tuples(st.sampled_from(ROLES), st.none() | unit)
    person = st.tuples(unit, st.sampled_from([True] * 7 + [False]), st.lists(role, max_size=2))
    drawn = draw(st.lists(person, max_size=most_people))
    # One who sees the first tree whole, so that no world passes unseen.
    drawn = [(1, True, [("district_admin", 1)]), *drawn]
    people = tuple(
        Someone(n, unit, is_active, tuple(dict.fromkeys(roles)))
        for n, (unit, is_active, roles) in enumerate(drawn, 1)
    )
    ids = st.integers(1, len(people))
    cohort = st.integers(1, len(COHORT_COURSES))
    trainers = draw(st.sets(st.tuples(cohort, ids), max_size=4))
    pairs = draw(st.sets(st.tuples(cohort, ids), max_size=2 * len(people)))
    enrolments = tuple((n, c, p) for n, (c, p) in enumerate(sorted(pairs), 1))
    takings = tuple(taking for e in enrolments for taking in draw(_takings(*e)))
    return World(parents, people, tuple(sorted(trainers)), enrolments, takings)


@st.composite
def _takings(draw: st.DrawFn, enrolment: int, cohort: int, person: int) -> list[Taking]:
    name = COHORT_COURSES[cohort - 1]
    lessons = KNOWN.get(name, ["R1"])
    # One draw a lesson keeps the search space small: 0 is not begun, then more and more done.
    return [
        Taking(
            enrolment,
            person,
            name,
            lesson,
            completed_weeks_ago=stage % 3 if stage >= 2 else None,
            handins=max(0, stage - 3),
            graded=tuple(range(1, stage - 3)) if stage < 6 else (stage - 3,),
            answers_weeks_ago=tuple(range(0, 12, 5))[: stage % 4],
        )
        for lesson in lessons
        if (stage := draw(st.integers(0, 7)))
    ]


def plant(conn: Connection, world: World) -> None:
    """Write the world into an empty database, within the caller's transaction."""
    _plant_people(conn, world)
    _plant_courses(conn, world)
    for taking in world.takings:
        _plant_taking(conn, taking)


def _rows(conn: Connection, table: type[tables.Record], rows: list[dict[str, object]]) -> None:
    if rows:
        conn.execute(insert(table), rows)


def _plant_people(conn: Connection, world: World) -> None:
    for n, parent in enumerate(world.parents, 1):
        path = "/" + "".join(f"{above}/" for above in reversed(world.line(n)))
        row = {"id": n, "code": f"U{n}", "name": f"单位{n}", "tree": "place", "kind": "grid"}
        conn.execute(insert(tables.Unit).values(**row, parent_id=parent, path=path))
    _rows(
        conn,
        tables.Person,
        [
            {
                "id": p.id,
                "key": f"K{p.id}",
                "username": f"user{p.id}",
                "name": NAMES[p.id % len(NAMES)],
                "unit_id": p.unit,
                "is_active": p.is_active,
                "post": "网格员",
            }
            for p in world.people
        ],
    )
    roles = [(p.id, name, unit) for p in world.people for name, unit in p.roles]
    _rows(
        conn,
        tables.Role,
        [{"person_id": p, "name": name, "unit_id": unit} for p, name, unit in roles],
    )


def _plant_courses(conn: Connection, world: World) -> None:
    span = {"opens": NOW - timedelta(days=90), "closes": NOW + timedelta(days=90)}
    _rows(
        conn,
        tables.Cohort,
        [
            {"id": n, "course_id": name, "title": f"第{n}期", **span}
            for n, name in enumerate(COHORT_COURSES, 1)
        ],
    )
    _rows(
        conn,
        tables.CohortTrainer,
        [{"cohort_id": c, "person_id": p} for c, p in world.trainers],
    )
    _rows(
        conn,
        tables.Enrolment,
        [
            {"id": n, "cohort_id": c, "person_id": p, "enrolled_at": NOW}
            for n, c, p in world.enrolments
        ],
    )
    version = {"version": "v1", "course_id": "shuji", "lesson_id": "L1", "question_id": "L1-1"}
    _rows(conn, tables.QuestionVersion, [{**version, "content": {}, "released_at": NOW}])


def weeks_ago(weeks: int) -> datetime:
    return NOW - timedelta(weeks=weeks)


def _plant_taking(conn: Connection, taking: Taking) -> None:
    place = {"enrolment_id": taking.enrolment, "lesson_id": taking.lesson}
    done = taking.completed_weeks_ago
    conn.execute(
        insert(tables.LessonProgress).values(
            **place,
            answered=len(taking.answers_weeks_ago),
            earned=1.5,
            started_at=weeks_ago(20),
            last_at=weeks_ago(min(taking.answers_weeks_ago, default=20)),
            completed_at=None if done is None else weeks_ago(done),
            submitted_at=NOW if taking.handins else None,
        )
    )
    _plant_answers(conn, taking, place)
    _plant_handins(conn, taking, place)


def _plant_answers(conn: Connection, taking: Taking, place: dict[str, object]) -> None:
    _rows(
        conn,
        tables.Answer,
        [
            {
                **place,
                "question_id": f"{taking.lesson}-1",
                "version": "v1",
                "attempt": n,
                "value": {"option": "a"},
                "key": f"{taking.lesson}-{n}",
                "received_at": weeks_ago(weeks),
            }
            for n, weeks in enumerate(taking.answers_weeks_ago, 1)
        ],
    )


def _plant_handins(conn: Connection, taking: Taking, place: dict[str, object]) -> None:
    for number in range(1, taking.handins + 1):
        name = f"{taking.enrolment}-{taking.lesson}-{number}"
        submission = conn.execute(
            insert(tables.Submission)
            .values(
                **place,
                number=number,
                key=name,
                receipt=name,
                submitted_at=NOW,
                package=b"PK",
            )
            .returning(tables.Submission.id)
        ).scalar_one()
        if number in taking.graded:
            conn.execute(
                insert(tables.Grade).values(
                    submission_id=submission,
                    score=number,
                    max_score=10,
                    comment="",
                    cells=[],
                    trainer_id=taking.person,
                    released_at=NOW,
                )
            )
