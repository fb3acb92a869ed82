"""Permissions are declared once, in the room that requires them (pure registry)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"^[a-z_]+\.[a-z_]+\.[a-z_]+$")

ROLES: dict[str, str] = {
    "person": "个人",
    "owner": "企业负责人",
    "operator": "企业经办员",
    "host": "主播",
    "office_clerk": "e镇办经办",
    "office_head": "e镇办主任",
    "statistician": "信息统计责任人",
    "brand_clerk": "品牌办经办",
    "brand_decider": "品牌办审定",
    "commerce_clerk": "商务局经办",
    "commerce_inspector": "商务局检查",
    "finance": "财政局",
    "rural": "乡村振兴局",
    "leading_group": "领导小组",
    "government": "县政府",
    "acceptance_chair": "验收组组长",
    "acceptance_member": "验收组成员",
    "auditor": "审计",
    "discipline": "纪检监察",
    "sysadmin": "系统管理员",
}

PRIVILEGED_ROLES = frozenset(
    {"office_head", "brand_decider", "finance", "leading_group", "government", "auditor", "discipline", "sysadmin"}
)


@dataclass(frozen=True, slots=True)
class Permission:
    """``floor.room.verb`` with its Chinese label and the roles that hold it by default."""

    key: str
    label: str
    roles: frozenset[str] = field(default_factory=frozenset)


_REGISTRY: dict[str, Permission] = {}


def declare(key: str, label: str, roles: tuple[str, ...] = ()) -> str:
    """Register ``key``; a second declaration with other words is a defect.  Returns the key."""
    if not _NAME.match(key):
        raise ValueError(f"a permission is named floor.room.verb, not {key!r}")
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"{key}: unknown roles {sorted(unknown)}")
    new = Permission(key, label, frozenset(roles))
    if _REGISTRY.setdefault(key, new) != new:
        raise ValueError(f"permission {key} is declared twice with different words")
    return key


def registered() -> dict[str, Permission]:
    return dict(_REGISTRY)


def permissions_of(role: str) -> frozenset[str]:
    """What ``role`` holds by declaration; every signed-in person also holds what ``person`` holds."""
    return frozenset(k for k, p in _REGISTRY.items() if role in p.roles or "person" in p.roles)
