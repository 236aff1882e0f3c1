"""Shift plan: what the tables of a roster task say, and how far a roster has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhixing.kinds.shifts import Fault, faults_of

Roster = Mapping[str, tuple[str, ...]]
"""Label of a shift to the codes of those put down for it, in order."""

_ANY_SKILL = "不限"
_FIT = "是"


@dataclass(frozen=True)
class ShiftPlan:
    """Needs and people as the marker of rosters takes them; nothing of the best roster.

    Parameters
    ----------
    needs
        Label to ``{"slot": text, "skill": text or "", "need": people}``.
    people
        Code to ``{"skills": [text], "slots": [text], "most": shifts, "fit": bool}``.
    """

    needs: Mapping[str, Mapping[str, Any]]
    people: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(
        cls, labels: Sequence[str], demand: Mapping[str, Any], volunteers: Mapping[str, Any]
    ) -> ShiftPlan:
        """Read the two tables; ``labels`` are what the question calls the rows of ``demand``.

        Raises
        ------
        KeyError
            If a column is missing.
        ValueError
            If there are not as many labels as rows.
        """
        needs = {
            label: {
                "slot": row["时段"],
                "skill": "" if row["技能"] == _ANY_SKILL else row["技能"],
                "need": row["需要人数"],
            }
            for label, row in zip(labels, _rows(demand), strict=True)
        }
        people = {
            row["编号"]: {
                "skills": _words(row["技能"]),
                "slots": _words(row["可排时段"]),
                "most": row["最多班次"],
                "fit": row["适合上岗"] == _FIT,
            }
            for row in _rows(volunteers)
        }
        return cls(needs, people)

    def able(self, label: str) -> list[str]:
        """Codes of those who are fit, free at that time and have the skill."""
        need = self.needs[label]
        return [
            code
            for code, one in self.people.items()
            if one["fit"]
            and need["slot"] in one["slots"]
            and (not need["skill"] or need["skill"] in one["skills"])
        ]

    def faults(self, roster: Roster) -> list[Fault]:
        """What the roster breaks, as its marker would say it."""
        entries = [(label, code) for label in self.needs for code in roster.get(label, ())]
        return faults_of({"needs": self.needs, "people": self.people}, entries)

    def person_words(self, code: str, roster: Roster) -> str:
        """One volunteer in a line: skills, and how many shifts are left."""
        one = self.people[code]
        shifts = Counter(found for codes in roster.values() for found in codes)[code]
        skills = "、".join(one["skills"]) or "没有专门技能"
        return f"{code}（{skills}）已排 {shifts} 班，最多 {one['most']} 班"

    def shift_words(self, label: str, roster: Roster) -> str:
        """One shift in a line: how many it still lacks."""
        here, need = len(roster.get(label, ())), self.needs[label]["need"]
        if here == need:
            return f"✓ 排满：{label}"
        return f"差 {need - here} 人：{label}" if here < need else f"多 {here - need} 人：{label}"


def _rows(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


def _words(cell: Any) -> list[str]:
    return str(cell).split("、") if cell else []
