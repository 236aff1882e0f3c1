"""Known: what the records hold already, in the words of a roster file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from zhixing.records.tables import (
    Account,
    Cohort,
    CohortTrainer,
    Enrolment,
    Person,
    Role,
    Unit,
    UnitLink,
)

Facts = Mapping[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """The records as a roster sees them: noun to key to facts, and the rows' ids.

    Parameters
    ----------
    facts
        ``unit`` by (code,), ``person`` by (key,), ``role`` by (username, role, unit code),
        ``cohort`` by (title, course), ``member`` by (cohort title, username).
    ids
        ``unit`` by code, ``person`` by username, ``cohort`` by title.
    with_account
        User names that have a local account.
    """

    facts: Mapping[str, Mapping[Key, Facts]]
    ids: Mapping[str, Mapping[str, int]]
    with_account: frozenset[str]


def known_from_records(conn: Connection) -> Known:
    """Read everything a roster may speak of."""
    units = _rows(conn, select(Unit.id, Unit.code, Unit.name, Unit.tree, Unit.kind, Unit.parent_id))
    persons = _rows(conn, select(*Person.__table__.columns))
    cohorts = _rows(conn, select(*Cohort.__table__.columns))
    codes = {unit["id"]: unit["code"] for unit in units}
    usernames = {person["id"]: person["username"] for person in persons}
    titles = {cohort["id"]: cohort["title"] for cohort in cohorts}
    return Known(
        facts={
            "unit": _unit_facts(conn, units, codes),
            "person": {(person["key"],): _person_facts(person, codes) for person in persons},
            "role": {
                (usernames[person], name, codes.get(unit, "")): {"is_valid": True}
                for person, name, unit in conn.execute(
                    select(Role.person_id, Role.name, Role.unit_id)
                )
            },
            "cohort": _cohort_facts(conn, cohorts, usernames),
            "member": {
                (titles[cohort], usernames[person]): {}
                for cohort, person in conn.execute(select(Enrolment.cohort_id, Enrolment.person_id))
            },
        },
        ids={
            "unit": {code: number for number, code in codes.items()},
            "person": {name: number for number, name in usernames.items()},
            "cohort": {title: number for number, title in titles.items()},
        },
        with_account=frozenset(usernames[person] for person in conn.scalars(_ACCOUNTS)),
    )


_ACCOUNTS = select(Account.person_id)


def _rows(conn: Connection, query: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(row) for row in conn.execute(query).mappings()]


def _unit_facts(
    conn: Connection, units: Iterable[Facts], codes: Mapping[int, str]
) -> dict[Key, Facts]:
    places: dict[int, list[str]] = defaultdict(list)
    for place, party in conn.execute(select(UnitLink.place_id, UnitLink.party_id)):
        places[party].append(codes[place])
    return {
        (unit["code"],): {
            "name": unit["name"],
            "tree": unit["tree"],
            "kind": unit["kind"],
            "parent": codes.get(unit["parent_id"], ""),
            "places": tuple(sorted(places[unit["id"]])),
        }
        for unit in units
    }


def _person_facts(person: Facts, codes: Mapping[int, str]) -> Facts:
    return {
        "username": person["username"],
        "name": person["name"],
        "unit": codes[person["unit_id"]],
        "party_unit": codes.get(person["party_unit_id"], ""),
        "post": person["post"],
        "rank": person["rank"],
        "is_active": person["is_active"],
    }


def _cohort_facts(
    conn: Connection, cohorts: Iterable[Facts], usernames: Mapping[int, str]
) -> dict[Key, Facts]:
    trainers: dict[int, list[str]] = defaultdict(list)
    query = select(CohortTrainer.cohort_id, CohortTrainer.person_id)
    for cohort, person in conn.execute(query):
        trainers[cohort].append(usernames[person])
    return {
        (cohort["title"],): {
            "course": cohort["course_id"],
            "opens": cohort["opens"],
            "closes": cohort["closes"],
            "trainers": tuple(sorted(trainers[cohort["id"]])),
        }
        for cohort in cohorts
    }
