"""排班表: who comes to which shift, held against what people can do and against the best there is.

Key ``{"shifts": {"columns": [head, head], "needs": {label: need}, "people": {code: person},
"optimum": n, "share": x, "solution": {label: [code]}}}`` with need ``{"slot", "skill", "need"}``
and person ``{"skills": [text], "slots": [text], "most": n, "fit": bool}``. The answer has one
cell a row with the codes of those who come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from zhixing.kinds.blank import normal_text
from zhixing.kinds.grid import rows_of, words_of
from zhixing.question import Mark, Question

SHORT = "没有违反条件，但还有班次没排满：看看哪些人还有空的时段、还没有排到上限。"


def mark(question: Question, value: Any) -> Mark:
    """Mark a roster by the shifts that are soundly filled.

    Score = share of sound entries x min(1, sound entries / (share x optimum)): full with no
    violation and at least ``share`` of the optimum (domain brief 6.1, D2: 95 %). How partial
    credit is given is a teaching assumption, said on screen.
    """
    plan = question.key["shifts"]
    entries = list(_entries(question, value))
    faults = faults_of(plan, entries)
    sound = len(entries) - len(faults)
    filled = min(1.0, sound / (plan["share"] * plan["optimum"]))
    score = filled * sound / len(entries) if entries else 0.0
    # One example of each kind of fault: which step to mend, not the whole roster.
    told = list({fault.kind: fault.words for fault in faults}.values())
    if not faults and score < 1:
        told = [SHORT]
    return Mark(score, tuple({"id": "", "text": words} for words in told))


def faults_of(plan: Mapping[str, Any], entries: Iterable[tuple[str, str]]) -> list[Fault]:
    """What pairs of a label and a code break, in turn.

    Parameters
    ----------
    plan
        With the ``needs`` and ``people`` of the key; nothing of what it says of the best roster.
    """
    return [fault for fault in _judged(plan, entries) if fault]


class Fault(NamedTuple):
    """What an entry breaks, and where, in words."""

    kind: str
    words: str


def _entries(question: Question, value: Any) -> Iterator[tuple[str, str]]:
    """Label and code of everybody who was put down."""
    known = {normal_text(code): code for code in question.key["shifts"]["people"]}
    for label, (cell,) in rows_of(question, value).items():
        for word in words_of(question, label, cell):
            yield label, known.get(normal_text(word), word)


def _judged(plan: Mapping[str, Any], entries: Iterable[tuple[str, str]]) -> Iterator[Fault | None]:
    """Judge the entries in turn: of two that clash the later one is at fault."""
    busy: set[tuple[str, str]] = set()
    shifts: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    for label, code in entries:
        need, person = plan["needs"][label], plan["people"].get(code)
        slot = (code, need["slot"])
        fault = _unable(need, code, person)
        if fault is None and slot in busy:
            fault = Fault("twice", f"{code} 在{need['slot']}排了两处：同一时段只能去一处。")
        elif fault is None and shifts[code] >= person["most"]:
            fault = Fault("most", f"{code} 排的班次超过了本人的上限。")
        elif fault is None and filled[label] >= need["need"]:
            fault = Fault("over", f"“{label}”排的人比需要的多：多出的人补不了别处的缺口。")
        if fault is None:
            busy.add(slot)
            shifts[code] += 1
            filled[label] += 1
        yield fault


def _unable(need: Mapping[str, Any], code: str, person: Mapping[str, Any] | None) -> Fault | None:
    if person is None:
        return Fault("unknown", f"名单里没有 {code}，请核对编号。")
    if not person["fit"]:
        return Fault("unfit", f"{code} 眼下不适合上岗，不能排班。")
    if need["slot"] not in person["slots"]:
        return Fault("slot", f"{code} 在{need['slot']}没有空。")
    if need["skill"] and need["skill"] not in person["skills"]:
        return Fault("skill", f"{code} 不会{need['skill']}，这一班要会{need['skill']}的人。")
    return None
