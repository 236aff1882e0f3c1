"""`zhixing check` names every fault of a test's rules, of a drawn place and of variants."""

from pathlib import Path

import pytest

from tests.broken_course import Break, copied_course, hits, swap
from zhixing.coursefiles import load_course

RULES = 'tries = 3\nfeedback = "instant"'
SLOT = """
[[slot]]
ids = ["L1-X1", "L1-X2"]
points = 7
pool = ["L1-1", "L1-8"]
"""
VARIANTS = """
[[question]]
id = "L1-9"
kind = "blank"
prompt = "{total}名志愿者分到{blocks}栋楼，平均每栋几名？"
points = 7
source = "第2段"
explanation = "总数除以栋数。"
weights = { D = 1.0 }
difficulty = 1

[[question.variants]]
values = { total = 100, blocks = 50 }
key = { number = 2 }

[[question.variants]]
values = { total = 90, blocks = 30 }
key = { number = 3 }
"""


def rules(text: str) -> Break:
    return swap("course.toml", RULES, text)


def added(text: str) -> Break:
    def edit(folder: Path) -> None:
        path = folder / "questions" / "L1.toml"
        path.write_text(path.read_text() + text)

    return edit


BROKEN: dict[str, tuple[Break, str, str, str]] = {
    "a test that tells at once": (
        rules('mode = "test"\nfeedback = "instant"'),
        "course.toml",
        "L1 rules.feedback",
        "instant",
    ),
    "a test that counts tries": (
        rules('mode = "test"\ntries = 2'),
        "course.toml",
        "L1 rules.tries",
        "2",
    ),
    "resits of no test": (rules("tries = 3\nresits = 1"), "course.toml", "L1 rules.resits", "1"),
    "closes before it opens": (
        rules('opens = "2026-12-02 08:00"\ncloses = "2026-12-01 18:00"'),
        "course.toml",
        "L1 rules.closes",
        "2026-12-01",
    ),
    "a day that never was": (
        rules('closes = "2026-02-30 18:00"'),
        "course.toml",
        "L1 rules.closes",
        "2026-02-30",
    ),
    "a pool with an unknown question": (
        added(SLOT.replace('"L1-8"', '"L1-88"')),
        "questions/L1.toml",
        "slot L1-X1 pool",
        "L1-88",
    ),
    "a pool worth other points": (
        added(SLOT.replace("points = 7", "points = 5")),
        "questions/L1.toml",
        "slot L1-X1 points",
        "7 分",
    ),
    "a pool with a written question": (
        added(SLOT.replace('"L1-8"', '"L1-W1"')),
        "questions/L1.toml",
        "slot L1-X1 pool",
        "written",
    ),
    "a pool too small": (
        added(SLOT.replace(', "L1-8"', "")),
        "questions/L1.toml",
        "slot",
        "抽不到题",
    ),
    "a variant without a number of the prompt": (
        added(VARIANTS.replace("total = 90, ", "")),
        "questions/L1.toml",
        "L1-9",
        "没有 total",
    ),
    "two variants alike": (
        added(VARIANTS.replace("total = 90, blocks = 30", "total = 100, blocks = 50")),
        "questions/L1.toml",
        "L1-9",
        "相同",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_fault_is_named_by_file_line_and_field(name: str, tmp_path: Path) -> None:
    for found in hits(copied_course(tmp_path), BROKEN[name]):
        assert isinstance(found["line"], int)


def test_a_lesson_with_places_and_variants_is_read(tmp_path: Path) -> None:
    folder = copied_course(tmp_path)
    added(SLOT.replace('"L1-8"', '"L1-8", "L1-5"') + VARIANTS)(folder)
    rules('mode = "test"\nshuffle = true\nresits = 1\ncloses = "2026-12-01 18:00"')(folder)
    source = folder / "source" / "L1" / "L1.ipynb"
    text = source.read_text()
    for old, new in (("L1-1", "L1-X1"), ("L1-8", "L1-X2"), ("L1-5", "L1-9")):
        text = text.replace(f'"{old}"', f'"{new}"').replace(
            f'Question(\\"{old}', f'Question(\\"{new}'
        )
    source.write_text(text)
    lesson = load_course(folder).lessons[0]
    assert (lesson.rules.mode, lesson.rules.resits, lesson.rules.feedback) == ("test", 1, "handin")
    assert {form.origin for form in lesson.forms["L1-X1"]} == {"L1-1", "L1-5", "L1-8"}
    assert [form.question.key["number"] for form in lesson.forms["L1-9"]] == [2, 3]
    assert lesson.forms["L1-9"][1].question.prompt == "90名志愿者分到30栋楼，平均每栋几名？"
