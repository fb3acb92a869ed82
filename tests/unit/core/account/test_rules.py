"""Passwords and lock-out: before, at and after each limit."""

from __future__ import annotations

import pytest

from core.account import permissions, rules
from core.account.rules import Failures, locked_out, password_faults


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("苹果红了的时候回家", ["account.password.short"]),
        ("苹果红了的时候回家吃", []),
        ("a" * 201, ["account.password.long", "account.password.common"]),
        ("password123", ["account.password.common"]),
        ("PassWord123", ["account.password.common"]),
        ("x13800138000", ["account.password.name"]),
        ("", ["account.password.short"]),
    ],
)
def test_password_faults_come_all_at_once(password: str, codes: list[str]) -> None:
    assert [u.rule for u in password_faults(password, mobile="13800138000")] == codes


@pytest.mark.parametrize(
    ("failures", "locked"),
    [
        (Failures(7, 0, 7, device_known=False), False),
        (Failures(8, 0, 8, device_known=False), True),
        (Failures(500, 0, 10, device_known=True), False),  # a flood from strangers does not lock out the known phone
        (Failures(500, 19, 30, device_known=True), False),
        (Failures(500, 20, 30, device_known=True), True),
        (Failures(0, 0, 59, device_known=True), False),
        (Failures(0, 0, 60, device_known=True), True),
    ],
)
def test_lock_out_cannot_be_used_to_lock_others_out(failures: Failures, locked: bool) -> None:
    assert locked_out(failures) is locked


def test_privileged_roles_need_a_second_factor() -> None:
    assert rules.needs_totp(frozenset({"operator", "finance"}))
    assert not rules.needs_totp(frozenset({"operator", "owner"}))
    assert set(permissions.ROLES) >= permissions.PRIVILEGED_ROLES


def test_a_permission_is_declared_once_with_one_meaning() -> None:
    permissions.declare("test.room.verb_one", "样例", roles=("owner",))
    permissions.declare("test.room.verb_one", "样例", roles=("owner",))
    with pytest.raises(ValueError, match="declared twice"):
        permissions.declare("test.room.verb_one", "别的", roles=("owner",))
    with pytest.raises(ValueError, match=r"floor\.room\.verb"):
        permissions.declare("onlyone", "样例")
    with pytest.raises(ValueError, match="unknown roles"):
        permissions.declare("test.room.verb_two", "样例", roles=("king",))
    permissions._REGISTRY.pop("test.room.verb_one")
