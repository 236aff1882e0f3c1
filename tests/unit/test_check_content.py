"""`zhixing check` lints the content: sources, assumptions, pictures, lengths and give-aways."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.broken_course import NOTEBOOK as L1_NOTEBOOK
from tests.broken_course import Break, copied_course, findings, hits, run, swap, text
from zhixing.coursefiles.assumptions import is_certain
from zhixing.coursefiles.checking import course_findings
from zhixing.coursefiles.giveaway import giveaway_findings
from zhixing.coursefiles.questionfile import QuestionFile
from zhixing.coursefiles.safesvg import svg_faults
from zhixing.question import Option, Question

L1, C1 = "questions/L1.toml", "cases/C1.toml"
FIGURE = "source/L1/figures/tree.svg"
PICTURE = "\n\n![四级组织树](figures/tree.svg)"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><title>四级组织树</title>{}</svg>'
FULL = "（原文明确，确定程度：高）"
PANEL = "这 20 位“有经验的干部”"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    copy = copied_course(tmp_path)
    (copy / "source/L1/figures").mkdir(exist_ok=True)
    return copy


def drawn(inside: str = "", shown: str = PICTURE, name: str = "tree.svg") -> Break:
    """Put a figure beside the lesson and show it in the text."""

    def edit(folder: Path) -> None:
        (folder / "source/L1/figures" / name).write_text(SVG.format(inside))
        text("numbers", shown)(folder)

    return edit


def all_of(*changes: Break) -> Break:
    def edit(folder: Path) -> None:
        for change in changes:
            change(folder)

    return edit


def write(folder: Path, name: str, content: bytes) -> None:
    (folder / "source/L1/figures" / name).write_bytes(content)


BROKEN: dict[str, tuple[Break, str, str, str]] = {
    "source without certainty": (swap(L1, FULL, ""), L1, "L1-1 source", "没有确定程度"),
    "a case's source without certainty": (swap(C1, FULL, ""), C1, "C1 source", "没有确定程度"),
    "a listed source without certainty": (
        swap(L1_NOTEBOOK, "确定程度：高（原文明确）。", "见原文。"),
        L1_NOTEBOOK,
        "资料来源",
        "没有确定程度",
    ),
    "rubric without assumption": (
        swap(L1, 'assumption = "评分标准和', '# "评分标准和'),
        L1,
        "L1-W1 assumption",
        "评分标准",
    ),
    "panel without assumption": (
        swap(L1, f'assumption = "{PANEL}', f'# "{PANEL}'),
        L1,
        "L1-P1 assumption",
        "专家组",
    ),
    "case without assumption": (swap(C1, "assumption =", "#"), C1, "C1 assumption", "四轴分值"),
    "tolerance without assumption": (
        swap(L1, 'assumption = "平均数只', '# "'),
        L1,
        "L1-3 assumption",
        "允许误差 0.01",
    ),
    "supposition without assumption": (
        swap(L1, "这属于哪一类问题？", "假定只有一类，属于哪一类？"),
        L1,
        "L1-1 assumption",
        "假定",
    ),
    "a lesson that tells why an option is wrong": (
        text("numbers", "\n\n不对。这一类说的是不善于结合实际思考、机械对照文件执行。"),
        L1_NOTEBOOK,
        "正文",
        "L1-1 的评分内容",
    ),
    "design without label": (
        text("numbers", "\n\n下面的三步是本课设计，供练习用。"),
        L1_NOTEBOOK,
        "正文",
        "本课设计",
    ),
    "a label that nobody knows": (
        text("numbers", "\n\n可以这样分工【假设】：先看，再问。"),
        L1_NOTEBOOK,
        "正文",
        "假设",
    ),
    "a label does not reach two paragraphs on": (
        text("numbers", "\n\n分三步【教学假设】：\n\n- 分值 3 分\n\n另外，分值可以再调。"),
        L1_NOTEBOOK,
        "正文",
        "分值",
    ),
    "document due for review": (
        swap("course.toml", 'id = "article"', 'id = "article"\nreview_by = "2024-05-01"'),
        "course.toml",
        "document article review_by",
        "已过期",
    ),
    "review on a day that never was": (
        swap("course.toml", 'id = "article"', 'id = "article"\nreview_by = "2099-02-30"'),
        "course.toml",
        "document article review_by",
        "2099-02-30",
    ),
    "section longer than its minutes": (
        all_of(
            swap("course.toml", "self_study", "characters = [1, 9000]\nself_study"),
            text("practice", "\n" + "字" * 3200),
        ),
        L1_NOTEBOOK,
        "小节“动手",
        "8 分钟",
    ),
    "text too short": (
        swap("course.toml", "self_study", "characters = [8000, 9000]\nself_study"),
        L1_NOTEBOOK,
        "正文长度",
        "汉字",
    ),
    "limits the wrong way round": (
        swap("course.toml", "self_study", "characters = [3000, 1800]\nself_study"),
        "course.toml",
        "characters",
        "[3000, 1800]",
    ),
    "one limit": (
        swap("course.toml", "self_study", "characters = [3000]\nself_study"),
        "course.toml",
        "characters",
        "3000",
    ),
    "no text alternative": (
        drawn(shown="\n\n![](figures/tree.svg)"),
        L1_NOTEBOOK,
        "图",
        "没有替代",
    ),
    "a file name is no text alternative": (
        drawn(shown="\n\n![tree](figures/tree.svg)"),
        L1_NOTEBOOK,
        "图",
        "没有替代",
    ),
    "no alternative in html": (
        drawn(shown='\n\n<img src="figures/tree.svg">'),
        L1_NOTEBOOK,
        "图",
        "没有替代",
    ),
    "drawing without title": (
        text("numbers", '\n\n<svg viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'),
        L1_NOTEBOOK,
        "图",
        "svg 没有 title",
    ),
    "figure missing": (text("numbers", PICTURE), L1_NOTEBOOK, "图", "找不到 figures/tree.svg"),
    "picture from outside": (
        text("numbers", "\n\n![四级组织树](https://example.org/tree.svg)"),
        L1_NOTEBOOK,
        "图",
        "example.org",
    ),
    "picture above the folder": (
        text("numbers", "\n\n![四级组织树](figures/../L1.svg)"),
        L1_NOTEBOOK,
        "图",
        "figures/../L1.svg",
    ),
    "figure not shown": (drawn(shown=""), FIGURE, "文件", "没有用到"),
    "figure with a name of its own": (
        drawn(shown="", name="四级.svg"),
        "source/L1/figures/四级.svg",
        "文件名",
        "四级",
    ),
    "script in a figure": (drawn("\n<script>x</script>"), FIGURE, "svg", "<script>"),
    "traditional in a figure": (drawn("<text>黨員</text>"), FIGURE, "svg", "黨"),
    "bare figure in a figure": (drawn("<text>2300名志愿者</text>"), FIGURE, "svg", "2300名"),
    "no png": (
        all_of(
            lambda folder: write(folder, "a.png", b"GIF89a"),
            text("numbers", "\n![图一的说明](figures/a.png)"),
        ),
        "source/L1/figures/a.png",
        "文件",
        "不是 PNG",
    ),
}
NAMELESS = ("文件", "正文长度", "文件名")  # these are about a whole file, which has no one line


@pytest.mark.parametrize("name", BROKEN)
def test_every_fault_is_named_by_file_line_and_field(name: str, course: Path) -> None:
    found = hits(course, BROKEN[name])
    if found[0]["field"] not in NAMELESS:
        assert isinstance(found[0]["line"], int)


SOUND: dict[str, Break] = {
    "a sound figure": drawn("<text>小区</text>"),
    "an inline drawing with a title": text(
        "numbers", "\n\n<svg viewBox='0 0 9 9'><title>树</title><rect width='9'/></svg>"
    ),
    "a labelled design": text(
        "numbers", "\n\n分三步【教学假设】：\n\n- 本课设计的第一步，分值 3 分。"
    ),
    "a case to think of": text("numbers", "\n\n做个小演练：假设明早停气一天，先找谁？"),
    "a document due later": swap(
        "course.toml", 'id = "article"', 'id = "article"\nreview_by = "2099-05-01"'
    ),
    "limits of another kind of course": swap(
        "course.toml", "self_study", "characters = [500, 5000]\nself_study"
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_right_is_not_called_wrong(name: str, course: Path) -> None:
    SOUND[name](course)
    assert run(course).exit_code == 0, run(course).stdout


def test_a_test_has_no_text_to_be_too_short(course: Path) -> None:
    swap("course.toml", "self_study", "characters = [8000, 9000]\nself_study")(course)
    swap("course.toml", 'tries = 3\nfeedback = "instant"', 'mode = "test"')(course)
    assert [item["file"] for item in findings(course) if item["field"] == "正文长度"] == [
        f"{course.name}/source/L3/L3.ipynb"
    ]


def test_a_text_alternative_is_not_counted_as_text(course: Path) -> None:
    drawn(shown=f"\n\n![{'字' * 3000}](figures/tree.svg)")(course)
    assert run(course).exit_code == 0, run(course).stdout


def test_the_day_of_the_check_decides_what_is_overdue(course: Path) -> None:
    swap("course.toml", 'id = "article"', 'id = "article"\nreview_by = "2026-12-01"')(course)
    assert course_findings(course, date(2026, 12, 1)) == []
    assert len(course_findings(course, date(2026, 12, 2))) == 1


@pytest.mark.parametrize(
    ("source", "is_fine"),
    [
        ("署名文章，正文第4段（确定程度：高）", True),
        ("评分标准为本课设计", True),
        ("数字为本课虚构；清单见署名文章，正文第9段（确定程度：高）", True),
        ("数字为本课虚构；清单见署名文章，正文第9段", False),
        ("署名文章，正文第4段", False),
        ("- 数据任务中的社区：全部虚构；推演是历史回顾，不是现行做法。", True),
        ("通行做法", False),
        ("《条例》第5条，确定程度待定", False),
    ],
)
def test_a_source_says_how_certain_it_is_or_that_it_is_ours(source: str, is_fine: bool) -> None:
    assert is_certain(source) is is_fine


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<foreignObject/>", "<foreignObject>"),
        ("<style>a{}</style>", "<style>"),
        ('<image href="data:image/png;base64,x"/>', "<image>"),
        ('<rect style="fill:red"/>', "style"),
        ('<rect onclick="x()"/>', "onclick"),
        ('<a href="https://example.org/"><rect/></a>', "example.org"),
        ('<use href="other.svg#a"/>', "other.svg"),
        ('<rect fill="url(https://example.org/a)"/>', "url("),
        ('<set attributeName="href" to="javascript:x()"/>', "javascript"),
        ("<rect", "无法解析"),
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused(inside: str, found: str) -> None:
    faults = list(svg_faults(SVG.format(f"\n{inside}").encode()))
    assert any(found in fault[1] and fault[0] == 2 for fault in faults), faults


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "DOCTYPE"),
        (b'<?xml-stylesheet href="a.css"?><svg/>', "xml-stylesheet"),
        (b"<svg><title>a</title></svg>", "svg"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><title> </title></svg>', "title"),
        (b"<html/>", "html"),
    ],
)
def test_what_is_no_plain_drawing_is_refused(content: bytes, found: str) -> None:
    ((_, said, expected, advice),) = svg_faults(content)
    assert found in said
    assert expected
    assert advice


def test_a_drawing_may_refer_to_itself() -> None:
    inside = '<g id="a"><rect fill="url(#b)"/></g><use href="#a"/>'
    assert list(svg_faults(SVG.format(inside).encode())) == []


def single(number: int, right: str, lengths: str, *, keep_order: bool = False) -> Question:
    options = [Option(name, "字" * int(x), "因") for name, x in zip("abcd", lengths, strict=True)]
    key = {"option": right}
    return Question(
        f"L1-{number}", "single", "问", 1, key, options=tuple(options), keep_order=keep_order
    )


def given_away(questions: list[Question], *, is_shuffled: bool = False) -> list[str]:
    lines = {one.id: place for place, one in enumerate(questions, start=1)}
    file = QuestionFile("x.toml", tuple(questions), lines, {}, ())
    return [one.found for one in giveaway_findings(file, is_shuffled=is_shuffled)]


Make = Callable[[int], Question]
LONGEST: Make = lambda n: single(n, "abcd"[n % 4], "".join("93"[n % 4 != i] for i in range(4)))  # noqa: E731 - a row of a table


def test_the_right_one_must_not_always_be_the_longest() -> None:
    assert "正确项最长" in given_away([LONGEST(n) for n in range(5)])[0]
    assert given_away([LONGEST(n) for n in range(4)]) == []  # too few to see a pattern
    mixed = [*(LONGEST(n) for n in range(7)), *(single(n, "abc"[n - 7], "3339") for n in (7, 8, 9))]
    assert given_away(mixed) == []  # seven of ten is not more than 70 %


def test_the_right_one_must_not_always_stand_in_one_place() -> None:
    always_b = [single(n, "b", "5555") for n in range(5)]
    assert "都在 B" in given_away(always_b)[0]
    assert given_away(always_b, is_shuffled=True) == []
    assert given_away([single(n, "b", "5555", keep_order=True) for n in range(5)]) == []


def test_right_ones_of_a_multiple_choice_must_not_all_be_longer() -> None:
    options = tuple(
        Option(name, "字" * n, "因") for name, n in zip("abcd", (9, 9, 3, 3), strict=True)
    )
    key = {"options": ["a", "b"]}
    several = [Question(f"L1-{n}", "multiple", "问", 1, key, options=options) for n in range(5)]
    assert "正确项最长" in given_away(several)[0]
