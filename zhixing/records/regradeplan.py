"""Regrade plan: what a regrade would do to learners, before and while it is made.

Every function takes the connection of one transaction and changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from zhixing.course import Lesson
from zhixing.question import Question
from zhixing.records.counted import counting_from
from zhixing.records.errors import RegradedSinceError
from zhixing.records.gradechange import GradeChange, grade_changes
from zhixing.records.judged import (
    JudgedSitting,
    contents_of_versions,
    judged_sittings,
    points_of_versions,
    sittings_of_lesson,
    with_tries,
)
from zhixing.records.scope import Viewer
from zhixing.records.sittings import SittingPlace
from zhixing.records.tables import (
    Answer,
    MarkRecord,
    Regrade,
    RegradeChange,
)
from zhixing.regrade import (
    NO_DIFFERENCE,
    Change,
    NewMark,
    changed,
    heirs_of,
    recounted,
    regraded,
)
from zhixing.rules import Counting, LessonRules


@dataclass(frozen=True)
class SittingChange:
    """What a regrade does to one learner's sitting.

    Parameters
    ----------
    changes
        By question.
    grade
        What becomes of the released grade; None where none was released.
    counting
        How the lesson adds up after it.
    """

    sitting: JudgedSitting
    changes: Mapping[str, Change]
    grade: GradeChange | None
    counting: Counting | None

    @property
    def before(self) -> float:
        """Points that the questions counted for."""
        return sum(one.before for one in self.changes.values())

    @property
    def after(self) -> float:
        """Points that they count for then."""
        return sum(one.after for one in self.changes.values())

    @property
    def gain(self) -> float:
        """Points won; negative where some are lost."""
        return self.after - self.before

    @property
    def is_any(self) -> bool:
        """Whether the points change."""
        return abs(self.gain) > NO_DIFFERENCE

    @property
    def untold(self) -> int:
        """Answers that make no sense under the new version and keep their mark."""
        return sum(one.untold for one in self.changes.values())

    @property
    def marks(self) -> tuple[NewMark, ...]:
        """To be added."""
        return tuple(mark for one in self.changes.values() for mark in one.marks)


@dataclass(frozen=True)
class Plan:
    """What a regrade would do to the viewer's learners; only those it touches are in it.

    Without a ``question`` it is of the whole lesson, whose points add up by its present rules;
    ``under_way`` then counts sittings that cannot change before they are handed in.
    """

    course_id: str
    lesson: Lesson
    question: Question | None
    sittings: tuple[SittingChange, ...]
    under_way: int = 0

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to regrade.

        A key that moves nobody's points is not. Other rules are, where nobody's points move yet:
        later answers add up by them too.
        """
        return bool(self.sittings if self.question is None else self.gained + self.lost)

    @property
    def subject(self) -> str:
        """What is regraded, for the audit log."""
        if self.question is None:
            return f"{self.lesson.id} {self.lesson.rules.counting}"
        return f"{self.question.id}@{self.question.version}"

    @property
    def learners(self) -> int:
        """How many it touches; who sat more than once is one."""
        return len({one.sitting.enrolment_id for one in self.sittings})

    @property
    def gained(self) -> int:
        """Learners who win points in a sitting."""
        return self._count(one for one in self.sittings if one.gain > NO_DIFFERENCE)

    @property
    def lost(self) -> int:
        """Learners who lose points in a sitting."""
        return self._count(one for one in self.sittings if one.gain < -NO_DIFFERENCE)

    @property
    def same(self) -> int:
        """Learners whose points stay in every sitting."""
        return self.learners - self._count(one for one in self.sittings if one.is_any)

    @staticmethod
    def _count(sittings: Iterable[SittingChange]) -> int:
        return len({one.sitting.enrolment_id for one in sittings})

    @cached_property
    def token(self) -> str:
        """Changes with anything that the plan rests on or says."""
        said = [
            [*one.sitting.place, one.sitting.earned, one.before, one.after]
            + [str(one.sitting.counting), str(one.counting)]
            + [[mark.answer_id, mark.score, mark.version] for mark in one.marks]
            + ([one.grade.before, one.grade.after] if one.grade else [])
            for one in self.sittings
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def plan_regrade(
    conn: Connection, viewer: Viewer, course_id: str, lesson: Lesson, question: Question
) -> Plan:
    """Work out what the question's present key makes of answers that stand under another one."""
    judged = judged_sittings(conn, viewer, course_id, lesson.id, question.id)
    versions = {one.version for sitting in judged for one in sitting.tries[question.id]}
    heirs = heirs_of(lesson, question, contents_of_versions(conn, versions))
    changes = {
        one.place: regraded(heirs, _rules(lesson, question.kind, one.counting), tries)
        for one in judged
        for tries in (one.tries[question.id],)
    }
    touched = [one for one in judged if changes[one.place].marks or changes[one.place].untold]
    of_question = {place: {question.id: change} for place, change in changes.items()}
    countings = {one.place: one.counting for one in touched}
    return _plan(conn, course_id, lesson, question, touched, of_question, countings)


def plan_recount(conn: Connection, viewer: Viewer, course_id: str, lesson: Lesson) -> Plan:
    """Work out what the lesson's present rules make of points that add up by earlier ones.

    Between practice and test a sitting changes only once it is handed in: a practice shows keys,
    and the answers of a test may be changed at will, so nobody may have both.
    """
    now = lesson.rules.counting
    sittings = sittings_of_lesson(conn, viewer, course_id, lesson.id)
    others = [one for one in sittings if one.counting and one.counting != now]
    touched = [one for one in others if one.is_handed_in or _mode(one) == now.mode]
    judged = with_tries(conn, viewer, course_id, lesson.id, touched, is_for_scores=True)
    plan = _recounted(conn, course_id, lesson, judged, {one.place: now for one in judged})
    return replace(plan, under_way=len(others) - len(touched))


def _mode(sitting: JudgedSitting) -> str:
    return sitting.counting.mode if sitting.counting else ""


def _recounted(
    conn: Connection,
    course_id: str,
    lesson: Lesson,
    touched: Sequence[JudgedSitting],
    countings: Mapping[SittingPlace, Counting | None],
) -> Plan:
    changes = {
        one.place: {
            name: recounted(
                tries,
                _rules(lesson, tries[-1].kind, one.counting),
                _rules(lesson, tries[-1].kind, countings[one.place]),
            )
            for name, tries in one.tries.items()
        }
        for one in touched
    }
    return _plan(conn, course_id, lesson, None, touched, changes, countings)


def _rules(lesson: Lesson, kind: str, counting: Counting | None) -> LessonRules:
    return lesson.rules.counted_by(counting).for_kind(kind)


def _plan(
    conn: Connection,
    course_id: str,
    lesson: Lesson,
    question: Question | None,
    touched: Sequence[JudgedSitting],
    changes: Mapping[SittingPlace, Mapping[str, Change]],
    countings: Mapping[SittingPlace, Counting | None],
) -> Plan:
    own = {one.place: changes[one.place] for one in touched}
    grades = grade_changes(conn, lesson.id, own, is_of_lesson=question is None)
    sittings = tuple(
        SittingChange(one, own[one.place], grades.get(one.place), countings[one.place])
        for one in touched
    )
    return Plan(course_id, lesson, question, sittings)


def plan_undo(
    conn: Connection, viewer: Viewer, lesson: Lesson, question: Question | None, regrade: Any
) -> Plan:
    """Work out what taking a regrade back does: marks or rules are what they were before.

    Raises
    ------
    RegradedSinceError
        If a later regrade stands on this one.
    """
    touched = touched_places(conn, regrade.id)
    _require_newest(conn, regrade, touched)
    if question is None:
        return _plan_undoing_rules(conn, viewer, lesson, regrade, touched)
    return _plan_undoing_marks(conn, viewer, lesson, question, regrade, touched)


def _plan_undoing_rules(
    conn: Connection,
    viewer: Viewer,
    lesson: Lesson,
    regrade: Any,
    touched: Mapping[SittingPlace, Any],
) -> Plan:
    sittings = sittings_of_lesson(conn, viewer, regrade.course_id, lesson.id)
    own = [one for one in sittings if one.place in touched]
    judged = with_tries(conn, viewer, regrade.course_id, lesson.id, own, is_for_scores=True)
    return _recounted(conn, regrade.course_id, lesson, judged, touched)


def _plan_undoing_marks(
    conn: Connection,
    viewer: Viewer,
    lesson: Lesson,
    question: Question,
    regrade: Any,
    touched: Collection[SittingPlace],
) -> Plan:
    judged = judged_sittings(conn, viewer, regrade.course_id, lesson.id, question.id)
    own = [one for one in judged if one.place in touched]
    earlier = _earlier_marks(conn, f"regrade:{regrade.id}")
    changes = {
        one.place: {
            question.id: changed(
                one.tries[question.id], earlier, _rules(lesson, question.kind, one.counting)
            )
        }
        for one in own
    }
    countings = {one.place: one.counting for one in own}
    return _plan(conn, regrade.course_id, lesson, question, own, changes, countings)


def touched_places(conn: Connection, regrade_id: int) -> dict[SittingPlace, Counting | None]:
    """Sittings that a regrade touched, and how they added up before, where it changed that."""
    rows = conn.execute(
        select(
            RegradeChange.enrolment_id,
            RegradeChange.sitting,
            RegradeChange.mode,
            RegradeChange.falloff,
        ).where(RegradeChange.regrade_id == regrade_id)
    )
    return {(row[0], row[1]): counting_from(*row[2:]) for row in rows}


def _require_newest(conn: Connection, regrade: Any, touched: Collection[SittingPlace]) -> None:
    """Refuse where a later regrade of the same, not taken back, stands on this one."""
    later = conn.execute(
        select(Regrade.id, RegradeChange.enrolment_id, RegradeChange.sitting)
        .join(RegradeChange, RegradeChange.regrade_id == Regrade.id)
        .where(
            Regrade.id > regrade.id,
            Regrade.course_id == regrade.course_id,
            Regrade.lesson_id == regrade.lesson_id,
            Regrade.question_id == regrade.question_id,
            Regrade.undone_at.is_(None),
        )
    )
    newer = next((number for number, *place in later if tuple(place) in touched), None)
    if newer is not None:
        subject = f"题目 {regrade.question_id} " if regrade.question_id else "这一讲的计分办法"
        raise RegradedSinceError(
            f"{subject}在这以后又重新判过分，要先撤销后一次。",
            f"regrade {newer} stands on regrade {regrade.id}",
        )


def _earlier_marks(conn: Connection, grader: str) -> dict[int, tuple[NewMark, float]]:
    """Answer to the mark it had before this grader's, and the points of that version."""
    theirs = select(MarkRecord.answer_id, MarkRecord.id).where(MarkRecord.grader == grader)
    own = theirs.subquery()
    rows = conn.execute(
        select(
            MarkRecord.answer_id,
            MarkRecord.version,
            MarkRecord.score,
            MarkRecord.certainty_mark,
            MarkRecord.reasons,
            Answer.version.label("given"),
        )
        .join(own, own.c.answer_id == MarkRecord.answer_id)
        .join(Answer, Answer.id == MarkRecord.answer_id)
        .where(MarkRecord.id < own.c.id)
        .order_by(MarkRecord.id)
    )
    newest = {row.answer_id: row for row in rows}
    known = points_of_versions(conn, {row.version or row.given for row in newest.values()})
    return {
        answer_id: (
            NewMark(
                answer_id,
                row.version or row.given,
                row.score,
                row.certainty_mark,
                tuple(row.reasons),
            ),
            known[row.version or row.given],
        )
        for answer_id, row in newest.items()
    }
