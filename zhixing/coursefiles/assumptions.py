"""Assumptions and sources: what is ours is labelled so, and what is not says how certain it is.

References
----------
Issue 4 and 5: every teaching assumption is labelled on screen, every source has its certainty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.notebook import Cell, Notebook
from zhixing.coursefiles.questionfile import QuestionFile
from zhixing.question import Question

LABEL = "教学假设"

_CERTAINTY = re.compile("确定程度[：:]?为?[高中低]")
_OWN = re.compile("本课|本计划|虚构|教学设计|推算")
"""What says that a part of a source is our own work, which has no certainty but a label."""

_CITES = re.compile("《|条例|规定|文章|原文|报道|转载|参照|第[0-9、至]+[段条章]|(?<!数)据|见")
"""What says that a part rests on something else."""

_DESIGN = re.compile(
    "[【〔[（(]假[设定][】〕\\]）)]|为练习而设|分值|评分办法|评分标准为|星级线"
    "|本(?:课|计划)的?(?:教学设计|设计|归纳|约定|规定|建议|设定)|本课这样分"
)
"""Words by which a text shows that somebody designed what it says."""

_SUPPOSED = re.compile(f"{_DESIGN.pattern}|假定(?![您你])|(?<!{LABEL[:2]})假设(?![您你])")
"""In a question a supposition decides what is right; a text may well suppose a case to think of."""

_JUDGED = {
    "written": "评分标准",
    "panel": "专家组的人数分布",
    "case": "四轴分值",
}
"""Kinds whose marks rest on numbers that an author sets, and what these are."""

_LABEL_IT = f"请在这一段写明【{LABEL}】。"


def source_findings(file: QuestionFile) -> Iterator[Finding]:
    """Questions whose source rests on something outside of the course and not how firmly."""
    for question in file.questions:
        if not is_certain(question.source):
            yield Finding(
                file.name,
                file.lines[question.id],
                f"{question.id} source",
                f"{shown(question.source)} 没有确定程度",
                "注明“确定程度：高、中或低”",
                "请补上；完全自拟的写明“本课设计”。",
            )


def is_certain(source: str) -> bool:
    """Whether a source says how certain it is, or is our own work and cites nothing besides."""
    parts = re.split("[；;。]", source)
    own = [part for part in parts if _OWN.search(part)]
    cites = any(_CITES.search(part) for part in parts if part not in own)
    return bool(_CERTAINTY.search(source)) or (bool(own) and not cites)


def assumption_findings(file: QuestionFile) -> Iterator[Finding]:
    """Questions that rest on a design of ours and do not say so."""
    for question in file.questions:
        reason = "" if question.assumption.strip() else _design_in(question)
        if reason:
            line, field = file.lines[question.id], f"{question.id} assumption"
            expected = f"写明{LABEL}"
            advice = "请在 assumption 里写明哪一点是教学假设，学员会看到。"
            yield Finding(file.name, line, field, f"没有写，但{reason}", expected, advice)


def _design_in(question: Question) -> str:
    if question.kind in _JUDGED:
        return f"{_JUDGED[question.kind]}是自定的"
    if question.key.get("tolerance"):
        return f"允许误差 {question.key['tolerance']:g} 是自定的"
    texts = [question.prompt, question.hint, question.explanation]
    texts += [option.text for option in question.options]
    for text in texts:
        if (match := _SUPPOSED.search(text)) and LABEL not in text:
            return f"文字里有“{match.group()}”"
    return ""


def notebook_findings(notebook: Notebook) -> Iterator[Finding]:
    """Paragraphs that design something without the label, and sources without certainty."""
    for cell in notebook.cells:
        if cell.kind != "markdown" or cell.is_written_answer:
            continue
        yield from _paragraphs(notebook, cell)
        if cell.ours.get("sources"):
            yield from _listed_sources(notebook, cell)


def _paragraphs(notebook: Notebook, cell: Cell) -> Iterator[Finding]:
    """A label covers its own paragraph, and the list or table right under it."""
    is_labelled = False
    for paragraph in re.split(r"\n\s*\n", cell.source):
        goes_on = is_labelled and re.match(r"\s*(?:[-*|]|\d+\.)", paragraph)
        is_labelled = LABEL in paragraph or bool(goes_on)
        match = _DESIGN.search(paragraph)
        if match and not is_labelled:
            line = next(one for one in paragraph.split("\n") if _DESIGN.search(one))
            yield Finding(
                notebook.name,
                notebook.line(cell, line),
                "正文",
                f"“{match.group()}”一段没有标明",
                f"【{LABEL}】",
                _LABEL_IT,
            )


def _listed_sources(notebook: Notebook, cell: Cell) -> Iterator[Finding]:
    for line in cell.source.split("\n"):
        if line.startswith("- ") and not is_certain(line):
            found, expected = f"{shown(line)} 没有确定程度", "注明“确定程度：高、中或低”"
            place = notebook.line(cell, line)
            yield Finding(notebook.name, place, "资料来源", found, expected, "请补上。")
