"""District: a made-up district as a roster, written the way a real roster is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from zhixing.course import Course
from zhixing.demo.names import draw_names
from zhixing.person import RANKS
from zhixing.roster.entries import (
    CohortEntry,
    MemberEntry,
    PersonEntry,
    RoleEntry,
    Roster,
    UnitEntry,
)

CADRES = 300
STREETS = {
    "JD1": ("听雨街道", ("和畅社区", "桂影社区", "书院社区")),
    "JD2": ("南桥街道", ("长堤社区", "芦湾社区", "新塘社区")),
}
"""Names of nowhere; the district itself says on every screen that it is made up."""

# No group is smaller than five, or its figures would be covered for privacy.
_COMPOUNDS = ("东苑", "西苑", "南苑")
_COMMUNITY_POSTS = (
    ("社区书记", 1),
    ("两委成员", 4),
    ("后备干部", 3),
    ("社区工作者", 7),
)
_GRID_POSTS = (("网格党支部书记", 1), ("网格员", 4))
_COMPOUND_POSTS = (("楼栋长", 5),)
_STREET_POSTS = (("街道干部", 10),)
_AGENCY_POSTS = (("机关下沉干部", 10),)
_TAKEN_BY = {"xingdongxuexi": ("社区书记", "后备干部")}
"""Posts that a course is meant for, by its id; any other is for everybody."""


@dataclass(frozen=True)
class Staff:
    """Somebody who is no cadre: user name, name, role, home unit and the unit it opens."""

    username: str
    name: str
    role: str
    unit: str
    opens: str = ""


STAFF = (
    Staff("trainer1", "周明远", "trainer", "JG"),
    Staff("trainer2", "何思颖", "trainer", "JG"),
    Staff("trainer3", "苏立群", "trainer", "JG"),
    Staff("street1", "听雨街道组织办", "street_admin", "JD1", "JD1"),
    Staff("street2", "南桥街道组织办", "street_admin", "JD2", "JD2"),
    Staff("district", "区委组织部干部教育科", "district_admin", "JG", "Q"),
    Staff("admin1", "平台管理员", "maintainer", "JG"),
)
TRAINERS = {"JD1": ("trainer1", "trainer2"), "JD2": ("trainer3",)}


def demo_roster(
    rng: Random, courses: tuple[Course, ...], opens: datetime, closes: datetime
) -> Roster:
    """The whole district: units, 300 cadres, staff, and two cohorts of every course."""
    places = list(_places())
    cadres = list(_cadres(rng))
    cohorts = tuple(
        CohortEntry(0, cohort_title(course, street), course.id, opens, closes, TRAINERS[street])
        for course in courses
        for street in STREETS
    )
    members = tuple(
        MemberEntry(0, cohort_title(course, _street_of(cadre)), cadre.username)
        for course in courses
        for cadre in cadres
        if cadre.post in _TAKEN_BY.get(course.id, (cadre.post,))
    )
    return Roster(
        units=(*places, *(_party_body(place) for place in places if place.kind != "agency")),
        persons=(*cadres, *(_staff_person(n, who) for n, who in enumerate(STAFF, start=1))),
        roles=(
            *(RoleEntry(0, cadre.username, "cadre", "", is_valid=True) for cadre in cadres),
            *(RoleEntry(0, who.username, who.role, who.opens, is_valid=True) for who in STAFF),
        ),
        cohorts=cohorts,
        members=members,
    )


def cohort_title(course: Course, street: str) -> str:
    """Name of a street's run of a course."""
    return f"{course.title}·{STREETS[street][0]}班"


def _places() -> Iterator[UnitEntry]:
    yield _place("Q", "明川区(虚构)", "district", "")
    yield _place("JG", "明川区直机关", "agency", "Q")
    for street, (name, communities) in STREETS.items():
        yield _place(street, name, "street", "Q")
        for number, community in enumerate(communities, start=1):
            code = f"{street}-{number}"
            yield _place(code, community, "community", street)
            yield from _grids(code, community.removesuffix("社区"))


def _grids(community: str, name: str) -> Iterator[UnitEntry]:
    for number, compound in enumerate(_COMPOUNDS, start=1):
        code = f"{community}-{number}"
        yield _place(code, f"{name}第{number}网格", "grid", community)
        yield _place(f"{code}-X", f"{name}{compound}小区", "compound", code)


def _place(code: str, name: str, kind: str, parent: str) -> UnitEntry:
    return UnitEntry(0, code, name, "place", kind, parent, ())


_PARTY = {
    "district": ("district_committee", "明川区委"),
    "street": ("street_work_committee", "党工委"),
    "community": ("community_general_branch", "党总支"),
    "grid": ("grid_branch", "党支部"),
    "compound": ("compound_action_branch", "行动党支部"),
}


def _party_body(place: UnitEntry) -> UnitEntry:
    """The Party body that works in a place; the two trees run side by side and are linked."""
    kind, suffix = _PARTY[place.kind]
    name = suffix if place.kind == "district" else place.name + suffix
    parent = f"P-{place.parent}" if place.parent else ""
    return UnitEntry(0, f"P-{place.code}", name, "party", kind, parent, (place.code,))


def _cadres(rng: Random) -> Iterator[PersonEntry]:
    names = draw_names(rng, CADRES)
    jobs = [(unit, post) for unit, posts in _jobs() for post, count in posts for _ in range(count)]
    for number, ((unit, post), name) in enumerate(zip(jobs, names, strict=True), start=1):
        yield PersonEntry(
            0,
            key=f"R{number:04d}",
            username=f"cadre{number:03d}",
            name=name,
            unit=unit,
            party_unit="P-Q" if unit == "JG" else f"P-{unit}",
            post=post,
            rank=_rank(rng, post),
            is_active=True,
        )


def _jobs() -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
    for street, (_, communities) in STREETS.items():
        for number in range(1, len(communities) + 1):
            yield f"{street}-{number}", _COMMUNITY_POSTS
            for grid in range(1, len(_COMPOUNDS) + 1):
                yield f"{street}-{number}-{grid}", _GRID_POSTS
                yield f"{street}-{number}-{grid}-X", _COMPOUND_POSTS
        yield street, _STREET_POSTS
    yield "JG", _AGENCY_POSTS


def _rank(rng: Random, post: str) -> str:
    _, section, institution, none = RANKS
    if post in ("街道干部", "机关下沉干部"):
        return rng.choices((section, institution), (7, 3))[0]
    if post == "社区书记":
        return rng.choices((institution, none), (4, 6))[0]
    return none


def _street_of(cadre: PersonEntry) -> str:
    # Agency cadres sink to the first street's communities.
    return cadre.unit[:3] if cadre.unit.startswith("JD") else "JD1"


def _staff_person(number: int, who: Staff) -> PersonEntry:
    rank = RANKS[2] if who.role == "trainer" else RANKS[1]
    unit = who.unit
    party = f"P-{unit}" if unit in STREETS else "P-Q"
    return PersonEntry(
        0, f"G{number:04d}", who.username, who.name, unit, party, "", rank, is_active=True
    )
