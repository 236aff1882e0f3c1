"""When an own error comes back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zhixing.reviewcard import ReviewCard

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def test_an_error_comes_back_on_another_day_and_not_at_once() -> None:
    card = ReviewCard.from_error(NOW)
    assert not card.is_due(NOW + timedelta(hours=12))
    assert card.is_due(NOW + DAY)


def test_what_is_known_comes_back_later_each_time() -> None:
    card, waits = ReviewCard.from_error(NOW), []
    for _ in range(5):
        card = card.answered(card.due_at, is_right=True)
        waits.append(card.due_at - card.last_at)
    assert waits == sorted(waits)
    assert waits[-1] > 10 * waits[0]


def test_what_was_forgotten_comes_back_soon() -> None:
    known = ReviewCard.from_error(NOW)
    for _ in range(4):
        known = known.answered(known.due_at, is_right=True)
    forgotten = known.answered(known.due_at, is_right=False)
    assert forgotten.due_at - forgotten.last_at < (known.due_at - known.last_at) / 3


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 400)), max_size=20))
def test_any_history_gives_a_later_date_and_the_same_each_time(
    history: list[tuple[bool, int]],
) -> None:
    def played() -> ReviewCard:
        card = ReviewCard.from_error(NOW)
        for is_right, days_late in history:
            now = card.due_at + days_late * DAY
            card = card.answered(now, is_right=is_right)
            assert card.due_at >= now + DAY
            assert 1 <= card.difficulty <= 10
        return card

    assert played() == played()
