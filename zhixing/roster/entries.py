"""Entries: what a roster file says, one frozen value a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class UnitEntry:
    """A row of 单位; ``places`` are the places where a Party body works."""

    row: int
    code: str
    name: str
    tree: str
    kind: str
    parent: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class PersonEntry:
    """A row of 人员."""

    row: int
    key: str
    username: str
    name: str
    unit: str
    party_unit: str
    post: str
    rank: str
    is_active: bool


@dataclass(frozen=True)
class RoleEntry:
    """A row of 角色; not ``is_valid`` takes the role back."""

    row: int
    username: str
    role: str
    unit: str
    is_valid: bool


@dataclass(frozen=True)
class CohortEntry:
    """A row of 班次; times are aware UTC, ``closes`` is the end of the last day."""

    row: int
    title: str
    course: str
    opens: datetime
    closes: datetime
    trainers: tuple[str, ...]


@dataclass(frozen=True)
class MemberEntry:
    """A row of 班次学员."""

    row: int
    cohort: str
    username: str


@dataclass(frozen=True)
class Roster:
    """A whole file.

    Parameters
    ----------
    mentioned
        Noun to the keys of all its rows, also of rows with mistakes of their own, so that one
        mistake is not told again at every row that refers to it.
    examples
        Number of example rows passed by.
    """

    units: tuple[UnitEntry, ...] = ()
    persons: tuple[PersonEntry, ...] = ()
    roles: tuple[RoleEntry, ...] = ()
    cohorts: tuple[CohortEntry, ...] = ()
    members: tuple[MemberEntry, ...] = ()
    mentioned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    examples: int = 0
