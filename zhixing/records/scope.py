"""Scope: the one rule under every query about people.

A query about people starts from :func:`visible_people` and never from the person table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, false, or_, select

from zhixing.records.tables import CohortTrainer, Enrolment, Person, Unit


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
    if not viewer.roles & {"street_admin", "district_admin"} or not viewer.unit_paths:
        return false()
    inside = [Unit.path.startswith(path, autoescape=True) for path in viewer.unit_paths]
    return Person.unit_id.in_(select(Unit.id).where(or_(*inside)))
