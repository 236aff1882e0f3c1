"""Give-away: whether the order or length of options tells the answers of a lesson."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from zhixing.coursefiles.finding import Finding
from zhixing.coursefiles.questionfile import QuestionFile
from zhixing.question import Question

LEAST_QUESTIONS = 5
MOST_SHARE = 0.7
"""More than this share of at least so many questions is a pattern a learner would use: a rule of
thumb of ours, stated in ``docs/howto/course.md``. Of four options one in four is the longest by
chance."""

LETTERS = "ABCDEFGH"


def giveaway_findings(file: QuestionFile, *, is_shuffled: bool) -> Iterator[Finding]:
    """Patterns over all single and multiple questions of one file.

    Parameters
    ----------
    is_shuffled
        Whether every learner sees the options in an order of the own paper.
    """
    chosen = [one for one in file.questions if one.kind in ("single", "multiple")]
    if len(chosen) >= LEAST_QUESTIONS:
        told = [one for one in chosen if _is_longest(one)]
        if len(told) > MOST_SHARE * len(chosen):
            found = f"{len(chosen)} 道选择题里有 {len(told)} 道，正确项最长"
            yield _finding(file, told, found, "长短看不出对错", "请补足错误项，或精简正确项。")
    single = [one for one in chosen if one.kind == "single" and not one.keep_order]
    if len(single) >= LEAST_QUESTIONS and not is_shuffled:
        yield from _same_letter(file, single)


def _same_letter(file: QuestionFile, single: Sequence[Question]) -> Iterator[Finding]:
    places = [_place(one) for one in single]
    place, count = Counter(places).most_common(1)[0]
    if count > MOST_SHARE * len(single):
        told = [one for one, own in zip(single, places, strict=True) if own == place]
        found = f"{len(single)} 道单选题里有 {count} 道，正确项都在 {LETTERS[place % 8]}"
        yield _finding(file, told, found, "各个位置都有", "请调换选项的次序。")


def _right(question: Question) -> set[str]:
    return {question.key["option"]} if question.kind == "single" else set(question.key["options"])


def _place(question: Question) -> int:
    return [option.id for option in question.options].index(question.key["option"])


def _is_longest(question: Question) -> bool:
    """Whether every right option is longer than every wrong one."""
    right = _right(question)
    lengths: dict[bool, list[int]] = {True: [], False: []}
    for option in question.options:
        lengths[option.id in right].append(len(option.text.strip()))
    if not lengths[True] or not lengths[False]:
        return False
    return min(lengths[True]) > max(lengths[False])


def _finding(
    file: QuestionFile, told: Sequence[Question], found: str, expected: str, advice: str
) -> Finding:
    names = "、".join(one.id for one in told)
    limit = f"（至多 {MOST_SHARE:.0%}）"
    line = file.lines[told[0].id]
    return Finding(file.name, line, "选项", f"{found}（{names}）", expected + limit, advice)
