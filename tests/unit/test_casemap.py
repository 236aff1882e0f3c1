"""The map of a case: everything on it, nothing over another, every text escaped."""

import dataclasses
import xml.etree.ElementTree as ET
from pathlib import Path

from click.testing import CliRunner

from tests.two_lessons import two_lessons
from tests.widgets_course import CASE
from zhixing.case import case_from_key
from zhixing.casemap import BOX_HEIGHT, BOX_WIDTH, case_map, label_of, svg_of_map
from zhixing.cli import main
from zhixing.coursefiles import load_courses
from zhixing.kinds.case import case_of

ROOT = Path(__file__).parents[2]


def test_every_state_and_choice_is_on_the_map_with_its_sign_and_count() -> None:
    case = case_from_key(CASE)
    drawn = case_map(case, {"A": 3, "B": 20, "a2": 1})
    assert {place.state for place in drawn.places} == {*case.states, ""}
    labels = [label_of(way) for way in drawn.ways]
    assert labels == ["A 3 人", "✓ B 20 人", "a1 0 人", "✗ a2 1 人", "✓ b1 0 人", "b2 0 人"]
    assert [label_of(way) for way in case_map(case).ways][:2] == ["A", "✓ B"]


def test_no_box_lies_on_another_or_outside() -> None:
    drawn = case_map(case_from_key(CASE))
    boxes = [(place.x, place.y) for place in drawn.places]
    for n, (x, y) in enumerate(boxes):
        assert 0 <= x <= drawn.width - BOX_WIDTH
        assert 0 <= y <= drawn.height - BOX_HEIGHT
        for other_x, other_y in boxes[n + 1 :]:
            assert abs(x - other_x) >= BOX_WIDTH or abs(y - other_y) >= BOX_HEIGHT


def test_a_way_that_passes_a_column_goes_below_its_boxes() -> None:
    [course] = load_courses(two_lessons())
    asked = [one for lesson in course.lessons for one in lesson.questions if one.id == "C5"]
    drawn = case_map(case_of(asked[0]))
    passing = {way.choice.id: way.lanes for way in drawn.ways if way.lanes}
    assert set(passing) == {"B", "a2", "c2"}
    points = [point for lanes in passing.values() for point in lanes]
    assert len(set(points)) == len(points)
    for x, y in points:
        assert y < drawn.height
        assert all(y > place.y + BOX_HEIGHT for place in drawn.places if place.x == x)


def test_a_state_nobody_reaches_does_not_stop_the_map() -> None:
    case = case_from_key(CASE)
    alone = dataclasses.replace(case.choices[-1], state="z", id="z1")
    case = dataclasses.replace(
        case, states={**case.states, "z": "没有路到这里"}, choices=(*case.choices, alone)
    )
    assert [way.choice.id for way in case_map(case).ways] == ["A", "B", "a1", "a2", "b1", "b2"]


def test_a_text_is_no_markup() -> None:
    evil = "<script>alert('𠮷')</script>&"
    case = case_from_key({**CASE, "states": {**CASE["states"], "a": evil}})
    svg = svg_of_map(case_map(case), evil)
    ET.fromstring(svg)
    assert "<script" not in svg


def test_no_line_of_a_box_begins_with_a_mark_that_ends_something() -> None:
    text = "居民群里抱怨不断，有人问：凭什么"
    case = case_from_key({**CASE, "states": {**CASE["states"], "a": text}})
    svg = svg_of_map(case_map(case), "图")
    assert ">问：凭什么<" in svg
    assert text in svg


def test_an_author_gets_the_map_from_the_command_line() -> None:
    found = CliRunner().invoke(main, ["check", str(ROOT / "courses"), "--map", "C1"])
    assert (found.exit_code, found.stdout[:4]) == (0, "<svg")
    missing = CliRunner().invoke(main, ["check", str(ROOT / "courses"), "--map", "C9"])
    assert missing.exit_code == 1
    assert "没有案例 C9。现有：C1、C5" in missing.stderr
