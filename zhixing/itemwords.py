"""Item words: what the figures of a question mean for its author, in plain Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhixing.itemresponse import GroupDifference
from zhixing.items import FEWEST_FOR_DISCRIMINATION, FEWEST_FOR_SHARES, Choice, ItemFigures
from zhixing.share import Share

GOOD = 0.3
"""Discrimination from which on an item is reasonably good (Ebel and Frisbie 1991, chapter 13);
an item wants revision where even the upper bound of the interval is below it."""

ALMOST_NOBODY = 0.05
ALMOST_ALL = 0.95
SELDOM = 0.2


@dataclass(frozen=True)
class Remark:
    """One sentence.

    Parameters
    ----------
    kind
        ``check``: something to do; ``note``: good to know; ``few``: too few data to say.
    """

    kind: str
    text: str


def remarks(figures: ItemFigures, differences: Sequence[GroupDifference] = ()) -> list[Remark]:
    """Say what to do about a question, what to know, and what cannot be said yet."""
    name = f"第{figures.number}题"
    if not figures.people:
        return [Remark("few", f"{name}还没有人作答。")]
    if figures.people < FEWEST_FOR_SHARES:
        words = f"首答 {figures.people} 人，满 {FEWEST_FOR_SHARES} 人才给出比例"
        return [Remark("few", f"{name}数据不足：{words}。")]
    found = [
        *_of_discrimination(name, figures),
        *_of_choices(name, figures),
        *_of_facility(name, figures),
        *_of_groups(name, figures, differences),
    ]
    if not any(one.kind != "few" for one in found):
        found.insert(0, Remark("note", f"{name}没有发现问题。"))
    return found


def _of_discrimination(name: str, figures: ItemFigures) -> Iterator[Remark]:
    found = figures.discrimination
    if found is None:
        if figures.is_flat or figures.people >= FEWEST_FOR_DISCRIMINATION:
            yield Remark("few", f"{name}大家的得分一样或其余题答得太少，看不出区分度。")
        else:
            words = f"首答 {figures.people} 人，满 {FEWEST_FOR_DISCRIMINATION} 人才给出区分度"
            yield Remark("few", f"{name}区分度数据不足：{words}。")
    elif found.high < 0:
        yield Remark("check", f"{name}越会越错，建议检查答案。")
    elif found.value < 0:
        kind = "check" if found.high < GOOD else "note"
        yield Remark(kind, f"{name}会的人反而略容易错，还不能肯定，先核对答案和题面。")
    elif found.high < GOOD:
        yield Remark("check", f"{name}分不大出会和不会，看看题面和选项是否清楚。")


def _of_choices(name: str, figures: ItemFigures) -> Iterator[Remark]:
    if figures.question.kind not in ("single", "truth"):
        yield from _of_many_choices(name, figures)
        return
    right = [choice for choice in figures.choices if choice.is_right]
    for choice in figures.choices:
        if right and not choice.is_right and _draws_more(choice, right[0]):
            counts = f"{choice.share.count} 人，选正确答案的 {right[0].share.count} 人"
            yield Remark(
                "check",
                f"{name}首答选{_quoted(choice)}的更多（{counts}）：先核对答案；答案无误就补讲这一点。",
            )
        elif not choice.is_right and choice.share.high < ALMOST_NOBODY:
            yield Remark("note", f"{name}的选项{_quoted(choice)}几乎没人选，可以换一个更像样的。")


def _draws_more(choice: Choice, right: Choice) -> bool:
    """Whether more take this option than the key, beyond what chance does to equal numbers."""
    either = choice.share.count + right.share.count
    return either > 0 and Share(choice.share.count, either).low > 0.5


def _of_many_choices(name: str, figures: ItemFigures) -> Iterator[Remark]:
    misread = [choice for choice in figures.choices if _is_misread(choice)]
    if figures.question.kind != "multiple" or not misread:
        return
    parts = []
    for is_right, word in ((True, "该选"), (False, "不该选")):
        texts = [_quoted(choice) for choice in misread if choice.is_right is is_right]
        parts += [f"{'、'.join(texts)}{word}"] if texts else []
    yield Remark("check", f"{name}的选项{'，'.join(parts)}，首答多数人没有这样做。")


def _quoted(choice: Choice) -> str:
    return "“" + choice.text.replace("“", "‘").replace("”", "’") + "”"


def _is_misread(choice: Choice) -> bool:
    return choice.share.high < 0.5 if choice.is_right else choice.share.low > 0.5


def _of_facility(name: str, figures: ItemFigures) -> Iterator[Remark]:
    if figures.right is None or figures.facility is None:
        return
    if figures.right.low > ALMOST_ALL:
        yield Remark("note", f"{name}几乎人人一次答对，适合热身，测不出差别。")
    elif figures.right.high < SELDOM and figures.facility < SELDOM:
        yield Remark("check", f"{name}几乎没人一次答对，看看正文讲过没有、题面有没有歧义。")


def _of_groups(
    name: str, figures: ItemFigures, differences: Sequence[GroupDifference]
) -> Iterator[Remark]:
    for one in differences:
        if one.question_id == figures.question.id:
            word = "难" if one.logits > 0 else "容易"
            yield Remark(
                "check",
                f"水平相当的人里，{one.by}“{one.group}”觉得{name}明显更{word}，"
                "看看题面是否用了只有一部分人熟悉的说法。",
            )
