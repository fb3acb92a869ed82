"""Command line of the core: configuration check, users, roles, audit chain."""

from __future__ import annotations

import json
import sys
from typing import TextIO

import click
from flask import Flask, current_app

from core import config
from core.account import service
from core.account.actor import SYSTEM
from core.account.models import RoleGrant
from core.account.permissions import ROLES, registered
from core.account.queries import granted
from core.db import db, unit_of_work
from core.errors import DomainError
from core.organisation.models import Organisation
from core.organisation.service import register_without_code


def _say(error: DomainError) -> str:
    return "\n".join([error.message, *(f"- {u.message}" for u in error.unmet[1:]), error.help]).strip()


@click.group("config")
def config_group() -> None:
    """Configuration."""


@config_group.command("check")
def config_check() -> None:
    """List what is missing or unsafe; exit 1 on an error."""
    findings = config.check(current_app.config["SETTINGS"])
    for f in findings:
        click.echo(f"{'错误' if f.level == 'error' else '提醒'}  {f.name}：{f.message}")
    if not findings:
        click.echo("配置齐全。")
    sys.exit(1 if any(f.level == "error" for f in findings) else 0)


@click.group("user")
def user_group() -> None:
    """Users."""


@user_group.command("create-admin")
@click.argument("login_name")
@click.password_option()
def create_admin(login_name: str, password: str) -> None:
    """Create a system administrator of the platform organisation."""
    try:
        with unit_of_work():
            platform = db.session.query(Organisation).filter_by(kind="platform").one_or_none()
            if platform is None:
                platform = register_without_code(
                    kind="platform", name="猗顿农品平台", reason="public_body", actor=SYSTEM
                )
            user = service.create_user(login_name=login_name, password=password, display_name="系统管理员")
            service.add_member(user.id, platform.id, "sysadmin", SYSTEM)
    except DomainError as error:
        click.echo(_say(error), err=True)
        sys.exit(1)
    click.echo(f"已建立管理员 {login_name}，首次登录后请在“账号”里设置动态口令。")


@click.group("roles")
def roles_group() -> None:
    """Roles and their permissions, as data."""


@roles_group.command("export")
def roles_export() -> None:
    """Print every role with its permissions as JSON."""
    click.echo(json.dumps({r: sorted(granted(r)) for r in ROLES}, ensure_ascii=False, indent=2))


@roles_group.command("import")
@click.argument("source", type=click.File("r", encoding="utf-8"))
def roles_import(source: TextIO) -> None:
    """Make the roles hold exactly what the JSON says; unknown roles or permissions change nothing."""
    wanted = json.load(source)
    known = registered()
    unknown = [r for r in wanted if r not in ROLES] + [p for ps in wanted.values() for p in ps if p not in known]
    if unknown:
        click.echo("不认识：" + "、".join(sorted(set(unknown))), err=True)
        sys.exit(1)
    with unit_of_work():
        for role, permissions in wanted.items():
            _set_role(role, frozenset(permissions))
    click.echo(f"已更新 {len(wanted)} 个岗位。")


def _set_role(role: str, wanted: frozenset[str]) -> None:
    from core.account.permissions import permissions_of

    base = permissions_of(role)
    db.session.query(RoleGrant).filter_by(role=role).delete()
    db.session.add_all(
        [RoleGrant(role=role, permission=p, granted=True) for p in sorted(wanted - base)]
        + [RoleGrant(role=role, permission=p, granted=False) for p in sorted(base - wanted)]
    )


@click.group("audit")
def audit_group() -> None:
    """The audit trail."""


@audit_group.command("check")
def audit_check() -> None:
    """Recompute the chain of audit rows; exit 1 on any difference."""
    from core.record.service import broken_links, head

    broken = broken_links()
    count, value = head()
    click.echo(f"审计记录 {count} 条，链头 {value[:16]}…")
    if broken:
        click.echo(f"有 {len(broken)} 条与链不符，第一条编号 {broken[0]}。", err=True)
        sys.exit(1)


def register(app: Flask) -> None:
    """Afterwards the groups stand under ``flask``."""
    for group in (config_group, user_group, roles_group, audit_group):
        app.cli.add_command(group)
