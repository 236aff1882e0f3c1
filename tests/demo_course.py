"""A small course with every question type, for tests of the demo."""

from zhixing.course import Block, Course, Lesson, Section
from zhixing.question import Option, Question


def _options(*ids: str) -> tuple[Option, ...]:
    return tuple(Option(name, f"{name} 项", f"因为 {name}") for name in ids)


def _questions(lesson: str) -> tuple[Question, ...]:
    abc = _options("a", "b", "c")
    left, right = _options("a", "b"), _options("x", "y")
    step = ({"value": 4, "step": "有重名,请按人员编码核对"},)
    rubric = [{"criterion": "具体", "points": 5, "levels": ["好", "中"]}]
    return (
        Question(f"{lesson}-1", "single", "?", 1, {"option": "a"}, abc),
        Question(f"{lesson}-2", "multiple", "?", 2, {"options": ["a", "b"]}, abc, difficulty=2),
        Question(f"{lesson}-3", "truth", "?", 1, {"option": "no"}, _options("yes", "no")),
        Question(f"{lesson}-4", "blank", "?", 1, {"number": 3, "tolerance": 0}, wrong=step),
        Question(f"{lesson}-5", "blank", "?", 1, {"text": ["小区"]}, difficulty=3),
        Question(f"{lesson}-6", "match", "?", 2, {"pairs": {"a": "x", "b": "y"}}, left, right),
        Question(f"{lesson}-7", "order", "?", 2, {"order": ["a", "b", "c"]}, abc),
        Question(f"{lesson}-D1", "data", "?", 2, {"set": ["p1", "p2"]}),
        Question(f"{lesson}-D2", "data", "?", 2, {"rate": 0.93755}),
        Question(f"{lesson}-D3", "data", "?", 2, {"integer": 3515}, wrong=step),
        Question(f"{lesson}-W1", "written", "?", 5, {"rubric": rubric}),
    )


def _lesson(name: str) -> Lesson:
    questions = _questions(name)
    sections = tuple(
        Section(title, 8, tuple(Block("question", ref=question.id) for question in part))
        for title, part in (("一", questions[:6]), ("二", questions[6:]))
    )
    return Lesson(name, f"第 {name} 课", "会用", 40, sections, questions)


COURSE = Course("shujiketang", "书记课堂", "测试用", 3.0, (_lesson("L1"), _lesson("L3")))
