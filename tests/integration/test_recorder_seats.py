"""An answer finds its writer's cohort in its own transaction, with the dates of the cohort."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from tests.records_classroom import NOW, draft, fill_class
from zhixing.records.batch import record_answers
from zhixing.records.draft import AnswerDraft, Recorded
from zhixing.records.errors import ClosedError, NotEnrolledError, NotYetOpenError
from zhixing.records.store import Store, migrate, open_store
from zhixing.records.tables import Answer, Cohort, Enrolment, Person

DAY = timedelta(days=1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrate(database_url)
    store = open_store(database_url)
    fill_class(store)
    with store.begin() as conn:
        conn.execute(update(Cohort).values(opens=NOW - DAY, closes=NOW + DAY))
    yield store
    store.close()


def by_name(username: str = "u1", course_id: str = "shuji", **changes: object) -> AnswerDraft:
    return draft(enrolment_id=None, username=username, course_id=course_id, **changes)


def record(store: Store, *drafts: AnswerDraft) -> list[object]:
    with store.begin() as conn:
        return list(record_answers(conn, drafts))


def add_cohort(store: Store, number: int, opens: timedelta, closes: timedelta) -> None:
    dates = {"opens": NOW + opens, "closes": NOW + closes}
    with store.begin() as conn:
        conn.execute(insert(Cohort).values(id=number, course_id="shuji", title="另一期", **dates))
        row = {"id": 100 + number, "cohort_id": number, "person_id": 1, "enrolled_at": NOW}
        conn.execute(insert(Enrolment).values(**row))


def enrolments(store: Store) -> list[int]:
    with store.read() as conn:
        return list(conn.scalars(select(Answer.enrolment_id).order_by(Answer.id)))


def test_many_writers_are_seated_at_once(store: Store) -> None:
    outcomes = record(store, *[by_name(f"u{n}") for n in range(1, 21)])
    assert all(isinstance(outcome, Recorded) for outcome in outcomes)
    assert sorted(enrolments(store)) == list(range(1, 21))


def test_whoever_is_not_enrolled_or_no_longer_active_is_refused_among_the_others(
    store: Store,
) -> None:
    with store.begin() as conn:
        conn.execute(update(Person).where(Person.username == "u3").values(is_active=False))
    outcomes = record(
        store, by_name(), by_name("stranger"), by_name("u2", "other"), by_name("u3"), by_name("u4")
    )
    kinds = [Recorded, NotEnrolledError, NotEnrolledError, NotEnrolledError, Recorded]
    assert [type(outcome) for outcome in outcomes] == kinds


def test_answers_are_taken_between_the_dates_of_the_cohort_and_the_lesson(store: Store) -> None:
    hour = timedelta(hours=1)
    at_its_end = by_name("u5", received_at=NOW + DAY)
    assert [type(o) for o in record(store, by_name("u1", received_at=NOW - DAY - hour))] == [
        NotYetOpenError
    ]
    assert [type(o) for o in record(store, at_its_end)] == [ClosedError]
    assert [type(o) for o in record(store, by_name("u2", opens=NOW + hour))] == [NotYetOpenError]
    assert [type(o) for o in record(store, by_name("u3", closes=NOW - hour))] == [ClosedError]
    wider = by_name("u4", opens=NOW - 9 * DAY, closes=NOW + 9 * DAY, received_at=NOW + DAY)
    assert [type(o) for o in record(store, wider)] == [ClosedError]


def test_a_receipt_lost_on_the_way_comes_again_after_the_end(store: Store) -> None:
    [first] = record(store, by_name())
    [again] = record(store, by_name(received_at=NOW + 3 * DAY))
    assert isinstance(first, Recorded)
    assert isinstance(again, Recorded)
    assert (again.receipt, again.repeated) == (first.receipt, True)


def test_of_several_cohorts_the_newest_open_one_counts_else_the_newest(store: Store) -> None:
    add_cohort(store, 2, -9 * DAY, -8 * DAY)
    assert isinstance(record(store, by_name(key="a"))[0], Recorded)
    add_cohort(store, 3, -DAY / 2, DAY)
    assert isinstance(record(store, by_name(key="b"))[0], Recorded)
    assert enrolments(store) == [1, 103]
    [late] = record(store, by_name(key="c", received_at=NOW + 5 * DAY))
    assert isinstance(late, ClosedError)
