"""`zhixing course`: the record it writes, what it refuses, and who gets what is not published."""

import json
from pathlib import Path

import pytest

from tests.broken_course import cell, copied_course, swap
from tests.course_record import ROUND, run, take
from zhixing.coursefiles import load_course
from zhixing.coursefiles.checking import course_findings
from zhixing.coursefiles.loading import read_course
from zhixing.coursefiles.publicationfile import read_record
from zhixing.coursefiles.released import is_published, released_courses
from zhixing.coursefiles.versions import lesson_version
from zhixing.records.completion import lesson_count

RECORD = "publication.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied_course(tmp_path)


def stage_of(folder: Path, lesson: str = "L1") -> str:
    (document,) = json.loads(run("status", folder, "--json").stdout)
    (found,) = [one for one in document["lessons"] if one["id"] == lesson]
    return str(found["stage"])


def test_the_stages_follow_one_another_with_name_time_and_note(folder: Path) -> None:
    seen = [stage_of(folder)]
    for step in ROUND:
        take(folder, step)
        seen.append(stage_of(folder))
    assert seen == ["draft", "reviewed", "approved", "published"]
    first, *_ = read_record(folder).entries
    assert (first.by, first.author, first.note) == ("乙（示例）", "甲（示例）", "逐段核对了出处")
    assert first.at.tzinfo
    assert stage_of(folder, "L3") == "draft"
    assert is_published(folder, "L1")
    assert "已发布" in run("status", folder).stdout


@pytest.mark.parametrize(
    "change",
    [
        swap("questions/L1.toml", "重心下移", "重心向下"),
        swap("cases/C1.toml", "。", "！"),
        swap("data/D0.py", "def generate", "# 注\ndef generate"),
        cell("source/L1/L1.ipynb", "numbers", lambda found: found["source"].append("\n加一句。")),
        swap("course.toml", "总论：", "概论："),
        swap("course.toml", "task_seed = 2", "task_seed = 3"),
        lambda folder: write(folder / "source/L1/figures/tree.svg"),
    ],
)
def test_any_edit_makes_a_draft_again_and_leaves_other_lessons_alone(
    folder: Path, change: object
) -> None:
    for lesson in ("L1", "L3"):
        take(folder, *ROUND, lesson=lesson)
    change(folder)  # type: ignore[operator]
    assert stage_of(folder) == "draft"
    assert "此后改过" in run("status", folder).stdout
    is_seed = "task_seed = 3" in (folder / "course.toml").read_text()
    assert stage_of(folder, "L3") == ("draft" if is_seed else "published")


def write(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("<svg/>")


def test_what_an_editor_leaves_lying_about_changes_no_version(folder: Path) -> None:
    take(folder, *ROUND)
    left = folder / "source/L1/.ipynb_checkpoints/L1-checkpoint.ipynb"
    left.parent.mkdir()
    left.write_text("{}")
    (folder / "data/__pycache__").mkdir()
    assert stage_of(folder) == "published"


def test_returning_keeps_the_history_and_needs_a_reason(folder: Path) -> None:
    take(folder, *ROUND)
    assert run("return", folder, "L1", "--by", "丁").exit_code == 2
    take(folder, ("return", "--by", "丁", "--reason", "第三节的数字要核对"))
    assert stage_of(folder) == "draft"
    assert [entry.step for entry in read_record(folder).entries] == [
        "review",
        "approve",
        "publish",
        "return",
    ]


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    step, *options = ROUND[0]
    outcome = run(step, folder, "L1", *options, "--dry-run")
    assert outcome.exit_code == 0
    assert "草稿 → 已审核" in outcome.stdout
    assert not (folder / RECORD).exists()


def test_several_lessons_go_together_or_not_at_all(folder: Path) -> None:
    take(folder, ROUND[0], lesson="L3")
    outcome = run("approve", folder, "L3", "L1", "--by", "丙")
    assert outcome.exit_code == 1
    assert "L1 不能“组织部批准”：现为“草稿”" in outcome.output
    assert stage_of(folder, "L3") == "reviewed"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("review", "L1", "--by", "甲", "--author", "甲"), 1, "三个人"),
        (("review", "L1", "--by", "乙"), 2, "--author"),
        (("review", "L1", "--by", " ", "--author", "甲"), 1, "--by 现为"),
        (("review", "L1", "--by", "乙", "--author", "甲\n[[entry]]"), 1, "--author 现为"),
        (("review", "L9", "--by", "乙", "--author", "甲"), 1, "现有 L1、L3"),
        (("publish", "L1", "--by", "甲"), 1, "应为“已批准”"),
    ],
)
def test_what_is_refused_says_found_expected_and_next(
    folder: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    step, lesson, *options = arguments
    outcome = run(step, folder, lesson, *options)
    assert outcome.exit_code == code, outcome.output
    assert words in outcome.output
    assert not (folder / RECORD).exists()


def test_what_does_not_pass_the_check_is_not_published(folder: Path) -> None:
    cell("source/L1/L1.ipynb", "numbers", lambda found: found["source"].append("\n黨建"))(folder)
    take(folder, *ROUND[:2])
    outcome = run("publish", folder, "L1", "--by", "甲")
    assert outcome.exit_code == 1
    assert "繁体字“黨”" in outcome.output
    assert stage_of(folder) == "approved"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('by = "丙（示例）"', 'by = "乙（示例）"', "三个人"),
        ('step = "review"', 'step = "approve"', "现为“草稿”"),
        ('step = "approve"', 'step = "applaud"', "applaud"),
        ("at = ", "at = 1 #", "1"),
    ],
)
def test_a_record_changed_by_hand_is_found_and_believed_by_nobody(
    folder: Path, old: str, new: str, words: str
) -> None:
    take(folder, *ROUND)
    swap(RECORD, old, new)(folder)
    found = [one for one in course_findings(folder) if one.file.endswith(RECORD)]
    assert any(words in one.found for one in found), found
    assert run("status", folder).exit_code == 1


def test_a_name_in_quotes_stays_one_name(folder: Path) -> None:
    take(folder, ("review", "--by", '王"芳"\\n', "--author", "甲"))
    assert read_record(folder).entries[0].by == '王"芳"\\n'


def test_only_published_lessons_are_released_where_that_is_required(folder: Path) -> None:
    take(folder, *ROUND)
    (course,) = released_courses(folder.parent, require_published=True)
    assert [lesson.id for lesson in course.lessons] == ["L1"]
    assert course.withheld == ("L3",)
    (whole,) = released_courses(folder.parent, require_published=False)
    assert (len(whole.lessons), whole.withheld) == (2, ())


def test_half_a_course_is_not_completed_by_completing_its_half(folder: Path) -> None:
    take(folder, *ROUND)
    (course,) = released_courses(folder.parent, require_published=True)
    assert course.lesson_ids == ("L1", "L3")
    assert lesson_count((course,), [course.id]) == 2


def test_a_course_loads_whether_or_not_it_has_a_record(folder: Path) -> None:
    take(folder, *ROUND)
    assert len(load_course(folder).lessons) == 2


def test_a_test_is_another_version_when_a_question_of_its_pool_changes(folder: Path) -> None:
    slot = '[[slot]]\nids = ["L3-X1"]\npoints = 7\npool = ["L1-1", "L1-8"]\n\n'
    swap("questions/L3.toml", "[[question]]", f"{slot}[[question]]")(folder)
    versions = []
    for old, new in (("", ""), ("重心下移", "重心向下"), ("“慢执行”", "“慢半拍”")):
        swap("questions/L1.toml", old, new)(folder)
        files = read_course(folder)
        versions.append(lesson_version(files, files.lessons[1]))
    assert versions[0] == versions[1] != versions[2]  # L1-7 is not in the pool, L1-1 is
