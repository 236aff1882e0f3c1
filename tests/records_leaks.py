"""What every view of the records must hold for every viewer, on whatever database."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from tests.records_world import COHORT_COURSES, COURSES, KNOWN, NOW, Someone, World, weeks_ago
from zhixing.records import tables
from zhixing.records.progress import (
    NotVisibleError,
    Viewer,
    own_lessons,
    people_of_unit,
    unit_tree,
    viewer_by_username,
    weeks_of_unit,
)
from zhixing.records.scope import Purpose, visible_people

FIGURES = ("people", "enrolled", "started", "completed", "submitted", "waiting")
ZONE = ZoneInfo("Asia/Shanghai")


def viewer_of(conn: Connection, someone: Someone) -> Viewer | None:
    return viewer_by_username(conn, f"user{someone.id}")


def check_everything(conn: Connection, world: World) -> None:
    """Compare each function for each person of the world with the oracle."""
    for someone in world.people:
        viewer = viewer_of(conn, someone)
        if not someone.is_active:
            assert viewer is None
            continue
        assert viewer is not None
        check_people(conn, world, someone, viewer)
        check_tree(conn, world, someone, viewer)
        check_units(conn, world, someone, viewer)
        check_own(conn, world, someone, viewer)


def check_people(conn: Connection, world: World, someone: Someone, viewer: Viewer) -> None:
    for purpose in Purpose:
        seen = set(conn.execute(visible_people(viewer, purpose)).scalars())
        assert seen == {p.id for p in world.people if world.may_see(someone, p, purpose)}


def check_tree(conn: Connection, world: World, someone: Someone, viewer: Viewer) -> None:
    rows = {int(row.code[1:]): row for row in unit_tree(conn, viewer, COURSES)}
    visible = {n for n in range(1, len(world.parents) + 1) if world.sees_unit(someone, n)}
    assert set(rows) == visible
    shown = {n for n in rows if rows[n].people is not None}
    for n, row in rows.items():
        found = {name: getattr(row, name) for name in FIGURES}
        assert found == (world.figures(n) if n in shown else dict.fromkeys(FIGURES))
        line = [f"U{above}" for above in reversed(world.line(n)) if above in visible]
        assert list(row.path_codes) == line
        assert row.parent == (line[-2] if len(line) > 1 else None)
    check_groups(world, visible, shown)


def check_groups(world: World, visible: set[int], shown: set[int]) -> None:
    """No shown figure, sum or difference of them speaks of one to four people."""
    for n in visible:
        parent = world.parents[n - 1]
        if n in shown:
            assert parent not in visible or parent in shown
            assert len(world.below(n)) >= 5
        elif parent not in visible:
            assert len(world.below(n)) < 5
    rest: dict[int, int] = {}
    for person in world.people:
        nearest = next((above for above in world.line(person.unit) if above in shown), None)
        if person.is_active and nearest is not None:
            rest[nearest] = rest.get(nearest, 0) + 1
    assert min(rest.values(), default=5) >= 5


def check_units(conn: Connection, world: World, someone: Someone, viewer: Viewer) -> None:
    for n in range(1, len(world.parents) + 1):
        if world.sees_unit(someone, n):
            check_list(conn, world, someone, viewer, n)
            check_weeks(conn, world, viewer, n)
        else:
            check_refused(conn, viewer, f"U{n}")
    check_refused(conn, viewer, "nowhere")
    check_refused(conn, viewer, "U%")


def check_refused(conn: Connection, viewer: Viewer, code: str) -> None:
    """The same words whether the unit is elsewhere or nowhere."""
    with pytest.raises(NotVisibleError, match="没有找到您可以查看的单位"):
        people_of_unit(conn, viewer, code, 1, 10, courses=COURSES, now=NOW)
    with pytest.raises(NotVisibleError, match="没有找到您可以查看的单位"):
        weeks_of_unit(conn, viewer, code, NOW)


def check_list(conn: Connection, world: World, someone: Someone, viewer: Viewer, unit: int) -> None:
    expected = {f"K{p.id}": p.id for p in world.below(unit)}
    before = _accesses(conn, someone.id)
    rows = []
    for page in range(1, len(expected) // 7 + 2):
        found = people_of_unit(conn, viewer, f"U{unit}", page, 7, courses=COURSES, now=NOW)
        assert found.total == len(expected)
        rows += found.people
    assert sorted(row.key for row in rows) == sorted(expected)
    for row in rows:
        person = expected[row.key]
        takings = world.takings_of(person)
        done = {(t.course, t.lesson) for t in takings if t.completed_weeks_ago is not None}
        assert row.lessons_completed == len(done)
        assert row.submitted == len({(t.course, t.lesson) for t in takings if t.handins})
        taken = world.courses_of(person)
        assert row.lessons == sum(len(KNOWN[name]) for name in taken)
        assert row.required_hours == sum(c.hours for c in COURSES if c.id in taken)
        finished = world.completed_courses(person)
        assert row.hours == sum(c.hours for c in COURSES if c.id in finished)
        assert (row.last_at is None) == (not takings)
    others = len(set(expected.values()) - {someone.id})
    assert _accesses(conn, someone.id) == before + others


def _accesses(conn: Connection, viewer_id: int) -> int:
    question = select(func.count()).where(tables.Access.viewer_id == viewer_id)
    return conn.execute(question).scalar_one()


def check_weeks(conn: Connection, world: World, viewer: Viewer, unit: int) -> None:
    rows = {row.week: row for row in weeks_of_unit(conn, viewer, f"U{unit}", NOW)}
    assert len(rows) == 8
    tree = {row.code: row for row in unit_tree(conn, viewer, COURSES)}
    people = {p.id for p in world.below(unit)}
    takings = [t for t in world.takings if t.person in people]
    for back in range(8):
        year, week, _ = (NOW.astimezone(ZONE) - timedelta(weeks=back)).isocalendar()
        row = rows[f"{year}-W{week:02d}"]
        answers = [t.person for t in takings for ago in t.answers_weeks_ago if ago == back]
        completed = sum(t.completed_weeks_ago == back for t in takings)
        found = (row.answers, row.people, row.completed)
        if tree[f"U{unit}"].people is None:
            assert found == (None, None, None)
        else:
            assert found == (len(answers), len(set(answers)), completed)


def check_own(conn: Connection, world: World, someone: Someone, viewer: Viewer) -> None:
    own = {row.enrolment_id: row for row in own_lessons(conn, viewer)}
    assert set(own) == {n for n, _, p in world.enrolments if p == someone.id}
    for n, cohort, person in world.enrolments:
        if person == someone.id:
            assert own[n].course_id == COHORT_COURSES[cohort - 1]
            takings = {t.lesson: t for t in world.takings if t.enrolment == n}
            assert set(own[n].lessons) == set(takings)
            for lesson, taking in takings.items():
                row = own[n].lessons[lesson]
                done = taking.completed_weeks_ago
                assert row.completed_at == (None if done is None else weeks_ago(done))
                newest = max(taking.graded, default=None)
                assert (row.grade.number if row.grade else None) == newest
