"""Demonstration: fill a new data folder with the synthetic district and print its accounts."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing

import click

from grading.answersfile import RecordedAnswer
from zhixing.course import Course
from zhixing.demo.filling import fill_demo
from zhixing.demo.writing import HandIn
from zhixing.hub.handin import HandInPacker
from zhixing.marking import mark
from zhixing.question import Question
from zhixing.records.accounts import one_time_password
from zhixing.records.store import open_store
from zhixing.settings import Settings


def fill_with_demo(
    settings: Settings, courses: tuple[Course, ...], tell: Callable[[str], None]
) -> None:
    """Fill once; on a later start only the password is set anew."""
    tell("填入演示数据（人、单位和数据都是虚构的）")
    password = os.environ.get("ZHIXING_DEMO_PASSWORD") or one_time_password()
    with closing(open_store(settings.records_url)) as store:
        summary = fill_demo(store, courses, password, demo_packer(settings))
    click.echo(f"演示账号（密码都是 {password}）:")
    for username, description in summary.logins:
        click.echo(f"  {username:<12}{description}")


def demo_packer(settings: Settings) -> Callable[[HandIn], bytes]:
    """Pack a made-up hand-in exactly as a real one."""
    packer = HandInPacker(settings.data / "courses")

    def pack(hand_in: HandIn) -> bytes:
        lesson = hand_in.course.lesson(hand_in.lesson_id)
        questions = {question.id: question for question in lesson.questions} if lesson else {}
        answers = {
            name: _recorded(questions[name], tuple(values))
            for name, values in hand_in.answers.items()
            if name in questions
        }
        return packer(hand_in.course.id, hand_in.lesson_id, answers, {}, hand_in.submitted_at)

    return pack


def _recorded(question: Question, values: tuple[object, ...]) -> RecordedAnswer:
    scores = [mark(question, value).score for value in values]
    best = None if None in scores else max((score or 0.0 for score in scores), default=0.0)
    return RecordedAnswer(question.version, values, best)
