"""Demonstration: fill a new data folder with the synthetic district and print its accounts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from nbgrader.api import Gradebook

from grading.answersfile import RecordedAnswer
from grading.autograding import FAILED, autograde
from grading.exchange import unpack
from grading.released import grades_payload
from zhixing.course import Course
from zhixing.demo.filling import fill_demo
from zhixing.demo.story import Judgement
from zhixing.demo.writing import GradingDesk, HandIn, Judged
from zhixing.errors import ZhixingError
from zhixing.hub.handin import HandInPacker
from zhixing.marking import mark
from zhixing.question import Question
from zhixing.records.accounts import one_time_password
from zhixing.records.store import open_store
from zhixing.settings import Settings


class DemoNotGradedError(ZhixingError):
    """nbgrader did not take a hand-in of the demo."""


def fill_with_demo(
    settings: Settings, courses: tuple[Course, ...], tell: Callable[[str], None]
) -> None:
    """Fill once; on a later start only the password is set anew."""
    tell("填入演示数据（人、单位和数据都是虚构的）；第一次要用 nbgrader 批改几十份卷子")
    password = os.environ.get("ZHIXING_DEMO_PASSWORD") or one_time_password()
    trainer = DemoTrainer(settings.data / "courses")
    with closing(open_store(settings.records_url)) as store:
        summary = fill_demo(store, courses, password, GradingDesk(trainer.pack, trainer.grade))
    click.echo(f"演示账号（密码都是 {password}）：")
    for username, description in summary.logins:
        click.echo(f"  {username:<12}{description}")


@dataclass(frozen=True)
class DemoTrainer:
    """Packs and grades made-up hand-ins exactly as real ones; ``courses`` as in the data folder."""

    courses: Path

    def pack(self, hand_in: HandIn) -> bytes:
        """Zip of the nbgrader submission."""
        lesson = hand_in.course.lesson(hand_in.lesson_id)
        questions = {question.id: question for question in lesson.questions} if lesson else {}
        answers = {
            name: _recorded(questions[name], tuple(values))
            for name, values in hand_in.answers.items()
            if name in questions
        }
        packer = HandInPacker(self.courses)
        return packer(hand_in.course.id, hand_in.lesson_id, answers, {}, hand_in.submitted_at)

    def grade(self, judged: Sequence[Judged]) -> list[Mapping[str, Any]]:
        """Collect, autograde, grade by hand; what comes out is what the gradebook says.

        Raises
        ------
        DemoNotGradedError
            If nbgrader refuses.
        """
        first = judged[0].hand_in
        course, lesson = first.course.id, first.lesson_id
        folder = self.courses / course
        place = f"sqlite:///{folder / 'gradebook.db'}"
        with Gradebook(place, course) as gradebook:
            for one in judged:
                _collect(gradebook, folder, one)
        usernames = [one.hand_in.username for one in judged]
        for outcome in autograde(folder, lesson, usernames, again=True):
            if outcome.state == FAILED:
                raise DemoNotGradedError(
                    f"演示卷子 {outcome.username}《{lesson}》没有批成：{outcome.reason}"
                )
        with Gradebook(place, course) as gradebook:
            return [_released(gradebook, one) for one in judged]


def _collect(gradebook: Any, folder: Path, one: Judged) -> None:
    username = one.hand_in.username
    unpack(one.package, folder / "submitted" / username / one.hand_in.lesson_id)
    gradebook.update_or_create_student(username, last_name=one.hand_in.name, first_name="")


def _released(gradebook: Any, one: Judged) -> Mapping[str, Any]:
    lesson, username = one.hand_in.lesson_id, one.hand_in.username
    _grade_by_hand(gradebook, lesson, username, one.judgement)
    at = one.hand_in.submitted_at.isoformat()
    released = grades_payload(gradebook, lesson, username, at)
    if released is None:
        raise DemoNotGradedError(f"{username}《{lesson}》没有批完。")
    return released


def _grade_by_hand(gradebook: Any, lesson: str, username: str, judgement: Judgement) -> None:
    for verdict in judgement.verdicts:
        place = (verdict.question_id, lesson, lesson, username)
        grade = gradebook.find_grade(*place)
        grade.manual_score = round(verdict.share * grade.max_score, 2)
        grade.needs_manual_grade = False
        gradebook.find_comment(*place).manual_comment = verdict.comment
    gradebook.db.commit()


def _recorded(question: Question, values: tuple[object, ...]) -> RecordedAnswer:
    scores = [mark(question, value).score for value in values]
    best = None if None in scores else max((score or 0.0 for score in scores), default=0.0)
    return RecordedAnswer(question.version, values, best)
