"""案例推演: a branching scenario, walked one choice at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from zhixing.case import AXES, Case, Choice, case_from_key
from zhixing.errors import InvalidAnswerError
from zhixing.question import AXES as AXIS_NAMES
from zhixing.question import Mark, Question

LONGEST_PATH = 50

MOST_KNOWN = 256
_KNOWN: dict[str, Case] = {}
"""By version of the question: a whole class walks the same few cases."""


def mark(question: Question, value: Any) -> Mark:
    """Mark the path so far, a list of choice ids; its score waits for the end of the case.

    What came of the last choice is told with every step: that is how a case teaches.
    """
    if not isinstance(value, list) or not 0 < len(value) <= LONGEST_PATH:
        raise InvalidAnswerError(f"{question.id}：答案应是从头走到现在的每一步选择。")
    if not all(isinstance(step, str) for step in value):
        raise InvalidAnswerError(f"{question.id}：每一步选择应是所给选项的编号。")
    case = case_of(question)
    try:
        walked = case.walk(value)
    except InvalidAnswerError as error:
        raise InvalidAnswerError(f"{question.id}：{error}") from error
    told = ({"id": walked[-1].id, "text": walked[-1].consequence},)
    if walked[-1].next:
        return Mark(None, told, is_complete=False)
    return Mark(case.score(value).total, told)


def reveal(question: Question) -> dict[str, Any]:
    """The recommended path in words, once nothing is left to lose."""
    case = case_of(question)
    steps = [{"id": choice.id, "text": choice.text} for choice in case.walk(case.recommended)]
    return {"recommended": steps}


def scene(question: Question, path: Sequence[str], *, is_scored: bool) -> dict[str, Any]:
    """Where a walk stands: what was chosen and came of it, what may be chosen now.

    Parameters
    ----------
    is_scored
        Whether the lesson's rules show marks already; the axes wait for it, the consequences
        do not.
    """
    case = case_of(question)
    walked = case.walk(path)
    state = case.state_after(path)
    found: dict[str, Any] = {
        "path": [{"id": c.id, "text": c.text, "consequence": c.consequence} for c in walked],
        **_situation(question, case, state),
        "is_end": not state,
        # For the next walk; it was seen, as every walk begins there.
        "start": None if state else _situation(question, case, case.start),
        "ending": "" if state else case.ending,
        "axes": [],
        "capped": False,
    }
    if not state and is_scored:
        score = case.score(path)
        found["axes"] = [
            {"axis": axis, "name": AXIS_NAMES[axis], "score": score.axes[axis]} for axis in AXES
        ]
        found["capped"] = score.capped
    return found


def _situation(question: Question, case: Case, state: str) -> dict[str, Any]:
    """Text and choices, in an order of the version's own: authors tend to write the best first."""

    def place(choice: Choice) -> bytes:
        return hashlib.sha256(f"{question.version}\x1f{choice.id}".encode()).digest()

    choices = sorted(case.choices_at(state), key=place)
    return {
        "text": case.states.get(state, ""),
        "choices": [{"id": choice.id, "text": choice.text} for choice in choices],
    }


def case_of(question: Question) -> Case:
    """Case of a question, read from its key once."""
    known = _KNOWN.get(question.version)
    if known is None:
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[question.version] = case_from_key(question.key)
    return known
