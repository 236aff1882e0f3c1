"""Roles: what the Hub lets each group do; what the records let them do is decided there."""

from __future__ import annotations

from typing import Any

GROUPS = {
    "cadre": "学员：上课、答题、交卷，只看自己的记录",
    "trainer": "教员：批改自己班次的作业",
    "street_admin": "街道组织部门：看本街道的完成情况",
    "district_admin": "区组织部门：看全区的完成情况",
    "maintainer": "管理员：管账号和服务，看不到成绩",
}
"""Hub group to what it is for; the names are the role names of the records."""

_SERVICES = ["access:services!service=classroom", "access:services!service=dashboards"]


def load_roles() -> list[dict[str, Any]]:
    """Roles by group, least privilege; services and servers get what they cannot do without."""
    groups = [
        {
            "name": f"group-{name.replace('_', '-')}",
            "description": description,
            "scopes": _SERVICES,
            "groups": [name],
        }
        for name, description in GROUPS.items()
    ]
    return [
        *groups,
        {
            "name": "server",
            "description": "个人 JupyterLab：报告活动，以本人身份访问课堂",
            "scopes": [
                "users:activity!user",
                "access:servers!server",
                "access:services!service=classroom",
            ],
        },
        {
            "name": "operations",
            "description": "管理员：在 Hub 上查看、停止个人服务",
            "scopes": ["admin-ui", "list:users", "read:servers", "delete:servers"],
            "groups": ["maintainer"],
        },
        {
            "name": "culler",
            "description": "自动停止长时间不用的个人服务",
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
            "services": ["culler"],
        },
    ]
