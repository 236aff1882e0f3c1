"""Slots: places of a test that are filled from a pool, for each learner by the own paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zhixing.course import Form
from zhixing.coursefiles.finding import Finding
from zhixing.coursefiles.questionfile import QuestionFile, Slot
from zhixing.paper import unfilled_places

NEVER_DRAWN = ("written", "case")
"""A text is graded by hand in a cell of its own, and a case is walked: neither fits any place."""

_NEXT = "请改正后再运行 zhixing check。"


@dataclass(frozen=True)
class Catalogue:
    """All questions of a course by id, with their variants, and which lesson each stands in."""

    forms: Mapping[str, tuple[Form, ...]]
    lessons: Mapping[str, str]
    solved: frozenset[str]

    @classmethod
    def of(cls, files: Sequence[tuple[str, QuestionFile]]) -> Catalogue:
        """Gather the files of lessons, each with its lesson's id."""
        return cls(
            {
                question.id: file.forms.get(question.id, (Form(question.id, question),))
                for _, file in files
                for question in file.questions
            },
            {question.id: lesson for lesson, file in files for question in file.questions},
            frozenset(name for _, file in files for name in file.solvers),
        )

    def chosen(self, wish: Mapping[str, Any]) -> list[str]:
        """Origins that a slot may hold: those it lists, or those that meet all it asks for."""
        if "pool" in wish:
            return [name for name in wish["pool"] if name in self.forms]
        return [name for name in self.forms if self._meets(name, wish)]

    def _meets(self, name: str, wish: Mapping[str, Any]) -> bool:
        question = self.forms[name][0].question
        return (
            self.lessons[name] in wish["lessons"]
            # A data question needs its table beside it, which a place of a test has not.
            and question.kind not in (*NEVER_DRAWN, "data")
            and question.points == wish["points"]
            and question.kind in wish.get("kinds", (question.kind,))
            and question.difficulty in wish.get("difficulty", (question.difficulty,))
            and any(axis in question.weights for axis in wish.get("axes", question.weights))
        )


@dataclass(frozen=True)
class Drawn:
    """The places of one lesson: as questions that stand for them, and with all their forms."""

    file: QuestionFile
    forms: Mapping[str, tuple[Form, ...]]
    origins: frozenset[str]


def drawn_places(file: QuestionFile, catalogue: Catalogue) -> Drawn:
    """Fill the slots of a file with whatever they may hold, or say what is wrong with them."""
    forms: dict[str, tuple[Form, ...]] = {}
    lines: dict[str, int] = {}
    findings: list[Finding] = []
    for slot in file.slots:
        findings += _slot_findings(file.name, slot, catalogue)
        origins = catalogue.chosen(slot.wish)
        for place in slot.wish["ids"]:
            lines[place] = slot.line
            forms[place] = tuple(
                Form(name, replace(form.question, id=place))
                for name in origins
                for form in catalogue.forms[name]
            )
    findings += _unfilled(file, forms)
    origins_used = frozenset(form.origin for found in forms.values() for form in found)
    questions = tuple(found[0].question for found in forms.values() if found)
    return Drawn(
        QuestionFile(file.name, questions, lines, {}, tuple(findings)), forms, origins_used
    )


def _slot_findings(name: str, slot: Slot, catalogue: Catalogue) -> Iterator[Finding]:
    label = f"slot {slot.wish['ids'][0]}"
    for origin in slot.wish.get("pool", ()):
        line = slot.line
        if origin not in catalogue.forms:
            expected = "本课程里有的题目编号"
            yield Finding(name, line, f"{label} pool", origin, expected, _NEXT)
            continue
        question = catalogue.forms[origin][0].question
        if question.kind in NEVER_DRAWN:
            found, expected = f"{origin} 是 {question.kind}", "简答和案例推演以外的题"
            yield Finding(name, line, f"{label} pool", found, expected, _NEXT)
        if question.points != slot.wish["points"]:
            found = f"{origin} 为 {question.points:g} 分"
            expected = f"与 points 相同（{slot.wish['points']:g} 分）"
            yield Finding(name, line, f"{label} points", found, expected, _NEXT)
    for lesson in slot.wish.get("lessons", ()):
        if lesson not in catalogue.lessons.values():
            expected = "有题目的课时编号"
            yield Finding(name, slot.line, f"{label} lessons", lesson, expected, _NEXT)


def _unfilled(file: QuestionFile, forms: Mapping[str, tuple[Form, ...]]) -> Iterator[Finding]:
    empty = unfilled_places(forms)
    if empty:
        lines = {place: slot.line for slot in file.slots for place in slot.wish["ids"]}
        count = len({form.origin for found in forms.values() for form in found})
        found = f"{len(forms)} 个位置，合用的题只有 {count} 道，{'、'.join(empty)} 抽不到题"
        expected = "每份卷子的每个位置都有不重复的题"
        yield Finding(file.name, lines[empty[0]], "slot", found, expected, "请补题或减少位置。")
