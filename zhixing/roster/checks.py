"""Checks: what only shows when the rows of a roster are held against each other and the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zhixing.person import ROLE_UNIT_KINDS, ROLES
from zhixing.roster.entries import CohortEntry, MemberEntry, RoleEntry, Roster, UnitEntry
from zhixing.roster.known import Facts, Known
from zhixing.roster.problem import Problem
from zhixing.roster.sheets import SHEET_OF
from zhixing.unit import KINDS, TREES


@dataclass(frozen=True)
class Context:
    """What a check looks at; ``courses`` is None where the course folder is not known."""

    roster: Roster
    known: Known
    courses: frozenset[str] | None = None

    def exists(self, noun: str, name: str) -> bool:
        """Whether the file or the records have this unit code, user name or cohort title."""
        return name in self.roster.mentioned.get(noun, ()) or name in self.known.ids[noun]

    def unit(self, code: str) -> Facts | None:
        """Tree, kind and parent of a unit as they will be; None if the file has it wrong."""
        if code in self._units:
            return self._units[code]
        if code in self.roster.mentioned.get("unit", ()):
            return None
        return self.known.facts["unit"].get((code,))

    def has_role(self, username: str, role: str) -> bool:
        """Whether the person will hold the role after the import."""
        stated = self._roles.get((username, role))
        return (username, role) in self._roles_before if stated is None else stated

    @cached_property
    def _units(self) -> Mapping[str, Facts]:
        return {unit.code: vars(unit) for unit in self.roster.units}

    @cached_property
    def _roles(self) -> Mapping[tuple[str, str], bool]:
        return {(role.username, role.role): role.is_valid for role in self.roster.roles}

    @cached_property
    def _roles_before(self) -> frozenset[tuple[str, str]]:
        return frozenset((key[0], key[1]) for key in self.known.facts["role"])


Check = Callable[[Context], Iterator[Problem]]


def roster_problems(context: Context) -> tuple[Problem, ...]:
    """Every mistake that the checks find."""
    return tuple(problem for check in CHECKS for problem in check(context))


def sorted_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems as a clerk walks through the file: by sheet, row, and column as found."""
    order = {sheet.title: place for place, sheet in enumerate(SHEET_OF.values())}
    return tuple(sorted(problems, key=lambda problem: (order[problem.sheet], problem.row)))


def _problem(noun: str, row: int, field: str, found: str, expected: str, step: str) -> Problem:
    sheet = SHEET_OF[noun]
    return Problem(sheet.title, row, sheet.title_of(field), found, expected, step)


def _repeats(noun: str, field: str, keys: Iterable[tuple[int, Any]]) -> Iterator[Problem]:
    first: dict[Any, int] = {}
    for row, key in keys:
        if key in first:
            shown = "、".join(part for part in key if part) if isinstance(key, tuple) else key
            yield _problem(
                noun,
                row,
                field,
                f"“{shown}”与第 {first[key]} 行重复",
                "每行不重复",
                "请删去多余的一行，或改正编码。",
            )
        first.setdefault(key, row)


def _duplicates(context: Context) -> Iterator[Problem]:
    roster = context.roster
    yield from _repeats("unit", "code", [(unit.row, unit.code) for unit in roster.units])
    yield from _repeats("person", "key", [(person.row, person.key) for person in roster.persons])
    usernames = [(person.row, person.username) for person in roster.persons]
    yield from _repeats("person", "username", usernames)
    roles = [(role.row, (role.username, ROLES[role.role], role.unit)) for role in roster.roles]
    yield from _repeats("role", "role", roles)
    yield from _repeats(
        "cohort", "title", [(cohort.row, cohort.title) for cohort in roster.cohorts]
    )
    members = [(member.row, (member.cohort, member.username)) for member in roster.members]
    yield from _repeats("member", "username", members)


def _missing_unit(
    context: Context, noun: str, row: int, field: str, code: str, tree: str
) -> Iterator[Problem]:
    """Say so if the code names no unit of this tree."""
    expected = f"“单位”表中的{TREES[tree]}编码"
    if not context.exists("unit", code):
        step = "请更正编码，或先在“单位”表中加上这个单位。"
        yield _problem(noun, row, field, f"没有编码为“{code}”的单位", expected, step)
        return
    unit = context.unit(code)
    if unit is not None and unit["tree"] != tree:
        found = f"“{code}”属于{TREES[unit['tree']]}"
        yield _problem(noun, row, field, found, expected, "请改用另一棵树中的编码。")


def _units(context: Context) -> Iterator[Problem]:
    for unit in context.roster.units:
        before = context.known.facts["unit"].get((unit.code,))
        if before and before["tree"] != unit.tree:
            found = f"“{unit.code}”原来属于{TREES[before['tree']]}"
            yield _problem("unit", unit.row, "tree", found, "不变", "请另起编码建立新的单位。")
        yield from _parent(context, unit)
        for place in unit.places:
            yield from _missing_unit(context, "unit", unit.row, "places", place, "place")
        if unit.places and unit.tree == "place":
            found = "属地单位填了对应属地"
            yield _problem("unit", unit.row, "places", found, "空白", "这一列只由党组织填写。")


def _parent(context: Context, unit: UnitEntry) -> Iterator[Problem]:
    kind = KINDS[unit.kind]
    if not unit.parent:
        if kind.level:
            found = f"{kind.title}没有填上级"
            yield _problem("unit", unit.row, "parent", found, "上级单位的编码", "请补上。")
        return
    yield from _missing_unit(context, "unit", unit.row, "parent", unit.parent, unit.tree)
    circle = _circle(context, unit.code)
    if circle:
        found = f"上级关系绕成了圈({'→'.join(circle)})"
        yield _problem(
            "unit", unit.row, "parent", found, "逐级向上直到最高一级", "请更正上级编码。"
        )
        return
    parent = context.unit(unit.parent)
    if parent is None or parent["tree"] != unit.tree:
        return
    above = KINDS.get(parent["kind"])
    if above and above.level >= kind.level:
        found = f"{kind.title}的上级“{unit.parent}”是{above.title}"
        yield _problem(
            "unit", unit.row, "parent", found, "更高一级的单位", "请更正类别或上级编码。"
        )


def _circle(context: Context, code: str) -> list[str]:
    """Codes from this unit up to itself, or nothing if the way up ends."""
    way = [code]
    while (unit := context.unit(way[-1])) and unit["parent"] and len(way) <= len(set(way)):
        way.append(unit["parent"])
    return way if len(way) > 1 and way[-1] == code else []


def _persons(context: Context) -> Iterator[Problem]:
    names = {key: facts["username"] for (key,), facts in context.known.facts["person"].items()}
    keys = {username: key for key, username in names.items()}
    for person in context.roster.persons:
        yield from _missing_unit(context, "person", person.row, "unit", person.unit, "place")
        if person.party_unit:
            yield from _missing_unit(
                context, "person", person.row, "party_unit", person.party_unit, "party"
            )
        step = "登录名一经使用不再更改；请填原来的登录名，或为新人员另起一个。"
        if names.get(person.key, person.username) != person.username:
            found = f"人员“{person.key}”的登录名原为“{names[person.key]}”"
            yield _problem("person", person.row, "username", found, "不变", step)
        elif keys.get(person.username, person.key) != person.key:
            found = f"“{person.username}”已属于人员“{keys[person.username]}”"
            yield _problem("person", person.row, "username", found, "没有人用过的登录名", step)


def _missing_person(
    context: Context, noun: str, row: int, field: str, username: str
) -> Iterator[Problem]:
    if not context.exists("person", username):
        found = f"没有登录名为“{username}”的人员"
        step = "请更正，或先在“人员”表中加上。"
        yield _problem(noun, row, field, found, "“人员”表中的登录名", step)


def _roles(context: Context) -> Iterator[Problem]:
    for role in context.roster.roles:
        yield from _missing_person(context, "role", role.row, "username", role.username)
        yield from _role_unit(context, role)


def _role_unit(context: Context, role: RoleEntry) -> Iterator[Problem]:
    title = ROLES[role.role]
    kind = ROLE_UNIT_KINDS.get(role.role)
    if kind is None:
        if role.unit:
            found = f"{title}填了单位“{role.unit}”"
            yield _problem("role", role.row, "unit", found, "空白", "请清空这一格。")
        return
    expected = f"{KINDS[kind].title}的编码"
    if not role.unit:
        found = f"{title}没有填单位"
        yield _problem("role", role.row, "unit", found, expected, "请补上所管单位的编码。")
        return
    yield from _missing_unit(context, "role", role.row, "unit", role.unit, "place")
    unit = context.unit(role.unit)
    if unit is not None and unit["tree"] == "place" and unit["kind"] != kind:
        found = f"“{role.unit}”是{KINDS[unit['kind']].title}"
        yield _problem(
            "role", role.row, "unit", found, expected, f"{title}只能对应{KINDS[kind].title}。"
        )


def _cohorts(context: Context) -> Iterator[Problem]:
    for cohort in context.roster.cohorts:
        if context.courses is not None and cohort.course not in context.courses:
            found = f"没有课程“{cohort.course}”"
            expected = "、".join(sorted(context.courses)) or "课程文件夹的名称"
            yield _problem("cohort", cohort.row, "course", found, expected, "请更正课程名称。")
        before = context.known.facts["cohort"].get((cohort.title,))
        if before and before["course"] != cohort.course:
            found = f"“{cohort.title}”原来是课程“{before['course']}”的班次"
            yield _problem("cohort", cohort.row, "course", found, "不变", "请另起班次名称。")
        if cohort.closes <= cohort.opens:
            found = "结班日期早于开班日期"
            yield _problem("cohort", cohort.row, "closes", found, "不早于开班日期", "请更正日期。")
        for trainer in cohort.trainers:
            yield from _person_with_role(context, cohort, "trainers", trainer, "trainer")


def _person_with_role(
    context: Context, entry: CohortEntry | MemberEntry, field: str, username: str, role: str
) -> Iterator[Problem]:
    noun = "cohort" if isinstance(entry, CohortEntry) else "member"
    missing = list(_missing_person(context, noun, entry.row, field, username))
    yield from missing
    if not missing and not context.has_role(username, role):
        found = f"“{username}”没有{ROLES[role]}角色"
        step = f"请先在“角色”表中给此人加上{ROLES[role]}角色。"
        yield _problem(noun, entry.row, field, found, f"有{ROLES[role]}角色的人员", step)


def _members(context: Context) -> Iterator[Problem]:
    trainers = {cohort.title: cohort.trainers for cohort in context.roster.cohorts}
    for member in context.roster.members:
        if not context.exists("cohort", member.cohort):
            found = f"没有名为“{member.cohort}”的班次"
            step = "请更正，或先在“班次”表中加上。"
            yield _problem("member", member.row, "cohort", found, "“班次”表中的名称", step)
        yield from _person_with_role(context, member, "username", member.username, "cadre")
        taught_by = trainers.get(member.cohort) or _known_trainers(context, member.cohort)
        if member.username in taught_by:
            found = f"“{member.username}”是本班教员"
            step = "教员不能给自己评分；请把此人编入别的班次。"
            yield _problem("member", member.row, "username", found, "不是本班教员的人员", step)


def _known_trainers(context: Context, title: str) -> Sequence[str]:
    facts = context.known.facts["cohort"].get((title,), {"trainers": ()})
    trainers: Sequence[str] = facts["trainers"]
    return trainers


CHECKS: Sequence[Check] = (_duplicates, _units, _persons, _roles, _cohorts, _members)
"""Every check, each independent of the others."""
