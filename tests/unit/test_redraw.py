"""Tables are drawn again until no mistake gives the answer of another."""

from random import Random
from typing import Any

import pytest

from zhixing.redraw import are_apart, redrawn


def apart(right: Any, wrong: Any, distance: float | None = None) -> bool:
    distances = {} if distance is None else {"x": distance}
    return are_apart({}, lambda _: {"x": right}, {"m": (lambda _: {"x": wrong}, "步骤")}, distances)


def grid(*rows: list[Any]) -> dict[str, Any]:
    return {"rows": dict(enumerate(rows))}


@pytest.mark.parametrize(
    ("right", "wrong", "distance"),
    [
        (3, 4, None),
        ({"甲", "䶮"}, {"甲"}, None),
        (10.0, 11.1, 1.0),
        (grid(["五星", 90]), grid(["四星", 90]), None),
        (grid([2, 50.0]), grid([2, 50.7]), 0.6),
        (grid([2, 50.0]), grid([3, 50.0]), 0.6),
    ],
)
def test_answers_that_differ_enough_are_apart(right: Any, wrong: Any, distance: Any) -> None:
    assert apart(right, wrong, distance)


@pytest.mark.parametrize(
    ("right", "wrong", "distance"),
    [
        (3, 3, None),
        ({"甲", "䶮"}, {"䶮", "甲"}, None),
        (10.0, 11.0, 1.0),
        (grid([2, 50.0]), grid([2, 50.5]), 0.6),
    ],
)
def test_answers_that_are_the_same_or_near_are_not(right: Any, wrong: Any, distance: Any) -> None:
    assert not apart(right, wrong, distance)


def test_two_mistakes_are_held_against_each_other_where_both_answer() -> None:
    right = {"x": 1, "y": 1}
    one, same, elsewhere = ({"x": 2}, {"x": 2}, {"y": 2})
    assert are_apart(
        {}, lambda _: right, {"a": (lambda _: one, ""), "b": (lambda _: elsewhere, "")}
    )
    assert not are_apart({}, lambda _: right, {"a": (lambda _: one, ""), "b": (lambda _: same, "")})


def test_it_draws_until_fit_and_the_same_for_the_same_seed() -> None:
    def draw(rng: Random) -> dict[str, Any]:
        return {"t": {"rows": [[rng.randint(1, 6)]]}}

    found = [redrawn(seed, draw, lambda tables: tables["t"]["rows"][0][0] == 6) for seed in (1, 1)]
    assert found == [{"t": {"rows": [[6]]}}] * 2
    assert redrawn(7, draw, lambda _: True) == redrawn(7, draw, lambda _: True)
