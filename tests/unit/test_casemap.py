"""The map of a case: everything on it, nothing over another, every text escaped."""

import xml.etree.ElementTree as ET
from pathlib import Path

from click.testing import CliRunner

from tests.widgets_course import CASE
from zhixing.case import case_from_key
from zhixing.casemap import BOX_HEIGHT, BOX_WIDTH, case_map, label_of, svg_of_map
from zhixing.cli import main

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


def test_a_text_is_no_markup() -> None:
    evil = "<script>alert('𠮷')</script>&"
    case = case_from_key({**CASE, "states": {**CASE["states"], "a": evil}})
    svg = svg_of_map(case_map(case), evil)
    ET.fromstring(svg)
    assert "<script" not in svg


def test_an_author_gets_the_map_from_the_command_line() -> None:
    found = CliRunner().invoke(main, ["check", str(ROOT / "courses"), "--map", "C1"])
    assert (found.exit_code, found.stdout[:4]) == (0, "<svg")
    missing = CliRunner().invoke(main, ["check", str(ROOT / "courses"), "--map", "C9"])
    assert missing.exit_code == 1
    assert "没有案例 C9。现有：C1、C5" in missing.stderr
