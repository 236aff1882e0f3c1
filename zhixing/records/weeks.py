"""Weeks: what happened in a unit's subtree in each of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, case, distinct, func, select

from zhixing.records.scope import Viewer
from zhixing.records.subtree import counted, visible_subtree
from zhixing.records.tables import Answer, Enrolment, LessonProgress, Person, Query, Unit


@dataclass(frozen=True)
class WeekFigures:
    """One ISO week, e.g. ``2026-W40``; all None where the unit's group is small.

    Parameters
    ----------
    answers
        Answers received.
    people
        People who gave them.
    completed
        Lessons completed.
    """

    week: str
    answers: int | None
    people: int | None
    completed: int | None


def weeks_of_unit(
    conn: Connection,
    viewer: Viewer,
    code: str,
    now: datetime,
    weeks: int = 8,
    timezone: str = "Asia/Shanghai",
) -> tuple[WeekFigures, ...]:
    """Read the last ``weeks`` weeks up to ``now``, oldest first; weeks begin on Monday.

    Raises
    ------
    NotVisibleError
        If the unit is not in the viewer's subtree, whether or not it exists.
    """
    tree = visible_subtree(conn, viewer)
    unit = tree.by_code(code)
    mondays = _mondays(now, weeks, ZoneInfo(timezone))
    if unit.id in tree.hidden:
        return tuple(WeekFigures(_name(monday), None, None, None) for monday in mondays)
    answered = {row[0]: row for row in conn.execute(_answers(viewer, unit.path, mondays))}
    completed = {row[0]: row for row in conn.execute(_completions(viewer, unit.path, mondays))}
    return tuple(
        WeekFigures(
            _name(monday),
            *answered.get(n, (n, 0, 0))[1:],
            *completed.get(n, (n, 0))[1:],
        )
        for n, monday in enumerate(mondays)
    )


def _mondays(now: datetime, weeks: int, zone: ZoneInfo) -> list[datetime]:
    """Midnight at the start of each week, in the zone."""
    today = now.astimezone(zone).date()
    this = today - timedelta(days=today.weekday())
    return [
        datetime.combine(this - timedelta(weeks=back), time(), zone)
        for back in reversed(range(weeks))
    ]


def _name(monday: datetime) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def _week(column: Any, mondays: Sequence[datetime]) -> ColumnElement[int]:
    # Newest first, so that the first bound reached names the week.
    return case(
        *[(column >= monday.astimezone(UTC), n) for n, monday in reversed(list(enumerate(mondays)))]
    )


def _answers(viewer: Viewer, path: str, mondays: Sequence[datetime]) -> Query:
    week = _week(Answer.received_at, mondays).label("week")
    return _below(
        select(week, func.count(), func.count(distinct(Enrolment.person_id)))
        .select_from(Answer)
        .join(Enrolment, Enrolment.id == Answer.enrolment_id)
        .where(Answer.received_at >= mondays[0]),
        viewer,
        path,
    ).group_by(week)


def _completions(viewer: Viewer, path: str, mondays: Sequence[datetime]) -> Query:
    week = _week(LessonProgress.completed_at, mondays).label("week")
    return _below(
        select(week, func.count())
        .select_from(LessonProgress)
        .join(Enrolment, Enrolment.id == LessonProgress.enrolment_id)
        .where(LessonProgress.completed_at >= mondays[0]),
        viewer,
        path,
    ).group_by(week)


def _below(question: Query, viewer: Viewer, path: str) -> Query:
    return (
        question.join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(counted(viewer), Unit.path.like(f"{path}%"))
    )
