"""Persons: the posts, ranks and roles that a roster may name (domain brief, section 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping

POSTS = (
    "村书记",
    "社区书记",
    "两委成员",
    "后备干部",
    "网格党支部书记",
    "网格员",
    "楼栋长",
    "社区工作者",
    "机关下沉干部",
    "街道干部",
)
"""What a person does (岗位); stored as written here, rules match on it or on the rank."""

RANKS = ("县处级及以上(含四级调研员)", "乡科级及一级主任科员以下", "事业管理/专技", "非公务员")
"""What a person is (职级); a field of its own beside the post."""

ROLES: Mapping[str, str] = {
    "cadre": "学员",
    "trainer": "教员",
    "street_admin": "街道组织部门",
    "district_admin": "区组织部门",
    "maintainer": "管理员",
}
"""Role id, as stored in ``role.name``, to its Chinese name."""

ROLE_UNIT_KINDS: Mapping[str, str] = {"street_admin": "street", "district_admin": "district"}
"""Organization roles open one unit's subtree; the unit has to be of this kind."""

USERNAME = re.compile(r"[a-z][a-z0-9_.-]{1,30}")
"""A log-in name: lower case, because JupyterHub lower-cases what is typed."""


def role_from_title(title: str) -> str:
    """Role id of this Chinese name, one of those in :data:`ROLES`."""
    return next(role for role, name in ROLES.items() if name == title)
