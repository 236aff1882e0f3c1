"""Writer: put changes into the records, each with its audit row, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from zhixing.records.tables import (
    Account,
    Audit,
    Cohort,
    CohortTrainer,
    Enrolment,
    Person,
    Role,
    Unit,
    UnitLink,
)
from zhixing.roster.changes import Change, Changes

Row = dict[str, Any]


@dataclass(frozen=True)
class Import:
    """Who imports, when, and the hashed password of each new account.

    Parameters
    ----------
    must_change
        Whether these passwords are good for one log-in only; not so in the demo.
    """

    actor: str
    now: datetime
    password_hashes: Mapping[str, str]
    must_change: bool = True


def write_changes(conn: Connection, changes: Changes, job: Import) -> None:
    """Write all changes; the order follows what refers to what."""
    _write_units(conn, changes)
    units = _ids(conn, Unit.code, Unit.id)
    _write_persons(conn, changes, units)
    persons = _ids(conn, Person.username, Person.id)
    _insert(
        conn, Account, [_account(change, persons, job) for change in changes.of("account", "new")]
    )
    _write_roles(conn, changes, units, persons)
    _write_cohorts(conn, changes, persons)
    cohorts = _ids(conn, Cohort.title, Cohort.id)
    _insert(
        conn,
        Enrolment,
        [
            {
                "cohort_id": cohorts[change.key[0]],
                "person_id": persons[change.key[1]],
                "enrolled_at": job.now,
            }
            for change in changes.of("member", "new")
        ],
    )
    _insert(conn, Audit, [_audit(change, job) for change in changes.rows])


def _insert(conn: Connection, table: type[Any], rows: list[Row]) -> None:
    if rows:
        conn.execute(insert(table), rows)


def _ids(conn: Connection, name: Any, number: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in conn.execute(select(name, number))}


def _write_units(conn: Connection, changes: Changes) -> None:
    new = changes.of("unit", "new")
    columns = ("name", "tree", "kind")
    _insert(
        conn,
        Unit,
        [{"code": row.key[0], **_only(row.new, columns), "path": ""} for row in new],
    )
    changed = changes.of("unit", "changed")
    for row in changed:
        _update(conn, Unit, Unit.code == row.key[0], _only(row.new, columns))
    _write_parents(conn, [*new, *changed])
    _write_links(conn, [*new, *changed])


def _write_parents(conn: Connection, changes: Iterable[Change]) -> None:
    """Set parents, then every path that differs: a moved unit takes its subtree along."""
    units = {
        row.code: row for row in conn.execute(select(Unit.id, Unit.code, Unit.parent_id, Unit.path))
    }
    parents = {row.id: row.parent_id for row in units.values()}
    for change in changes:
        if "parent" in change.new:
            above = units.get(change.new["parent"])
            parents[units[change.key[0]].id] = above.id if above else None
    moved = [
        {"_id": row.id, "parent_id": parents[row.id], "path": path}
        for row in units.values()
        if (path := _path(row.id, parents)) != row.path
    ]
    if moved:
        conn.execute(update(Unit).where(Unit.id == bindparam("_id")), moved)


def _path(unit_id: int, parents: Mapping[int, int | None]) -> str:
    way: list[int] = []
    here: int | None = unit_id
    while here is not None:
        way.insert(0, here)
        here = parents[here]
    return "/" + "".join(f"{step}/" for step in way)


def _write_links(conn: Connection, changes: Iterable[Change]) -> None:
    ids = _ids(conn, Unit.code, Unit.id)
    for change in changes:
        if "places" in change.new:
            party = ids[change.key[0]]
            conn.execute(delete(UnitLink).where(UnitLink.party_id == party))
            places = [{"place_id": ids[place], "party_id": party} for place in change.new["places"]]
            _insert(conn, UnitLink, places)


def _write_persons(conn: Connection, changes: Changes, units: Mapping[str, int]) -> None:
    new = [
        {"key": change.key[0], **_person(change.new, units)}
        for change in changes.of("person", "new")
    ]
    _insert(conn, Person, new)
    for change in changes.of("person", "changed"):
        _update(conn, Person, Person.key == change.key[0], _person(change.new, units))


def _person(facts: Mapping[str, Any], units: Mapping[str, int]) -> Row:
    row = {name: value for name, value in facts.items() if name not in ("unit", "party_unit")}
    if "unit" in facts:
        row["unit_id"] = units[facts["unit"]]
    if "party_unit" in facts:
        row["party_unit_id"] = units.get(facts["party_unit"])
    return row


def _account(change: Change, persons: Mapping[str, int], job: Import) -> Row:
    username = change.key[0]
    return {
        "person_id": persons[username],
        "password_hash": job.password_hashes[username],
        "must_change": job.must_change,
        "failures": 0,
    }


def _write_roles(
    conn: Connection, changes: Changes, units: Mapping[str, int], persons: Mapping[str, int]
) -> None:
    _insert(
        conn,
        Role,
        [
            {"person_id": persons[name], "name": role, "unit_id": units.get(unit)}
            for name, role, unit in (change.key for change in changes.of("role", "new"))
        ],
    )
    for name, role, unit in (change.key for change in changes.of("role", "removed")):
        conn.execute(
            delete(Role).where(
                Role.person_id == persons[name],
                Role.name == role,
                # ``==`` None becomes IS NULL.
                Role.unit_id == units.get(unit),
            )
        )


def _write_cohorts(conn: Connection, changes: Changes, persons: Mapping[str, int]) -> None:
    columns = ("opens", "closes")
    for change in changes.of("cohort", "new"):
        row = {"title": change.key[0], "course_id": change.new["course"]}
        conn.execute(insert(Cohort).values(**row, **_only(change.new, columns)))
    for change in changes.of("cohort", "changed"):
        _update(conn, Cohort, Cohort.title == change.key[0], _only(change.new, columns))
    ids = _ids(conn, Cohort.title, Cohort.id)
    for change in [*changes.of("cohort", "new"), *changes.of("cohort", "changed")]:
        if "trainers" in change.new:
            cohort = ids[change.key[0]]
            conn.execute(delete(CohortTrainer).where(CohortTrainer.cohort_id == cohort))
            trainers = [
                {"cohort_id": cohort, "person_id": persons[name]} for name in change.new["trainers"]
            ]
            _insert(conn, CohortTrainer, trainers)


def _only(facts: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: facts[name] for name in names if name in facts}


def _update(conn: Connection, table: type[Any], where: Any, row: Row) -> None:
    if row:
        conn.execute(update(table).where(where).values(**row))


def _audit(change: Change, job: Import) -> Row:
    return {
        "actor": job.actor,
        "action": f"roster.{change.noun}.{change.kind}",
        "subject": change.subject[:200],
        "detail": {"old": _plain(change.old), "new": _plain(change.new)},
        "happened_at": job.now,
    }


def _plain(facts: Mapping[str, Any]) -> Row:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in facts.items()
    }
