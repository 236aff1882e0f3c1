"""The demo's people are plausible, its answers honest, its story the same for the same seed."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.demo_course import COURSE
from zhixing.demo.answers import right_value, wrong_value
from zhixing.demo.district import CADRES, STAFF, demo_roster
from zhixing.demo.names import draw_names
from zhixing.demo.pace import ZONE, draw_sittings, office_hour
from zhixing.demo.story import FINISHED, MIDWAY, Chapter, tell
from zhixing.marking import mark
from zhixing.question import Question
from zhixing.roster.checks import Context, roster_problems
from zhixing.roster.entries import Roster
from zhixing.roster.known import Known

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
OPENS = NOW - timedelta(weeks=8)
NOTHING = Known(
    {noun: {} for noun in ("unit", "person", "role", "cohort", "member")},
    {noun: {} for noun in ("unit", "person", "cohort")},
    frozenset(),
)
QUESTIONS = COURSE.lessons[0].questions


@pytest.fixture(scope="module")
def roster() -> Roster:
    return demo_roster(Random(1), (COURSE,), OPENS, NOW + timedelta(weeks=12))


@pytest.fixture(scope="module")
def story(roster: Roster) -> tuple[Chapter, ...]:
    return tell(1, roster, (COURSE,), OPENS, NOW)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_right_value_earns_everything_and_a_wrong_one_does_not(question: Question) -> None:
    for seed in range(30):
        right = mark(question, right_value(question, Random(seed)))
        wrong = mark(question, wrong_value(question, Random(seed)))
        if question.kind == "written":
            assert right.score is None
            assert wrong.score is None
        else:
            assert right.score == 1.0
            assert wrong.score is not None
            assert wrong.score < 1.0


def test_the_made_up_roster_keeps_every_rule_of_a_real_one(roster: Roster) -> None:
    mentioned = {
        "unit": frozenset(unit.code for unit in roster.units),
        "person": frozenset(person.username for person in roster.persons),
        "cohort": frozenset(cohort.title for cohort in roster.cohorts),
    }
    whole = Roster(**{**vars(roster), "mentioned": mentioned})
    assert roster_problems(Context(whole, NOTHING, frozenset({COURSE.id}))) == ()


def test_the_district_has_its_size_and_says_that_it_is_made_up(roster: Roster) -> None:
    kinds = Counter(unit.kind for unit in roster.units)
    assert (kinds["district"], kinds["street"], kinds["community"]) == (1, 2, 6)
    assert kinds["grid"] == kinds["grid_branch"] == 18
    assert len(roster.persons) == CADRES + len(STAFF)
    assert any("虚构" in unit.name for unit in roster.units if unit.kind == "district")


def test_names_include_rare_characters_long_ones_and_namesakes() -> None:
    names = draw_names(Random(1), CADRES)
    assert any("𠮷" in name for name in names)
    assert any("䶮" in name for name in names)
    assert any("·" in name for name in names)
    assert len(set(names)) < len(names)


def test_people_learn_at_office_hours_and_trainers_never_grade_on_a_weekend() -> None:
    times = [time for seed in range(40) for time in draw_sittings(Random(seed), OPENS, NOW)]
    weekend = sum(time.astimezone(ZONE).weekday() >= 5 for time in times)
    assert weekend / len(times) < 0.12
    assert all(8 <= time.astimezone(ZONE).hour < 22 for time in times)
    for seed in range(40):
        at = office_hour(Random(seed), OPENS, seed % 7).astimezone(ZONE)
        assert at.weekday() < 5
        assert 9 <= at.hour < 17


def test_the_same_seed_tells_the_same_story(roster: Roster, story: tuple[Chapter, ...]) -> None:
    assert tell(1, roster, (COURSE,), OPENS, NOW) == story
    assert tell(2, roster, (COURSE,), OPENS, NOW) != story


def test_nothing_happens_before_the_opening_or_after_now(story: tuple[Chapter, ...]) -> None:
    for chapter in story:
        times = [given.at for given in chapter.run.answers]
        assert times[0] >= OPENS
        assert times == sorted(times)
        handed_in_at = chapter.run.handed_in_at or times[-1]
        assert times[-1] <= handed_in_at < NOW
        if chapter.judgement:
            assert handed_in_at < chapter.judgement.at < NOW


def test_nobody_has_more_tries_than_the_rules_give(story: tuple[Chapter, ...]) -> None:
    for chapter in story:
        tries = Counter(given.question.id for given in chapter.run.answers)
        assert max(tries.values()) <= chapter.run.lesson.rules.tries


def test_second_tries_are_better_than_first_ones(story: tuple[Chapter, ...]) -> None:
    scores: dict[int, list[float]] = {1: [], 2: []}
    for chapter in story:
        tries: Counter[str] = Counter()
        for given in chapter.run.answers:
            tries[given.question.id] += 1
            if given.mark.score is not None and tries[given.question.id] in scores:
                scores[tries[given.question.id]].append(float(given.mark.is_right))
    first, second = (sum(found) / len(found) for found in scores.values())
    assert 0.6 < first < second


def test_some_never_start_some_finish_and_some_work_waits(story: tuple[Chapter, ...]) -> None:
    started = {chapter.username for chapter in story}
    finished = Counter(chapter.username for chapter in story if chapter.run.handed_in_at)
    waiting = [c for c in story if c.run.handed_in_at and c.judgement is None]
    assert 150 < len(started) < CADRES
    assert sum(count == len(COURSE.lessons) for count in finished.values()) > 30
    assert len({chapter.cohort for chapter in waiting}) == 2


def test_one_cadre_has_something_to_do_and_one_has_feedback(story: tuple[Chapter, ...]) -> None:
    midway = [chapter for chapter in story if chapter.username == MIDWAY]
    assert len(midway) == len(COURSE.lessons)
    assert midway[-1].run.handed_in_at is None
    assert 0 < len(midway[-1].run.best) < len(midway[-1].run.lesson.questions)
    finished = [chapter for chapter in story if chapter.username == FINISHED]
    assert len(finished) == len(COURSE.lessons)
    assert all(chapter.judgement and chapter.judgement.verdicts for chapter in finished)
