"""Changes: what an import would do, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zhixing.person import ROLE_UNIT_KINDS
from zhixing.roster.entries import Roster
from zhixing.roster.known import Facts, Key, Known

NOUNS: Mapping[str, str] = {
    "unit": "单位",
    "person": "人员",
    "account": "账号",
    "role": "角色",
    "cohort": "班次",
    "member": "班次学员",
}
"""Nouns in the order in which they are written, with their Chinese names."""

KINDS: Mapping[str, str] = {
    "new": "新增",
    "changed": "修改",
    "removed": "收回",
    "unchanged": "不变",
    "left": "文件外",
}
"""What happens to a thing; ``left`` is in the records, not in the file, and stays."""


@dataclass(frozen=True)
class Change:
    """One thing that is new, changed or removed; ``old`` and ``new`` hold only what differs."""

    noun: str
    key: Key
    kind: str
    old: Facts
    new: Facts

    @property
    def subject(self) -> str:
        """What was changed, as audit rows and lists name it."""
        return _subject(self.key)


@dataclass(frozen=True)
class Changes:
    """All changes, how many of each noun there are of each kind, and what the file leaves out."""

    rows: tuple[Change, ...]
    counts: Mapping[str, Mapping[str, int]]
    left: Mapping[str, tuple[str, ...]]

    def of(self, noun: str, kind: str) -> list[Change]:
        """Changes of one noun and kind."""
        return [row for row in self.rows if row.noun == noun and row.kind == kind]


def changes_from_roster(roster: Roster, known: Known, *, with_accounts: bool) -> Changes:
    """Compare the file with the records.

    Parameters
    ----------
    with_accounts
        Whether active people without a local account get one; not where an identity provider
        logs people in.
    """
    wanted = _wanted(roster)
    wanted["role"] |= _outgrown_units(wanted["role"], known)
    wanted["account"] = _accounts(roster, known) if with_accounts else {}
    facts: dict[str, Mapping[Key, Facts]] = {
        **known.facts,
        "account": {(name,): {} for name in known.with_account},
    }
    rows: list[Change] = []
    counts: dict[str, dict[str, int]] = {}
    left: dict[str, tuple[str, ...]] = {}
    for noun in NOUNS:
        found = list(_differences(noun, wanted[noun], facts[noun]))
        rows.extend(change for change in found if change.kind != "unchanged")
        left[noun] = tuple(sorted(_subject(key) for key in set(facts[noun]) - set(wanted[noun])))
        counts[noun] = _counts(found, len(left[noun]))
    return Changes(tuple(rows), counts, left)


def _subject(key: Key) -> str:
    return "/".join(part for part in key if part)


def _wanted(roster: Roster) -> dict[str, dict[Key, Facts]]:
    return {
        "unit": {(unit.code,): _facts(unit, "code") for unit in roster.units},
        "person": {(person.key,): _facts(person, "key") for person in roster.persons},
        "role": {
            (role.username, role.role, role.unit): {"is_valid": role.is_valid}
            for role in roster.roles
        },
        "cohort": {(cohort.title,): _facts(cohort, "title") for cohort in roster.cohorts},
        "member": {(member.cohort, member.username): {} for member in roster.members},
    }


def _outgrown_units(wanted: Mapping[Key, Facts], known: Known) -> dict[Key, Facts]:
    """Units whose people an organization account would go on seeing after it moved on.

    The rows of one person and one organization role are that role's units, all of them.
    """
    stated = {key[:2] for key in wanted if key[1] in ROLE_UNIT_KINDS}
    before = known.facts["role"]
    return {key: {"is_valid": False} for key in before if key[:2] in stated and key not in wanted}


def _facts(entry: Any, key: str) -> Facts:
    return {name: value for name, value in vars(entry).items() if name not in ("row", key)}


def _accounts(roster: Roster, known: Known) -> dict[Key, Facts]:
    return {
        (person.username,): {}
        for person in roster.persons
        if person.is_active or person.username in known.with_account
    }


def _differences(
    noun: str, wanted: Mapping[Key, Facts], before: Mapping[Key, Facts]
) -> Iterator[Change]:
    for key, facts in wanted.items():
        old = before.get(key)
        is_taken_back = facts.get("is_valid") is False
        if is_taken_back:
            yield Change(noun, key, "unchanged" if old is None else "removed", old or {}, {})
        elif old is None:
            yield Change(noun, key, "new", {}, facts)
        else:
            differs = [name for name in facts if facts[name] != old[name]]
            yield Change(
                noun,
                key,
                "changed" if differs else "unchanged",
                {name: old[name] for name in differs},
                {name: facts[name] for name in differs},
            )


def _counts(found: list[Change], left: int) -> dict[str, int]:
    counts = {kind: sum(change.kind == kind for change in found) for kind in KINDS}
    return {**counts, "left": left}
