"""What a function says beside its result is heard, within bounds, and its own settings count."""

import sys
import warnings

import pytest

from zhixing.yard.heard import LONGEST_TEXT, MOST_WARNINGS, Heard


def test_prints_and_warnings_are_heard() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with Heard() as heard:
            print("你好")
            print("急", file=sys.stderr)
            warnings.warn("旧了", DeprecationWarning, stacklevel=1)
    told = heard.told()
    assert (told["printed"], told["complained"]) == ("你好\n", "急\n")
    assert (told["warned"][0]["type"], told["warned"][0]["text"]) == ("DeprecationWarning", "旧了")


def test_silence_is_told_as_nothing() -> None:
    with Heard() as heard:
        pass
    assert heard.told() == {}


def test_what_the_learner_silenced_stays_silent_unless_the_test_asks() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Heard() as quiet:
            warnings.warn("旧了", stacklevel=1)
        with Heard("always") as loud:
            warnings.warn("旧了", stacklevel=1)
        with Heard("error"), pytest.raises(UserWarning):
            warnings.warn("旧了", stacklevel=1)
    assert quiet.told() == {}
    assert len(loud.told()["warned"]) == 1


def test_a_flood_is_cut() -> None:
    with Heard("always") as heard:
        print("x" * (3 * LONGEST_TEXT))
        for _ in range(3 * MOST_WARNINGS):
            warnings.warn("旧了", stacklevel=1)
    told = heard.told()
    assert len(told["printed"]) == LONGEST_TEXT
    assert len(told["warned"]) == MOST_WARNINGS


def test_listening_leaves_nothing_behind() -> None:
    before = warnings.showwarning, sys.stdout, sys.stderr
    with Heard("always"):
        pass
    assert (warnings.showwarning, sys.stdout, sys.stderr) == before
