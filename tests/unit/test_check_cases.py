"""`zhixing check` names every fault of a case, a panel, an answer table and a citation."""

from datetime import date
from pathlib import Path

import pytest

from tests.broken_course import Break, copied_course, hits, swap
from zhixing.coursefiles.checking import course_findings
from zhixing.coursefiles.keys import key_faults

REPLACED = 'id = "article"\nreplaced_on = "2026-01-01"\nreplaced_by = "《新文》"'

BROKEN: dict[str, tuple[Break, str, str, str]] = {
    "the cited document was replaced": (
        swap("course.toml", 'id = "article"', REPLACED),
        "questions/L1.toml",
        "L1-1 document",
        "冻结",
    ),
    "a case cites a replaced document": (
        swap("course.toml", 'id = "article"', REPLACED),
        "cases/C1.toml",
        "C1 document",
        "2026-01-01",
    ),
    "the cited document does not hold yet": (
        swap("course.toml", 'id = "article"', 'id = "article"\neffective = "2999-01-01"'),
        "questions/L1.toml",
        "L1-1 document",
        "2999-01-01 起才施行",
    ),
    "the recommended way passes a forbidden choice": (
        swap("cases/C1.toml", 'id = "b1"', 'id = "b1"\nforbidden = true'),
        "cases/C1.toml",
        "推荐路径",
        "b1（forbidden）",
    ),
    "a number that is none": (
        swap("questions/L1.toml", "number = 230", "number = nan"),
        "questions/L1.toml",
        "key.number",
        "nan",
    ),
    "an endless weight": (
        swap("questions/L1.toml", "weights = { E = 1.0 }", "weights = { E = inf }"),
        "questions/L1.toml",
        "weights.E",
        "inf",
    ),
    "a number nobody can type": (
        swap("questions/L1.toml", "number = 230,", "number = 1e15,"),
        "questions/L1.toml",
        "key.number",
        "1e+15",
    ),
    "a known mistake that is nearly right": (
        swap("questions/L1.toml", "value = 1.3,", "value = 0.785,"),
        "questions/L1.toml",
        "wrong",
        "0.785",
    ),
    "two options that read the same": (
        swap("questions/L1.toml", "先锋意识“淡化”", "执行力“縮水”"),
        "questions/L1.toml",
        "options",
        "文字相同",
    ),
    "the cited document is unknown": (
        swap("questions/L3.toml", 'document = "branch-rules"', 'document = "rules"'),
        "questions/L3.toml",
        "document",
        "rules",
    ),
    "a document of a day that never was": (
        swap("course.toml", 'id = "article"', 'id = "article"\neffective = "2026-02-30"'),
        "course.toml",
        "document article effective",
        "2026-02-30",
    ),
    "a document twice": (
        swap("course.toml", 'id = "branch-rules"', 'id = "article"'),
        "course.toml",
        "document article",
        "两次",
    ),
    "case leads nowhere": (
        swap("cases/C1.toml", 'next = "a"', 'next = "z"'),
        "cases/C1.toml",
        "choice A next",
        "z",
    ),
    "case state never reached": (
        swap("cases/C1.toml", 'next = "a"', 'next = "b"'),
        "cases/C1.toml",
        "state a",
        "走不到",
    ),
    "case goes in a circle": (
        swap("cases/C1.toml", 'id = "b1"', 'id = "b1"\nnext = "s0"'),
        "cases/C1.toml",
        "state s0",
        "走回",
    ),
    "case has two best ways": (
        swap("cases/C1.toml", "E = 0\nV = 0\nM = -1\nS = -1", "E = 1\nV = 1\nM = 0\nS = 2"),
        "cases/C1.toml",
        "推荐路径",
        "B→b1；B→b2",
    ),
    "case choice twice": (
        swap("cases/C1.toml", 'id = "a2"', 'id = "a1"'),
        "cases/C1.toml",
        "choice a1",
        "两次",
    ),
    "case without a consequence": (
        swap("cases/C1.toml", "consequence = ", "outcome = "),
        "cases/C1.toml",
        "A consequence",
        "缺少",
    ),
    "case of another name": (
        swap("cases/C1.toml", 'id = "C1"', 'id = "C9"'),
        "cases/C1.toml",
        "id",
        "C9",
    ),
    "panel forgets an option": (
        swap("questions/L1.toml", "c = 1, d = 1", "c = 2"),
        "questions/L1.toml",
        "L1-P1 key.panel",
        "a、b、c",
    ),
    "panel without a majority": (
        swap("questions/L1.toml", "a = 13, b = 5", "a = 9, b = 9"),
        "questions/L1.toml",
        "L1-P1 key.panel",
        "不止一个",
    ),
    "table row too short": (
        swap("questions/L1.toml", '"医护人员" = [1019, "确数"]\n', '"医护人员" = [1019]\n'),
        "questions/L1.toml",
        "L1-T1 key.table",
        "1 格",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_fault_is_named_by_file_line_and_field(name: str, tmp_path: Path) -> None:
    for found in hits(copied_course(tmp_path), BROKEN[name]):
        assert isinstance(found["line"], int)


def test_a_document_that_will_be_replaced_holds_until_that_day(tmp_path: Path) -> None:
    folder = copied_course(tmp_path)
    swap("course.toml", 'id = "article"', REPLACED.replace("2026-01-01", "2026-12-31"))(folder)
    on = {day: course_findings(folder, day) for day in (date(2026, 12, 30), date(2026, 12, 31))}
    before, after = on.values()
    assert before == []
    assert any("冻结" in finding.found for finding in after)


@pytest.mark.parametrize(("accepted", "words"), [("。", "不只是标点"), ("长" * 201, "201 个字")])
def test_a_text_that_cannot_be_typed_is_no_key(accepted: str, words: str) -> None:
    item = {
        "kind": "blank",
        "weights": {"D": 1.0},
        "key": {"text": ["小区", accepted]},
    }
    assert any(words in f"{found}{expected}" for _, found, expected in key_faults(item))
