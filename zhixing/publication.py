"""Publication: who reviewed, approved and published which version of a lesson, and what may follow.

A stage belongs to a version, and a version is the hash of all that a lesson is made of. So any
edit after approval makes a draft again, and nobody has to remember to say so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhixing.errors import ZhixingError

DRAFT, REVIEWED, APPROVED, PUBLISHED = "draft", "reviewed", "approved", "published"

STAGES: Mapping[str, str] = {
    DRAFT: "草稿",
    REVIEWED: "已审核",
    APPROVED: "已批准",
    PUBLISHED: "已发布",
}
"""Stages in their order; issue 5 names them, and who takes each step (:data:`STEPS`)."""

RETURN = "return"
STEPS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "review": ((DRAFT,), REVIEWED, "党校审核"),
    "approve": ((REVIEWED,), APPROVED, "组织部批准"),
    "publish": ((APPROVED,), PUBLISHED, "发布"),
    RETURN: ((REVIEWED, APPROVED, PUBLISHED), DRAFT, "退回"),
}
"""Step to the stages it may start from, the stage it leads to, and its name."""

_NEXT = {DRAFT: "review", REVIEWED: "approve", APPROVED: "publish"}


class PublicationError(ZhixingError):
    """A step that the record does not allow; nothing was written."""


@dataclass(frozen=True)
class Entry:
    """One step that somebody took, as it stands in the record.

    Parameters
    ----------
    version
        Content hash of the lesson at that moment, 16 hexadecimal digits.
    author
        Who wrote the draft; only a ``review`` says it.
    at
        Aware, UTC.
    """

    lesson: str
    version: str
    step: str
    by: str
    at: datetime
    note: str = ""
    author: str = ""


@dataclass(frozen=True)
class Standing:
    """Where one version of a lesson stands; ``entries`` are those that led there."""

    stage: str = DRAFT
    entries: tuple[Entry, ...] = ()

    @property
    def next_step(self) -> str:
        """The step that comes next, empty once published."""
        return _NEXT.get(self.stage, "")

    def persons(self) -> Iterator[tuple[str, str]]:
        """Who had a part in this round, and which."""
        for entry in self.entries:
            if entry.author:
                yield entry.author, "作者"
            if entry.step in ("review", "approve"):
                yield entry.by, STEPS[entry.step][2]


def standing(entries: Sequence[Entry], lesson: str, version: str) -> Standing:
    """Where a version stands after all that was recorded of it.

    Raises
    ------
    PublicationError
        If one of the entries was not allowed when it was made: the record was changed by hand.
    """
    now = Standing()
    for entry in entries:
        if (entry.lesson, entry.version) == (lesson, version):
            now = after(now, entry)
    return now


def after(now: Standing, entry: Entry) -> Standing:
    """Take one step.

    Raises
    ------
    PublicationError
        If it cannot follow, or if its person had another part in this version already.
    """
    starts, stage, name = STEPS[entry.step]
    if now.stage not in starts:
        wanted = "或".join(f"“{STAGES[start]}”" for start in starts)
        step = now.next_step
        advice = f"请先运行 zhixing course {step}" if step else "已经发布的版本不必再走"
        raise PublicationError(
            f"{entry.lesson} 不能“{name}”：现为“{STAGES[now.stage]}”（版本 {entry.version}）；"
            f"应为{wanted}。{advice}。"
        )
    _require_apart(now, entry)
    return Standing(stage, () if entry.step == RETURN else (*now.entries, entry))


def _require_apart(now: Standing, entry: Entry) -> None:
    """Author, reviewer and approver are three people, so that a second pair of eyes is one.

    References
    ----------
    Issue 5: the same person cannot review and approve the own draft.
    """
    if entry.step not in ("review", "approve"):
        return
    name = STEPS[entry.step][2]
    others = [*now.persons(), *([(entry.author, "作者")] if entry.author else [])]
    for person, part in others:
        if same_person(person, entry.by):
            raise PublicationError(
                f"{entry.lesson} 不能“{name}”：{entry.by} 已是这一版本的{part}；"
                "作者、审核人、批准人应为三个人。请换一位。"
            )


def same_person(one: str, other: str) -> bool:
    """Whether two written names are the same but for width, case and spaces."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


def is_name(text: str) -> bool:
    """Whether a text can stand as a name or note: one line that says something."""
    return bool(text.strip()) and text.isprintable()


def published_before(entries: Sequence[Entry], lesson: str) -> Entry | None:
    """Newest publication of a lesson in any version that was not returned since."""
    newest: dict[str, Entry] = {}
    for entry in entries:
        if entry.lesson == lesson and entry.step == "publish":
            newest.pop(entry.version, None)
            newest[entry.version] = entry
        elif entry.lesson == lesson and entry.step == RETURN:
            newest.pop(entry.version, None)
    return list(newest.values())[-1] if newest else None
