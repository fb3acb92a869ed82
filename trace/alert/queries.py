"""Reads of alerts: the inbox, counts, trends, the settings in force."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import NotFound
from trace.alert import rules
from trace.alert.models import Alert, RuleSetting
from trace.alert.permissions import OVERSEE
from trace.alert.rules import LIVE, RULES, AlertRule, Month, Setting


def visible(alert: Alert, actor: Actor) -> bool:
    """Its own organisation, or an overseer."""
    return actor.is_system or actor.can(OVERSEE) or alert.organisation_id == actor.organisation_id


def get(public_id: UUID, actor: Actor) -> Alert:
    """The alert, if the actor may see it; NotFound otherwise."""
    found = db.session.scalar(select(Alert).where(Alert.public_id == public_id))
    if found is None or not visible(found, actor):
        raise NotFound("没有找到这条预警。", code="alert.not_found", help="请从预警列表重新进入。")
    return found


def inbox(organisation_id: int) -> Select[Any]:
    """Alerts of one organisation, for a table."""
    return select(Alert).where(Alert.organisation_id == organisation_id)


def everything() -> Select[Any]:
    """Every alert, for overseers."""
    return select(Alert)


def owners() -> list[int]:
    """Every organisation that has an alert, once for a whole screen."""
    return list(db.session.scalars(select(Alert.organisation_id).distinct()))


def open_count(organisation_id: int | None) -> int:
    """Alerts waiting: of one organisation, or all."""
    query = select(func.count(Alert.id)).where(Alert.state.in_(LIVE))
    if organisation_id is not None:
        query = query.where(Alert.organisation_id == organisation_id)
    return db.session.scalar(query) or 0


def overdue_count() -> int:
    """Alerts past their time."""
    return db.session.scalar(select(func.count(Alert.id)).where(Alert.state.in_(LIVE), Alert.due_at < clock.now())) or 0


def settings() -> dict[str, Setting]:
    """Every rule as it is set now."""
    newest = select(func.max(RuleSetting.id)).group_by(RuleSetting.rule)
    stored = {
        row.rule: Setting(row.enabled, row.severity, row.hours, row.days)
        for row in db.session.scalars(select(RuleSetting).where(RuleSetting.id.in_(newest)))
    }
    return {key: rules.setting_of(rule, stored.get(key)) for key, rule in RULES.items()}


def setting(rule: AlertRule) -> Setting:
    """One rule as it is set now."""
    return settings()[rule.key]


def history_of(rule: str) -> list[RuleSetting]:
    """How a rule was set, newest first."""
    return list(db.session.scalars(select(RuleSetting).where(RuleSetting.rule == rule).order_by(RuleSetting.id.desc())))


def months(since: datetime, organisation_id: int | None = None) -> list[Month]:
    """New alerts by month and severity with the median hours until handling began; months without any are there."""
    query = select(Alert.opened_at, Alert.severity, Alert.acknowledged_at, Alert.handled_at).where(
        Alert.opened_at >= since
    )
    if organisation_id is not None:
        query = query.where(Alert.organisation_id == organisation_id)
    opened: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    waits: dict[str, list[float]] = defaultdict(list)
    for at, severity, acknowledged, handled in db.session.execute(query):
        month = f"{clock.local(at):%Y-%m}"
        opened[month][severity] += 1
        began = acknowledged or handled
        if began is not None:
            waits[month].append((began - at).total_seconds() / 3600)
    return [Month(m, dict(opened[m]), rules.median(waits[m])) for m in _months(since)]


def _months(since: datetime) -> list[str]:
    first, last = clock.local(since), clock.local(clock.now())
    out, year, month = [], first.year, first.month
    while (year, month) <= (last.year, last.month):
        out.append(f"{year}-{month:02d}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return out


def by_rule(since: datetime) -> list[tuple[str, int, int]]:
    """Rule, alerts since then, of them still open; most first."""
    rows = db.session.execute(
        select(Alert.rule, func.count(), func.count().filter(Alert.state.in_(LIVE)))
        .where(Alert.opened_at >= since)
        .group_by(Alert.rule)
        .order_by(func.count().desc(), Alert.rule)
    )
    return [(rule, count, live) for rule, count, live in rows]
