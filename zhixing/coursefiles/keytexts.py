"""Key texts: what of a question must stay on the server, and whether a lesson tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zhixing.coursefiles.finding import Finding
from zhixing.coursefiles.notebook import Notebook
from zhixing.question import Question

SHORTEST_SECRET = 8
"""Characters. Shorter reasons (“对”, “不是”) stand in any text and prove nothing."""


def key_texts(question: Question) -> Iterator[str]:
    """Explanations, reasons, steps, rubrics and walks of a question that are long enough."""
    reasons = [option.reason for option in (*question.options, *question.targets)]
    steps = [str(wrong["step"]) for wrong in question.wrong]
    levels = [
        text
        for part in question.key.get("rubric", ())
        for text in (part["criterion"], *part.get("levels", ()))
    ]
    walks = [
        text
        for choice in question.key.get("choices", ())
        for text in (choice["text"], choice["consequence"])
    ]
    states = question.key.get("states", {}).values()
    for text in (question.explanation, *reasons, *steps, *levels, *walks, *states):
        if len(text) >= SHORTEST_SECRET:
            yield text


def told_findings(notebook: Notebook, questions: Iterable[Question]) -> Iterator[Finding]:
    """Key texts that a notebook tells its learners; its release would be refused."""
    for question in questions:
        for secret in key_texts(question):
            for cell in notebook.cells:
                if secret in cell.source:
                    yield Finding(
                        notebook.name,
                        notebook.line(cell, secret),
                        "正文",
                        f"{question.id} 的评分内容“{secret[:24]}”",
                        "正文里没有答案、理由和评分标准的原话",
                        "请换一种说法，否则学员版发不出去。",
                    )
