"""Subtree: the units an organization department sees, and which of them are too small to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, Connection, and_, func, select

from zhixing.records.errors import NotVisibleError
from zhixing.records.scope import Purpose, Viewer, visible_people, visible_units
from zhixing.records.suppression import hidden_units
from zhixing.records.tables import Person, Unit


@dataclass(frozen=True)
class UnitNode:
    """One unit of the subtree; ``parent_id`` may lie outside of it."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    path: str


@dataclass(frozen=True)
class Subtree:
    """Units by id, parents before children, and the active people right in each."""

    units: Mapping[int, UnitNode]
    members: Mapping[int, int]

    @cached_property
    def children(self) -> Mapping[int, Sequence[int]]:
        """Unit to the units right below it."""
        children: dict[int, list[int]] = {unit_id: [] for unit_id in self.units}
        for unit in self.units.values():
            if unit.parent_id in children:
                children[unit.parent_id].append(unit.id)
        return children

    @cached_property
    def hidden(self) -> frozenset[int]:
        """Units whose figures are withheld."""
        roots = [unit.id for unit in self.units.values() if unit.parent_id not in self.units]
        return frozenset(hidden_units(roots, self.children, self.rolled_up(self.members)))

    def rolled_up(self, own: Mapping[int, int]) -> dict[int, int]:
        """Sum of each unit's own figure and those of all units below it."""
        totals = dict.fromkeys(self.units, 0)
        for unit_id, figure in own.items():
            for above in self.line(unit_id):
                totals[above] += figure
        return totals

    def line(self, unit_id: int) -> tuple[int, ...]:
        """Ids from the topmost visible unit down to this one."""
        ids = (int(part) for part in self.units[unit_id].path.strip("/").split("/"))
        return tuple(above for above in ids if above in self.units)

    def by_code(self, code: str) -> UnitNode:
        """Unit of this code.

        Raises
        ------
        NotVisibleError
            If it is not in the subtree, whether or not it exists.
        """
        unit = next((unit for unit in self.units.values() if unit.code == code), None)
        if unit is None:
            raise NotVisibleError(
                f"没有找到您可以查看的单位“{code}”。",
                f"no unit {code!r} within the viewer's subtree",
            )
        return unit


def visible_subtree(conn: Connection, viewer: Viewer) -> Subtree:
    """Read the viewer's units; empty for whoever is no organization department."""
    rows = conn.execute(
        select(Unit.id, Unit.code, Unit.name, Unit.kind, Unit.parent_id, Unit.path)
        .where(Unit.id.in_(visible_units(viewer)))
        .order_by(func.length(Unit.path), Unit.code)
    )
    units = {row.id: UnitNode(*row) for row in rows}
    members = conn.execute(
        select(Person.unit_id, func.count()).where(counted(viewer)).group_by(Person.unit_id)
    )
    return Subtree(units, {unit_id: count for unit_id, count in members if unit_id in units})


def counted(viewer: Viewer) -> ColumnElement[bool]:
    """People whose figures the viewer may see: in own subtree, in scope, active."""
    return and_(
        Person.is_active,
        Person.unit_id.in_(visible_units(viewer)),
        Person.id.in_(visible_people(viewer, Purpose.COMPLETION)),
    )
