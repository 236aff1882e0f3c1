"""A limit within another does not lift it."""

import signal
import time

import pytest

from zhixing.yard.timelimit import CellTimeoutError, time_limit


def busy(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def busy_after_an_inner_limit() -> None:
    with time_limit(5):
        pass
    busy(3)


def test_the_outer_limit_holds_after_an_inner_one_ended() -> None:
    with pytest.raises(CellTimeoutError), time_limit(0.2):
        busy_after_an_inner_limit()
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_the_outer_limit_holds_within_an_inner_one() -> None:
    with pytest.raises(CellTimeoutError), time_limit(0.2), time_limit(5):
        busy(3)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_what_is_in_time_is_left_alone() -> None:
    with time_limit(5), time_limit(1):
        busy(0.01)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
