"""Story: what all 300 cadres did, and what their trainers answered; pure, by seed alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from zhixing.course import Course
from zhixing.demo.district import STREETS, TRAINERS, cohort_title
from zhixing.demo.history import LessonRun, run_course
from zhixing.demo.pace import Pace, daily, draw_pace, draw_sittings, office_hour
from zhixing.paper import own_course
from zhixing.roster.entries import Roster

MIDWAY, FINISHED = "cadre001", "cadre002"
"""Who has something to do at once, and who has feedback to read."""

GRADED_SHARE = 0.1
"""Of the hand-ins. They are graded by nbgrader itself as the demo is filled, 0.05 s apiece."""

_WEEKLY = frozenset({"xingdongxuexi"})
"""Courses that go on by one lesson a week, whoever would like to be faster."""

_ENERGY = {"JD1-1": 1.4, "JD1-2": 1.0, "JD1-3": 0.7, "JD2-1": 1.1, "JD2-2": 0.55, "JD2-3": 0.9}
"""How well each community is under way; 1 where nothing is said."""

_COMMENTS = (
    "建议具体，责任人和时限都写清楚了；下一步请补上怎样回访居民。",
    "思路对头。请再说明遇到居民不配合时先做什么、后做什么。",
    "能从本小区的实际出发，很好。数据口径请与网格名册核对一遍。",
    "提法稍大，请选一件小事写清楚谁来办、几天办、办完怎么知道办好了。",
    "考虑到了隐私和自愿，值得肯定；可以再补一句应急时的安排。",
)


@dataclass(frozen=True)
class Verdict:
    """What a trainer says of one written answer; ``share`` of its points, 0 to 1."""

    question_id: str
    share: float
    comment: str


@dataclass(frozen=True)
class Judgement:
    """What a trainer gave by hand and when it was released; the rest is autograded."""

    trainer: str
    at: datetime
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Chapter:
    """One cadre in one lesson of one cohort; ``judgement`` is None while it waits."""

    username: str
    course: Course
    cohort: str
    run: LessonRun
    judgement: Judgement | None


def tell(
    seed: int, roster: Roster, courses: tuple[Course, ...], opens: datetime, now: datetime
) -> tuple[Chapter, ...]:
    """Everything that happened between the opening of the cohorts and ``now``."""
    by_title = {
        cohort_title(course, street): (course, street) for course in courses for street in STREETS
    }
    homes = {person.username: person.unit for person in roster.persons}
    chapters = []
    for member in roster.members:
        taught, street = by_title[member.cohort]
        course = own_course(taught, member.username)
        # One source of chance a cadre, so that one story does not shift the others'.
        rng = Random(f"{seed}/{member.username}/{course.id}")  # noqa: S311 - no secret, a story
        energy = _ENERGY.get(homes[member.username][:5], 1.0)
        pace, sittings = _manner(rng, member.username, course, energy, opens, now)
        for run in run_course(rng, course, pace, sittings, now):
            judgement = _judge(rng, member.username, run, TRAINERS[street], now)
            chapters.append(Chapter(member.username, course, member.cohort, run, judgement))
    return tuple(chapters)


def _manner(
    rng: Random, username: str, course: Course, energy: float, opens: datetime, now: datetime
) -> tuple[Pace, list[datetime]]:
    if username == MIDWAY:
        reach = _midway_reach(course)
        return Pace(0, reach, ability=1.0, hands_in=1.0), daily(now - timedelta(days=9), 9, 15.2)
    if username == FINISHED:
        return Pace(0, 1.0, ability=1.0, hands_in=1.0), daily(opens + timedelta(days=1), 30, 9.6)
    pace = draw_pace(rng, energy)
    if course.id in _WEEKLY:
        pace = replace(pace, reach=min(pace.reach, (now - opens).days // 7 / len(course.lessons)))
    start = opens + timedelta(days=pace.start_day)
    return pace, list(draw_sittings(rng, start, now))


def _midway_reach(course: Course) -> float:
    """Half of the lessons, and three questions of the next: something is begun and open."""
    sizes = [len(lesson.questions) for lesson in course.lessons]
    half = len(sizes) // 2
    return (sum(sizes[:half]) + min(3, sizes[half] - 1)) / sum(sizes)


def _judge(
    rng: Random, username: str, run: LessonRun, trainers: tuple[str, ...], now: datetime
) -> Judgement | None:
    if run.handed_in_at is None:
        return None
    trainer = rng.choice(trainers)
    is_told = username in (MIDWAY, FINISHED)
    at = office_hour(rng, run.handed_in_at, 1 if is_told else rng.randint(2, 8))
    is_graded = (rng.random() < GRADED_SHARE or is_told) and at < now
    verdicts = tuple(
        Verdict(question.id, rng.choice((0.6, 0.8, 0.8, 1.0)), rng.choice(_COMMENTS))
        for question in run.lesson.questions
        if question.kind == "written"
    )
    return Judgement(trainer, at, verdicts) if is_graded else None
