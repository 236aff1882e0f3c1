"""Rows are held against each other and against the records; every mistake has its place."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from zhixing.roster.changes import changes_from_roster
from zhixing.roster.checks import Context, roster_problems
from zhixing.roster.entries import (
    CohortEntry,
    MemberEntry,
    PersonEntry,
    RoleEntry,
    Roster,
    UnitEntry,
)
from zhixing.roster.known import Known

OPENS, CLOSES = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
NOTHING = Known(
    {noun: {} for noun in ("unit", "person", "role", "cohort", "member")},
    {noun: {} for noun in ("unit", "person", "cohort")},
    frozenset(),
)
DISTRICT = UnitEntry(2, "Q", "清源区", "place", "district", "", ())
STREET = UnitEntry(3, "S1", "清河街道", "place", "street", "Q", ())
COMMUNITY = UnitEntry(4, "C1", "和平社区", "place", "community", "S1", ())
COMMITTEE = UnitEntry(5, "PQ", "区委", "party", "district_committee", "", ("Q",))
LI = PersonEntry(2, "1", "li", "李龑", "C1", "PQ", "网格员", "非公务员", is_active=True)
WANG = PersonEntry(3, "2", "wang", "王䶮", "Q", "", "", "", is_active=True)
COHORT = CohortEntry(2, "秋季班", "shujiketang", OPENS, CLOSES, ("wang",))
GOOD = Roster(
    units=(DISTRICT, STREET, COMMUNITY, COMMITTEE),
    persons=(LI, WANG),
    roles=(
        RoleEntry(2, "li", "cadre", "", is_valid=True),
        RoleEntry(3, "wang", "trainer", "", is_valid=True),
        RoleEntry(4, "wang", "street_admin", "S1", is_valid=True),
    ),
    cohorts=(COHORT,),
    members=(MemberEntry(2, "秋季班", "li"),),
)


def problems(roster: Roster, known: Known = NOTHING) -> list[tuple[str, int, str]]:
    mentioned = {
        "unit": frozenset(unit.code for unit in roster.units),
        "person": frozenset(person.username for person in roster.persons),
        "cohort": frozenset(cohort.title for cohort in roster.cohorts),
    }
    whole = replace(roster, mentioned=mentioned)
    found = roster_problems(Context(whole, known, frozenset({"shujiketang"})))
    return [(problem.sheet, problem.row, problem.column) for problem in found]


def with_units(*units: UnitEntry) -> Roster:
    changed = {unit.code: unit for unit in units}
    kept = [changed.pop(unit.code, unit) for unit in GOOD.units]
    return replace(GOOD, units=(*kept, *changed.values()))


def more(**entries: object) -> Roster:
    """The good roster with one entry more."""
    return replace(GOOD, **{noun: (*getattr(GOOD, noun), entry) for noun, entry in entries.items()})


def role(username: str, name: str, unit: str) -> RoleEntry:
    return RoleEntry(9, username, name, unit, is_valid=True)


def test_a_good_roster_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("roster", "place"),
    [
        (with_units(replace(STREET, parent="")), ("单位", 3, "上级编码")),
        (with_units(replace(STREET, parent="X")), ("单位", 3, "上级编码")),
        (with_units(replace(STREET, parent="PQ")), ("单位", 3, "上级编码")),
        (with_units(replace(STREET, parent="S1")), ("单位", 3, "上级编码")),
        (with_units(replace(COMMUNITY, kind="street")), ("单位", 4, "上级编码")),
        (with_units(replace(COMMUNITY, places=("Q",))), ("单位", 4, "对应属地编码")),
        (with_units(replace(COMMITTEE, places=("PQ",))), ("单位", 5, "对应属地编码")),
        (more(units=replace(COMMUNITY, row=9)), ("单位", 9, "单位编码")),
        (more(persons=replace(LI, row=9, username="li2")), ("人员", 9, "人员编码")),
        (more(persons=replace(LI, row=9, key="9")), ("人员", 9, "登录名")),
        (replace(GOOD, persons=(replace(LI, unit="X"), WANG)), ("人员", 2, "单位编码")),
        (replace(GOOD, persons=(replace(LI, unit="PQ"), WANG)), ("人员", 2, "单位编码")),
        (replace(GOOD, persons=(replace(LI, party_unit="C1"), WANG)), ("人员", 2, "党组织编码")),
        (more(roles=role("zhao", "cadre", "")), ("角色", 9, "登录名")),
        (more(roles=role("li", "trainer", "S1")), ("角色", 9, "单位编码")),
        (more(roles=role("li", "street_admin", "")), ("角色", 9, "单位编码")),
        (more(roles=role("li", "street_admin", "C1")), ("角色", 9, "单位编码")),
        (more(roles=replace(GOOD.roles[0], row=9)), ("角色", 9, "角色")),
        (replace(GOOD, cohorts=(replace(COHORT, course="x"),)), ("班次", 2, "课程")),
        (replace(GOOD, cohorts=(replace(COHORT, closes=OPENS),)), ("班次", 2, "结班日期")),
        (replace(GOOD, cohorts=(replace(COHORT, trainers=("li",)),)), ("班次", 2, "教员登录名")),
        (replace(GOOD, members=(MemberEntry(2, "春季班", "li"),)), ("班次学员", 2, "班次名称")),
        (replace(GOOD, members=(MemberEntry(2, "秋季班", "wang"),)), ("班次学员", 2, "登录名")),
        (more(members=MemberEntry(9, "秋季班", "li")), ("班次学员", 9, "登录名")),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_sheet_row_and_column(
    roster: Roster, place: tuple[str, int, str]
) -> None:
    assert place in problems(roster)


def test_a_circle_of_units_is_named_and_not_walked_for_ever() -> None:
    found = problems(with_units(replace(DISTRICT, kind="grid", parent="C1")))
    assert ("单位", 2, "上级编码") in found


def test_a_trainer_cannot_be_a_learner_of_the_own_class() -> None:
    roles = (*GOOD.roles, RoleEntry(9, "wang", "cadre", "", is_valid=True))
    members = (*GOOD.members, MemberEntry(9, "秋季班", "wang"))
    assert problems(replace(GOOD, roles=roles, members=members)) == [("班次学员", 9, "登录名")]


def test_a_known_person_keeps_the_user_name() -> None:
    facts = {**NOTHING.facts, "person": {("1",): {"username": "li.old"}}}
    assert problems(GOOD, replace(NOTHING, facts=facts)) == [("人员", 2, "登录名")]


def test_a_user_name_belongs_to_one_person_for_ever() -> None:
    facts = {**NOTHING.facts, "person": {("0",): {"username": "li"}}}
    assert problems(GOOD, replace(NOTHING, facts=facts)) == [("人员", 2, "登录名")]


def test_an_organization_account_that_moves_on_loses_its_old_street() -> None:
    facts = {**NOTHING.facts, "role": {("wang", "street_admin", "S2"): {"is_valid": True}}}
    changes = changes_from_roster(GOOD, replace(NOTHING, facts=facts), with_accounts=False)
    assert [row.key for row in changes.of("role", "removed")] == [("wang", "street_admin", "S2")]


def test_a_role_that_the_file_does_not_name_stays() -> None:
    facts = {**NOTHING.facts, "role": {("zhao", "trainer", ""): {"is_valid": True}}}
    changes = changes_from_roster(GOOD, replace(NOTHING, facts=facts), with_accounts=False)
    assert changes.of("role", "removed") == []
    assert changes.left["role"] == ("zhao/trainer",)
