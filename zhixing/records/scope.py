"""Scope: the one rule under every query about people.

A query about people starts from :func:`visible_people` and never from the person table;
a query about units starts from :func:`visible_units`. Default is deny.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Select, false, or_, select

from zhixing.records.tables import CohortTrainer, Enrolment, Person, Role, Unit

ORGANIZATION_ROLES = frozenset({"street_admin", "district_admin"})
"""Roles that open the subtree of the unit they were given for."""


class Purpose(StrEnum):
    """What a viewer wants to see of people; each opens another circle (access matrix)."""

    COMPLETION = "completion"
    """Hours, progress, passed or not: the person, own trainers, organization departments."""
    ANSWERS = "answers"
    """Answers, submissions, results and feedback: the person and own trainers only."""


@dataclass(frozen=True)
class Viewer:
    """Who asks, as the server knows it; nothing in it comes from a request body.

    Parameters
    ----------
    person_id
        Own row in ``person``.
    username
        Hub name.
    roles
        Role names held: cadre, trainer, street_admin, district_admin, maintainer.
    unit_paths
        ``path`` of each unit whose subtree an organization role opens.
    """

    person_id: int
    username: str
    roles: frozenset[str] = frozenset()
    unit_paths: tuple[str, ...] = ()


def viewer_by_username(conn: Connection, username: str) -> Viewer | None:
    """Viewer of this Hub name, or None for a name that is unknown or no longer active."""
    person_id = conn.execute(
        select(Person.id).where(Person.username == username, Person.is_active)
    ).scalar()
    if person_id is None:
        return None
    held = conn.execute(
        select(Role.name, Unit.path)
        .outerjoin(Unit, Unit.id == Role.unit_id)
        .where(Role.person_id == person_id)
        .order_by(Unit.path)
    ).all()
    opened = {path: None for name, path in held if name in ORGANIZATION_ROLES and path}
    return Viewer(person_id, username, frozenset(name for name, _ in held), tuple(opened))


def visible_people(viewer: Viewer, purpose: Purpose) -> Select[int]:
    """Ids of the people whose ``purpose`` records the viewer may see.

    Default is deny: a role that is not named here opens nothing (maintainers see nobody).
    """
    return select(Person.id).where(
        or_(
            Person.id == viewer.person_id,
            _taught_by(viewer),
            _below(viewer) if purpose is Purpose.COMPLETION else false(),
        )
    )


def visible_units(viewer: Viewer) -> Select[int]:
    """Ids of the units whose figures an organization department may see: its own subtrees."""
    # An empty path would be the prefix of every other one.
    paths = [path for path in viewer.unit_paths if path]
    if not viewer.roles & ORGANIZATION_ROLES or not paths:
        return select(Unit.id).where(false())
    # Paths hold digits and slashes only, so nothing in them is a wildcard.
    return select(Unit.id).where(or_(*[Unit.path.like(f"{path}%") for path in paths]))


def _taught_by(viewer: Viewer) -> ColumnElement[bool]:
    if "trainer" not in viewer.roles:
        return false()
    taught = (
        select(Enrolment.person_id)
        .join(CohortTrainer, CohortTrainer.cohort_id == Enrolment.cohort_id)
        .where(CohortTrainer.person_id == viewer.person_id)
    )
    return Person.id.in_(taught)


def _below(viewer: Viewer) -> ColumnElement[bool]:
    return Person.unit_id.in_(visible_units(viewer))
