"""The library's models against simulated truth and against the classical indices."""

from typing import Any

import numpy as np
import pytest

from tests.numbered_items import numbered
from zhixing.firsttry import FirstTry
from zhixing.itemresponse import (
    FEWEST_A_GROUP,
    FEWEST_FOR_RASCH,
    FEWEST_FOR_TWO_PARAMETERS,
    calibrate,
    group_differences,
)
from zhixing.items import item_figures
from zhixing.question import Question

ITEMS = 12
DIFFICULTY = np.linspace(-1.5, 1.5, ITEMS)
SLOPE = np.tile([0.7, 1.2, 1.8], ITEMS // 3)
QUESTIONS = tuple(
    Question(id=f"L1-{n}", kind="blank", prompt="？", points=1, key={"text": ["是"]})
    for n in range(1, ITEMS + 1)
)


def simulated(people: int, slope: Any = 1.0, seed: int = 7, shift: Any = 0.0) -> Any:
    chance = np.random.default_rng(seed)
    ability = chance.normal(size=(people, 1))
    right = 1 / (1 + np.exp(-slope * (ability - DIFFICULTY - shift)))
    return (chance.random(right.shape) < right).astype(int)


def tries(matrix: Any, groups: Any = None, first: int = 0) -> list[FirstTry]:
    return [
        FirstTry(first + n, f"L1-{place}", "是", float(score), groups=groups or {})
        for n, row in enumerate(matrix)
        for place, score in enumerate(row, 1)
    ]


def correlation(found: Any, truth: Any) -> float:
    return float(np.corrcoef([found[one.id] for one in QUESTIONS], truth)[0, 1])


def test_under_the_threshold_nothing_is_fitted() -> None:
    assert calibrate(tries(simulated(FEWEST_FOR_RASCH - 1))) is None
    assert calibrate([]) is None


def test_rasch_finds_the_simulated_difficulties_and_agrees_with_facility() -> None:
    given = tries(simulated(300))
    found = calibrate(given)
    assert found is not None
    assert (found.model, found.people) == ("Rasch", 300)
    assert correlation(found.difficulty, DIFFICULTY) > 0.98
    error = np.array([found.difficulty[one.id] for one in QUESTIONS]) - DIFFICULTY
    assert np.abs(error).max() < 0.5
    facility = [one.facility for one in item_figures(numbered(QUESTIONS), given)]
    assert correlation(found.difficulty, facility) < -0.98


def test_two_parameters_find_the_simulated_slopes_and_agree_with_discrimination() -> None:
    given = tries(simulated(2 * FEWEST_FOR_TWO_PARAMETERS, SLOPE))
    found = calibrate(given)
    assert found is not None
    assert found.model == "2PL"
    assert correlation(found.difficulty, DIFFICULTY) > 0.98
    assert correlation(found.slope, SLOPE) > 0.9
    classical = [one.discrimination for one in item_figures(numbered(QUESTIONS), given)]
    assert correlation(found.slope, [one.value for one in classical if one]) > 0.8


def test_items_without_any_difference_have_no_place_on_the_scale() -> None:
    matrix = simulated(150)
    matrix[:, 0] = 1
    found = calibrate(tries(matrix))
    assert found is not None
    assert set(found.difficulty) == {one.id for one in QUESTIONS[1:]}


@pytest.mark.parametrize(("people", "is_found"), [(FEWEST_A_GROUP - 1, False), (150, True)])
def test_an_item_that_is_harder_for_a_street_is_found_from_enough_people(
    people: int, is_found: bool
) -> None:
    shift = np.where(np.arange(ITEMS) == 3, 2.0, 0.0)
    here = tries(simulated(people, seed=1, shift=shift), {"街道": "䶮山街道"})
    there = tries(simulated(150, seed=2), {"街道": "听雨街道"}, first=1000)
    found = {(one.question_id, one.group): one.logits for one in group_differences(here + there)}
    if not is_found:
        assert found == {}
        return
    assert found["L1-4", "䶮山街道"] > 1
    assert found["L1-4", "听雨街道"] < -1
    assert {question for question, _ in found} == {"L1-4"}


def test_a_group_that_is_abler_is_not_taken_for_a_difference() -> None:
    here = tries(simulated(150, seed=1, shift=-1.0), {"岗位": "社区书记"})
    there = tries(simulated(150, seed=2), {"岗位": "网格员"}, first=1000)
    assert group_differences(here + there) == ()


def test_a_small_group_is_never_named() -> None:
    small = tries(simulated(4, seed=1, shift=3.0), {"街道": "小街道"})
    large = tries(simulated(200, seed=2), {"街道": "听雨街道"}, first=1000)
    assert group_differences(small + large) == ()
