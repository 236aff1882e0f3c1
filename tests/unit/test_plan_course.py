"""The action-learning plan has the artifacts, the weights and the questions of the domain brief."""

import re
from pathlib import Path

import pytest

from zhixing.course import Lesson
from zhixing.coursefiles import load_course
from zhixing.coursefiles.prose import characters
from zhixing.marking import mark
from zhixing.question import Question

COURSE = load_course(Path(__file__).parents[2] / "courses" / "xingdongxuexi")
WEEKS = [f"Z{number}" for number in range(1, 13)]
WEIGHTS = {
    "问题真实聚焦": 20,
    "调研与底数": 20,
    "行动与群众参与": 25,
    "成效与证据": 20,
    "复盘与制度化": 15,
}
COMPLETE = "完整"
PLAN = ("做什么", "谁来做", "什么时候", "指标和目标值", "风险和应对")
SHADOWING = (
    *("跟着做了什么", "一个好做法，怎样做成的"),
    *("一个难处，他们怎样应对", "我问了什么，得到什么回答"),
)
ACTION = ("做了什么，谁参加", "指标这一周的数", "居民的话，我的回应", "没做成的，出的岔子")

REQUIRED = {
    "Z1-W1": ("要解决的问题", "责任人", "受影响的居民", "衡量指标"),
    "Z1-W2": ("我想学会什么", "小组的规矩"),
    "Z2-W1": ("范围", "涉及的人", "基线值", "怎样数的"),
    "Z2-W2": ("想弄清什么", "找谁谈", "要问的问题"),
    "Z2-W3": ("访谈一", "访谈二", "访谈三", "访谈四", "访谈五"),
    "Z3-W1": (
        *("鱼头：问题", "人", "物和场地", "做法", "规则", "环境和时间"),
        "根因一和证据",
    ),
    "Z4-W1": (*PLAN, "委托人书面同意"),
    "Z5-W1": SHADOWING,
    "Z6-W1": SHADOWING,
    "Z7-W1": SHADOWING,
    "Z7-W2": ("对标的做法", "他们怎样做，结果如何", "我们现在怎样", "差在哪个条件上"),
    "Z7-W3": ("改了什么，为什么改", *PLAN),
    "Z7-W4": ("结论", "导师的评语", "导师和日期"),
    "Z8-W1": (*ACTION, "下周怎么调整"),
    "Z9-W1": (*ACTION, "下周怎么调整"),
    "Z9-W2": ("我带去的难题", "组员问得好的问题", "我决定做的一件事"),
    "Z10-W1": (*ACTION, "下周怎么调整"),
    "Z11-W1": (*ACTION, "往后谁来接着做"),
    "Z11-W2": ("终值", "怎样数的", "还有什么也可能起了作用", "证据在哪里"),
    "Z12-W1": ("行动以前", "行动以后"),
    "Z12-W2": (
        *("目标回顾", "结果评估", "原因分析", "规律总结"),
        *("制度建议", "我干成了什么"),
    ),
    "Z13-W1": ("指标现在是多少", "还在用的", "被谁采用了", "我干成了什么"),
}
"""Artifacts of the domain brief, section 5, and the fields that none may do without."""

WEEKLY = [f"{week}-W1" for week in ("Z5", "Z6", "Z7", "Z8", "Z9", "Z10", "Z11")]
SHOULD, CAN, HOW, DONE = "我该干什么", "我能干什么", "我要怎么干", "我干成了什么"
ASKED = {
    **dict.fromkeys(("Z1", "Z2"), (SHOULD,)),
    "Z3": (CAN,),
    "Z4": (CAN, HOW),
    **dict.fromkeys(("Z5", "Z6", "Z7", "Z8", "Z9", "Z10", "Z11"), (HOW,)),
    **dict.fromkeys(("Z12", "Z13"), (DONE,)),
}
COUNTS = {"Z2-W1": 47, "Z8-W1": 21, "Z9-W1": 33, "Z10-W1": 24, "Z11-W2": 19, "Z13-W1": 22}
"""Floors that the example counts, by the form that tells it."""

PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")

lessons = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)
FORMS = {one.id: one for lesson in COURSE.lessons for one in lesson.questions if one.fields}
forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def text(lesson: Lesson) -> str:
    return "\n".join(block.text for section in lesson.sections for block in section.blocks)


def labels(form: Question, *, optional: bool) -> list[str]:
    return [one["label"] for one in form.fields if one.get("optional", False) == optional]


def example(form: Question) -> str:
    return "\n".join(one["example"] for one in form.fields)


def test_the_course_has_twelve_weeks_a_follow_up_and_the_facilitators_guide() -> None:
    assert [lesson.id for lesson in COURSE.lessons] == [*WEEKS, "Z13", "G0"]
    assert not COURSE.self_study


def test_the_criteria_weigh_what_the_brief_says_and_together_100() -> None:
    found: dict[str, float] = {}
    for form in FORMS.values():
        for row in form.key["rubric"]:
            found[row["criterion"]] = found.get(row["criterion"], 0) + row["points"]
    assert found.pop(COMPLETE) == 9
    assert found == WEIGHTS
    assert sum(found.values()) == 100


def test_what_is_outside_the_criteria_earns_one_point_each() -> None:
    for lesson in COURSE.lessons:
        for question in lesson.questions:
            rows = [row["criterion"] for row in question.key.get("rubric", ())]
            if not rows or rows == [COMPLETE]:
                assert question.points == 1, question.id


@forms
def test_a_form_is_judged_at_four_levels_and_says_that_they_are_ours(form: Question) -> None:
    assert all(len(row["levels"]) == 4 for row in form.key["rubric"])
    assert "教学假设" in form.assumption
    assert "虚构" in form.assumption


def test_every_artifact_of_the_brief_is_a_form_and_there_is_no_other() -> None:
    assert set(FORMS) == set(REQUIRED)
    written = {
        one.id for lesson in COURSE.lessons for one in lesson.questions if one.kind == "written"
    }
    assert written == set(FORMS)


@forms
def test_an_artifact_has_its_required_fields(form: Question) -> None:
    assert set(REQUIRED[form.id]) <= set(labels(form, optional=False))


@forms
def test_every_field_has_a_hint_and_an_example(form: Question) -> None:
    assert all(one.get("hint") and one.get("example") for one in form.fields)


@forms
def test_a_form_filled_in_with_its_own_examples_is_taken(form: Question) -> None:
    assert mark(form, {one["label"]: one["example"] for one in form.fields}).score is None


@pytest.mark.parametrize("name", WEEKLY)
def test_a_weekly_log_has_at_most_five_fields(name: str) -> None:
    assert len(FORMS[name].fields) <= 5


def test_there_is_room_for_five_interviews_and_for_no_more_than_three_root_causes() -> None:
    interviews = [one for one in labels(FORMS["Z2-W3"], optional=False) if one.startswith("访谈")]
    causes = [one["label"] for one in FORMS["Z3-W1"].fields if one["label"].startswith("根因")]
    assert len(interviews) == 5
    assert len(causes) == 3
    assert all("证据" in one for one in causes)


def test_the_gate_asks_for_name_and_date_and_stops_whoever_has_no_consent() -> None:
    [field] = [one for one in FORMS["Z4-W1"].fields if one["label"] == "委托人书面同意"]
    assert "姓名" in field["hint"]
    assert "日期" in field["hint"]
    week = COURSE.lesson("Z4")
    assert week is not None
    assert "没有书面同意，先不进第5周" in text(week)


def test_the_host_only_passes_or_fails_and_the_learner_fills_in_what_the_host_said() -> None:
    form = FORMS["Z7-W4"]
    assert "合格" in form.prompt
    assert "照导师的原话填写" in form.prompt
    assert form.points == 1
    assert "与结论无关" in form.assumption


@pytest.mark.parametrize("name", ASKED)
def test_a_week_names_its_question_at_the_beginning_and_on_the_summary(name: str) -> None:
    lesson = COURSE.lesson(name)
    assert lesson is not None
    for section in (lesson.sections[0], lesson.sections[-1]):
        shown = PICTURE.sub("", "\n".join(block.text for block in section.blocks))
        others = {SHOULD, CAN, HOW, DONE} - set(ASKED[name])
        assert all(question in shown for question in ASKED[name])
        assert not [question for question in others if question in shown]


@lessons
def test_a_lesson_ends_with_a_checklist_on_its_one_page_summary(lesson: Lesson) -> None:
    assert lesson.sections[-1].is_summary
    assert "- □" in "\n".join(block.text for block in lesson.sections[-1].blocks)
    assert not any(section.is_summary for section in lesson.sections[:-1])


@lessons
def test_a_lesson_has_a_quiz_and_every_option_its_reason(lesson: Lesson) -> None:
    quiz = [question for question in lesson.questions if question.kind != "written"]
    assert quiz
    assert all(option.reason for question in quiz for option in question.options)


@pytest.mark.parametrize("name", [*WEEKS, "Z13"])
def test_a_week_is_read_in_less_than_half_an_hour(name: str) -> None:
    lesson = COURSE.lesson(name)
    assert lesson is not None
    assert 15 < lesson.minutes < 30
    assert characters(text(lesson)) <= 1500


def test_the_declared_hours_are_those_of_the_weeks_and_the_guide() -> None:
    half = sum(15 < lesson.minutes < 30 for lesson in COURSE.lessons)
    whole = sum(lesson.minutes >= 30 for lesson in COURSE.lessons)
    assert COURSE.hours == half * 0.5 + whole


@forms
def test_a_form_asks_for_no_photograph_telephone_or_identity_number(form: Question) -> None:
    asked = "\n".join(f"{one['label']} {one['hint']}" for one in form.fields)
    assert not re.search("身份证|电话|手机|病情|(?<!不要求)照片", asked)


def test_the_example_counts_the_same_floors_wherever_it_tells_them() -> None:
    for name, floors in COUNTS.items():
        assert f"{floors} 层" in example(FORMS[name]), name
    course_of_events = example(FORMS["Z12-W1"])
    assert "47 层" in course_of_events
    assert "第8周 21，第9周 33，第10周 24，第11周 19" in course_of_events


def test_the_example_owns_up_to_what_did_not_work() -> None:
    assert "没有达到" in example(FORMS["Z11-W2"])
    assert "白费了一周" in example(FORMS["Z12-W2"])
    assert "误清" in example(FORMS["Z8-W1"])


def test_the_guide_has_its_methods_and_roles() -> None:
    guide = COURSE.lesson("G0")
    assert guide is not None
    for word in ("列名法", "鱼骨图", "头脑风暴", "SMART", "提问会", "复盘会", "静写", "加权投票"):
        assert word in text(guide) + "".join(section.title for section in guide.sections), word
    for role in ("催化师", "跟岗导师", "课题委托人"):
        assert role in text(guide)
