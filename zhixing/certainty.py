"""Certainty (把握程度): how sure a learner is of an answer, and what that is worth.

The certainty mark stands beside the score and never in its place: cells of nbgrader's gradebook
cannot be negative, and a wrong answer given with confidence has one that is. So the gradebook gets
the plain score, and the certainty mark is for the learner alone, to see where being sure was right.

References
----------
A. R. Gardner-Medwin, "Confidence-Based Marking: towards deeper learning and better exams", in
Bryan & Clegg (eds.), Innovative Assessment in Higher Education, Routledge 2006: right 1, 2, 3 and
wrong 0, -2, -6. With these no level but the honest one has the highest expected mark: level 1 below
a chance of 2/3, level 2 up to 4/5, level 3 above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zhixing.question import Question

LEVELS: Mapping[int, str] = {1: "没把握", 2: "有些把握", 3: "很有把握"}

KINDS = frozenset({"single", "multiple", "truth", "blank", "match", "order", "data"})
"""Question types with a right and a wrong: a text, a case and a panel's spread have none."""

_RIGHT: Mapping[int, float] = {1: 1.0, 2: 2.0, 3: 3.0}
_WRONG: Mapping[int, float] = {1: 0.0, 2: -2.0, 3: -6.0}


def takes_certainty(question: Question) -> bool:
    """Whether it makes sense to ask how sure an answer to this question is."""
    return question.kind in KINDS


def certainty_mark(score: float | None, level: int | None) -> float | None:
    """Gardner-Medwin's mark, -6 to 3; None without a score or a level.

    An answer that is right in part lies between, by its share: it is what as many small questions
    of the same level would have given, some right and some wrong. The scheme itself knows only
    right and wrong.
    """
    if score is None or level is None:
        return None
    return _WRONG[level] + (_RIGHT[level] - _WRONG[level]) * score


def certainty_words(score: float | None, level: int | None) -> str:
    """Tell a learner what being so sure was worth; empty where it was not asked or not marked."""
    mark = certainty_mark(score, level)
    if mark is None or level is None:
        return ""
    return f"您选了“{LEVELS[level]}”，把握分 {mark:+.3g}。把握分只有您自己看得到，不计入成绩。"


def calibration_sentences(answers: Iterable[tuple[int, float]]) -> list[str]:
    """Say calmly how being sure and being right went together.

    Parameters
    ----------
    answers
        Level and score of one answer a question.
    """
    found = list(answers)
    sentences = []
    for level in sorted(LEVELS, reverse=True):
        scores = [score for said, score in found if said == level]
        if scores:
            right = sum(score >= 1 for score in scores)
            sentences.append(f"您说“{LEVELS[level]}”的有 {len(scores)} 道，全对 {right} 道。")
    return [*sentences, _advice(found)] if sentences else []


def _advice(found: list[tuple[int, float]]) -> str:
    if any(level == 3 and score < 1 for level, score in found):
        return "很有把握却没有答对的题，最值得回头看一遍：弄清是记错了，还是题意看漏了。"
    if any(level == 1 and score >= 1 for level, score in found):
        return "没把握却答对的题，说明您知道的比自己以为的多，对照解析把理由记牢就好。"
    return "您的把握和对错是相称的，照这样判断就好。"
