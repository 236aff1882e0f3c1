"""Units: the two linked trees of place and Party organization, and their kinds in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TREES: Mapping[str, str] = {"place": "属地", "party": "党组织"}
"""Tree to its Chinese name (domain brief, section 3: two trees, linked, not one)."""


@dataclass(frozen=True)
class UnitKind:
    """One level of a tree.

    Parameters
    ----------
    level
        0 is the root; a parent's level is always lower than its child's. Levels may be skipped,
        because a compound may stand right under a community.
    """

    id: str
    tree: str
    title: str
    level: int


_KINDS = (
    UnitKind("district", "place", "区", 0),
    UnitKind("street", "place", "街道", 1),
    # Not in the brief's tree: home of 机关下沉干部 and of the party school's trainers.
    UnitKind("agency", "place", "机关单位", 1),
    UnitKind("community", "place", "社区", 2),
    UnitKind("grid", "place", "网格", 3),
    UnitKind("compound", "place", "小区", 4),
    UnitKind("building", "place", "楼栋", 5),
    UnitKind("district_committee", "party", "区委", 0),
    UnitKind("street_work_committee", "party", "街道党工委", 1),
    UnitKind("agency_committee", "party", "机关党组织", 1),
    UnitKind("community_general_branch", "party", "社区党组织", 2),
    UnitKind("grid_branch", "party", "网格党支部", 3),
    UnitKind("compound_action_branch", "party", "小区行动党支部", 4),
    UnitKind("building_group", "party", "楼栋党小组", 5),
)

KINDS: Mapping[str, UnitKind] = {kind.id: kind for kind in _KINDS}
"""Kind id, as stored in ``unit.kind``, to the kind."""


def kind_from_title(tree: str, title: str) -> UnitKind | None:
    """Kind of this Chinese title in this tree, or None."""
    return next((kind for kind in _KINDS if kind.tree == tree and kind.title == title), None)


def kind_titles(tree: str) -> tuple[str, ...]:
    """Chinese titles of a tree's kinds, top first."""
    return tuple(kind.title for kind in _KINDS if kind.tree == tree)
