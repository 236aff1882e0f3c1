"""Answers: a right or a plausible wrong value for any question, drawn by seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from zhixing.kinds.case import case_of
from zhixing.question import Question, grid_of

_TEXTS = (
    "建议先以人员编码核对在册与在住两张表，再由网格员逐户补登，每月更新一次，重名的当面核实。",
    "建议每栋楼明确一名联络人，党员、志愿者、楼栋长分工上墙，居民有事先找得到人，再逐级上报。",
    "建议把在住未在册的党员单独联系，尊重本人意愿，按特长认领岗位，不在群里点名。",
    "建议遇到紧急部署先核实口径、再分楼派单，来不及的楼栋如实报告并请社区吹哨补位。",
    "建议每季度开一次小区议事会，题目由居民提，结果公示，办不了的说明原因和期限。",
    "建议把物业、业委会请进网格例会，一张清单列清楚谁来办、几天办、谁回访。",
    "建议对独居老人、慢病居民建一张服务清单，专人联系，只登记必要信息并妥善保管。",
    "建议新到任的网格书记跟岗两周，白天走楼栋，晚上复盘，写清三个问题和三条办法。",
)


def right_value(question: Question, rng: Random) -> Any:
    """An answer that earns everything; for a written question, a text worth grading."""
    return _RIGHT[question.kind](question, rng)


def wrong_value(question: Question, rng: Random) -> Any:
    """An answer somebody might give who has not got it yet."""
    return _WRONG[question.kind](question, rng)


def _right_blank(question: Question, _rng: Random) -> Any:
    key = question.key
    return key["text"][0] if "text" in key else _typed(key["number"])


def _right_data(question: Question, _rng: Random) -> Any:
    key = question.key
    for form in ("shifts", "keywords"):
        if form in key:
            solution = key[form]["solution"]
            return {label: ["、".join(words)] for label, words in solution.items()}
    if "table" in key:
        return {label: [_cell(cell) for cell in row] for label, row in key["table"]["rows"].items()}
    return list(key["set"]) if "set" in key else _typed(key.get("integer", key.get("rate")))


def _cell(cell: Any) -> str:
    return cell if isinstance(cell, str) else _typed(cell)


def _typed(number: Any) -> str:
    """A number as people type it."""
    return f"{number:g}" if abs(number) < 1e6 else f"{number:.0f}"


def _written(question: Question, rng: Random) -> Any:
    if question.fields:
        return {
            field["label"]: field.get("example") or rng.choice(_TEXTS) for field in question.fields
        }
    return rng.choice(_TEXTS)


def _other_option(question: Question, rng: Random) -> str:
    right = question.key["option"]
    return rng.choice([option.id for option in question.options if option.id != right])


def _near_options(question: Question, rng: Random) -> list[str]:
    """One right option forgotten, or one wrong option ticked with the rest."""
    right = list(question.key["options"])
    wrong = [option.id for option in question.options if option.id not in right]
    if wrong and (len(right) == 1 or rng.random() < 0.5):
        return [*right, rng.choice(wrong)]
    if len(right) > 1:
        right.remove(rng.choice(right))
    return right


def _wrong_blank(question: Question, rng: Random) -> Any:
    known = [wrong["value"] for wrong in question.wrong]
    if known:
        return rng.choice(known)
    if "text" in question.key:
        return "不太确定"
    # Twice the tolerance is out of it, whatever the tolerance is.
    return _typed(question.key["number"] + 2 * question.key.get("tolerance", 0) + 1)


def _wrong_data(question: Question, rng: Random) -> Any:
    known = [wrong["value"] for wrong in question.wrong]
    if known:
        return rng.choice(known)
    if "set" in question.key:
        return list(question.key["set"])[1:] or ["不清楚"]
    columns, labels = grid_of(question.key)
    if columns:
        return {label: ["0"] * (len(columns) - 1) for label in labels}
    return _typed(question.key.get("integer", question.key.get("rate")) + 1)


def _crossed(question: Question, rng: Random) -> dict[str, str]:
    pairs = dict(question.key["pairs"])
    left = rng.choice(sorted(pairs))
    others = [target.id for target in question.targets if target.id != pairs[left]]
    return {**pairs, left: rng.choice(others)}


def _swapped(question: Question, rng: Random) -> list[str]:
    order = list(question.key["order"])
    place = rng.randrange(len(order) - 1)
    order[place], order[place + 1] = order[place + 1], order[place]
    return order


def _panels_choice(question: Question, _rng: Random) -> str:
    counts: Mapping[str, int] = question.key["panel"]
    return max(counts, key=lambda option: counts[option])


def _other_choice(question: Question, rng: Random) -> str:
    best = _panels_choice(question, rng)
    return rng.choice([option.id for option in question.options if option.id != best])


def _recommended(question: Question, _rng: Random) -> list[str]:
    return list(case_of(question).recommended)


def _other_path(question: Question, rng: Random) -> list[str]:
    case = case_of(question)
    return list(rng.choice([path for path in case.paths() if path != case.recommended]))


_Draw = Callable[[Question, Random], Any]

_RIGHT: Mapping[str, _Draw] = {
    "single": lambda question, _rng: question.key["option"],
    "truth": lambda question, _rng: question.key["option"],
    "multiple": lambda question, _rng: list(question.key["options"]),
    "blank": _right_blank,
    "match": lambda question, _rng: dict(question.key["pairs"]),
    "order": lambda question, _rng: list(question.key["order"]),
    "data": _right_data,
    "written": _written,
    "panel": _panels_choice,
    "case": _recommended,
}

_WRONG: Mapping[str, _Draw] = {
    "single": _other_option,
    "truth": _other_option,
    "multiple": _near_options,
    "blank": _wrong_blank,
    "match": _crossed,
    "order": _swapped,
    "data": _wrong_data,
    "written": _written,
    "panel": _other_choice,
    "case": _other_path,
}
