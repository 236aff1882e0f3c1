"""D2: which buildings are short of volunteers, and who takes which shift; all made up by seed."""

from collections import Counter
from itertools import count
from typing import NamedTuple

from zhixing.redraw import redrawn

TITLE = "D2 缺口与排班：各楼缺多少，谁上哪一班"
NOTE = (
    "全部为虚构数据，与任何真实的人和社区无关。一个人上一班算一个班次。"
    "技能“不限”是谁都可以上；志愿者的技能空白，是没有这几样技能。"
    "“可排时段”空白是还没有问到，先不排；“适合上岗”为“否”的不排，原因不登记。"
)

SLOTS = ("周六上午", "周六下午", "周日上午", "周日下午")
SKILLS = ("量血压", "水电维修", "电脑登记")
ANY = "不限"
FIT, UNFIT = "是", "否"
BUILDINGS = tuple(f"{number}栋" for number in range(1, 7))
SHARE = 0.95
LEAST_OPTIMUM = 20
"""From here on one shift may stay open without falling below ``SHARE``."""


LEAST_FILLED = 0.8
"""Share of all needs that a good roster can fill: enough to be worth the work."""


class Need(NamedTuple):
    """A row of the table of needs."""

    building: str
    slot: str
    skill: str
    people: int


class Volunteer(NamedTuple):
    """A row of the list of volunteers, with skills and slots as tuples."""

    code: str
    building: str
    skills: tuple
    slots: tuple
    most: int
    is_fit: bool


def generate(seed):
    """Draw until every mistake gives an answer of its own, and the order of filling matters."""
    return redrawn(seed, _draw, _is_fit)


def solve(tables):
    """Gaps building by building; the fullest roster there is, by integer programming."""
    needs, people = _needs(tables), _people(tables)
    solution = _fullest(needs, people)
    roster = {
        "columns": ["班次", "志愿者编号"],
        "needs": {
            label: {"slot": need.slot, "skill": _wanted(need), "need": need.people}
            for label, need in needs.items()
        },
        "people": {
            one.code: {
                "skills": list(one.skills),
                "slots": list(one.slots),
                "most": one.most,
                "fit": one.is_fit,
            }
            for one in people
        },
        "optimum": _filled(solution),
        "share": SHARE,
        "solution": solution,
    }
    return {**_gaps(tables, _shifts), "roster": roster}


def _needs(tables):
    """Map what a row of the roster is called to the need."""
    return {_label(need): need for need in (Need(*row) for row in tables["demand"]["rows"])}


def _label(need):
    return f"{need.building} {need.slot} {need.skill} 要{need.people}人"


def _wanted(need):
    return "" if need.skill == ANY else need.skill


def _people(tables):
    return [
        Volunteer(code, building, _words(skills), _words(slots), most, fit == FIT)
        for code, building, skills, slots, most, fit in tables["volunteers"]["rows"]
    ]


def _words(cell):
    return tuple(cell.split("、")) if cell else ()


def _gaps(tables, shifts_of):
    """Total gap and the buildings that have one, with ``shifts_of`` a volunteer."""
    return _gaps_in(_balance(_needs(tables), _people(tables), shifts_of))


def _gaps_in(balance):
    gaps = {building: short for building, short in balance.items() if short > 0}
    return {"gap": sum(gaps.values()), "short": set(gaps)}


def _balance(needs, people, shifts_of):
    """Map a building to what it needs less what those who live there can do."""
    balance = Counter()
    for need in needs.values():
        balance[need.building] += need.people
    for one in people:
        balance[one.building] -= shifts_of(one)
    return balance


def _shifts(one):
    """Shifts that a volunteer can take: no more than their limit, one a slot."""
    return min(one.most, len(one.slots)) if one.is_fit else 0


def _head(one):
    return int(one.is_fit)


def _shifts_if_fit(one):
    return min(one.most, len(one.slots))


def _every_slot(one):
    return len(one.slots) if one.is_fit else 0


def _whole_limit(one):
    return one.most if one.is_fit else 0


def _can(one, need):
    has_skill = need.skill == ANY or need.skill in one.skills
    return one.is_fit and need.slot in one.slots and has_skill


def _filled(roster):
    return sum(map(len, roster.values()))


def _fullest(needs, people):
    """Put down as many people as can be; nobody twice in a slot or above their limit."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    pairs = [
        (label, one.code) for label, need in needs.items() for one in people if _can(one, need)
    ]
    limits = {("need", label): need.people for label, need in needs.items()}
    limits |= {("most", one.code): one.most for one in people}
    limits |= {("slot", one.code, slot): 1 for one in people for slot in one.slots}
    rows = {name: row for row, name in enumerate(limits)}
    uses = np.zeros((len(rows), len(pairs)))
    for column, (label, code) in enumerate(pairs):
        slot = needs[label].slot
        for name in (("need", label), ("most", code), ("slot", code, slot)):
            uses[rows[name], column] = 1
    found = milp(
        -np.ones(len(pairs)),
        integrality=np.ones(len(pairs)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(uses, ub=list(limits.values())),
    )
    roster = {label: [] for label in needs}
    for (label, code), chosen in zip(pairs, found.x, strict=True):
        if round(chosen):
            roster[label].append(code)
    return roster


def _first_fit(needs, people, *, can=_can, is_exclusive=True):
    """Go down the table and put down whoever comes first in the list and can."""
    roster, busy, shifts = {}, set(), Counter()
    for label, need in needs.items():
        free = (
            one.code
            for one in people
            if can(one, need) and (one.code, need.slot) not in busy and shifts[one.code] < one.most
        )
        roster[label] = [code for _, code in zip(range(need.people), free, strict=False)]
        shifts.update(roster[label])
        if is_exclusive:
            busy |= {(code, need.slot) for code in roster[label]}
    return roster


def _rostered(tables, **mistake):
    return {"roster": {"rows": _as_cells(_first_fit(_needs(tables), _people(tables), **mistake))}}


def _as_cells(roster):
    return {label: ["、".join(codes)] for label, codes in roster.items()}


def _netted(tables):
    return {"gap": max(0, sum(_balance(_needs(tables), _people(tables), _shifts).values()))}


def _heads(tables):
    return _gaps(tables, _head)


def _unfit_counted(tables):
    roster = _rostered(tables, can=lambda one, need: _can(one._replace(is_fit=True), need))
    return _gaps(tables, _shifts_if_fit) | roster


def _slots_only(tables):
    return _gaps(tables, _every_slot)


def _limit_only(tables):
    return _gaps(tables, _whole_limit)


def _double_booked(tables):
    return _rostered(tables, is_exclusive=False)


def _skill_ignored(tables):
    return _rostered(tables, can=lambda one, need: _can(one, need._replace(skill=ANY)))


def _in_list_order(tables):
    return _rostered(tables)


WRONG = {
    "netted": (_netted, "一栋富余不能抵另一栋缺口：一栋一栋地算，只把缺的加起来。"),
    "heads": (_heads, "需要的是班次，不是人头：一个人能上几班，就算几个班次。"),
    "unfit_counted": (_unfit_counted, "“适合上岗”为“否”的人这次不排，先从名单里去掉。"),
    "slots_only": (_slots_only, "时段再多，也不能超过本人的“最多班次”：两个数取小的。"),
    "limit_only": (_limit_only, "“最多班次”再多，没有空的时段也上不了：两个数取小的。"),
    "double_booked": (_double_booked, "同一时段一个人只能去一处，按时段把每个人再查一遍。"),
    "skill_ignored": (_skill_ignored, "写明技能的班次，只能排会这项技能的人。"),
    "in_list_order": (
        _in_list_order,
        "照着名单从上往下排，会把有技能的人先用掉：先排能上的人最少的班次，再排“不限”的。",
    ),
}


def _is_fit(tables):
    return _is_telling(tables) and _is_worth_planning(tables)


def _is_telling(tables):
    """Whether netting hides a gap, and no two ways of counting give the same."""
    needs, people = _needs(tables), _people(tables)
    netted = sum(_balance(needs, people, _shifts).values())
    ways = (_shifts, _head, _shifts_if_fit, _every_slot, _whole_limit)
    counted = [_gaps_in(_balance(needs, people, shifts_of)) for shifts_of in ways]
    gaps = [netted, *(one["gap"] for one in counted)]
    shorts = [frozenset(one["short"]) for one in counted]
    return min(gaps) > 0 and len({*gaps}) == len(gaps) and len({*shorts}) == len(shorts)


def _is_worth_planning(tables):
    """Whether the order of the list leaves open what a plan would fill."""
    needs, people = _needs(tables), _people(tables)
    wanted = sum(need.people for need in needs.values())
    naive = _filled(_first_fit(needs, people))
    if naive >= SHARE * wanted:
        return False
    optimum = _filled(_fullest(needs, people))
    return optimum >= max(LEAST_OPTIMUM, LEAST_FILLED * wanted) and naive < SHARE * optimum


def _draw(rng):
    needs = [need for building in BUILDINGS for need in _needs_of(rng, building)]
    return {
        "demand": {
            "title": "班次需求",
            "columns": ["楼栋", "时段", "技能", "需要人数"],
            "rows": [[*need] for need in needs],
        },
        "volunteers": {
            "title": "志愿者",
            "columns": ["编号", "楼栋", "技能", "可排时段", "最多班次", "适合上岗"],
            "rows": _volunteers(rng),
        },
    }


def _needs_of(rng, building):
    skilled, unskilled = rng.sample(SLOTS, 2)
    needs = (
        Need(building, skilled, rng.choice(SKILLS), rng.choice((1, 2, 2, 3))),
        Need(building, unskilled, ANY, rng.choice((2, 2, 3, 3, 4))),
    )
    return sorted(needs, key=lambda need: SLOTS.index(need.slot))


def _volunteers(rng):
    numbers = count(1)
    rows = []
    for _ in range(rng.randint(17, 18)):
        skills = rng.sample(SKILLS, rng.choice((0, 1, 1, 1, 2, 2)))
        slots = sorted(rng.sample(SLOTS, rng.choice((1, 2, 3, 3, 4, 4))), key=SLOTS.index)
        rows.append(
            [
                f"Z{next(numbers):02d}",
                rng.choice(BUILDINGS),
                "、".join(sorted(skills, key=SKILLS.index)),
                "、".join(slots),
                rng.choice((1, 2, 2, 3, 3)),
                FIT,
            ]
        )
    *unfit, unasked = rng.sample(range(len(rows)), 4)
    for place in unfit:
        rows[place][-1] = UNFIT
    rows[unasked][3] = ""
    return rows
