"""Sweeping, handling and escalating alerts; the settings of rules.  Never commits."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from core import clock
from core.account.actor import SYSTEM, Actor
from core.db import db
from core.errors import BadInput, NotFound
from core.identifiers import normalise_text
from core.notice import service as notices
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from trace.alert import detectors, queries, rules
from trace.alert.models import Alert, RuleSetting
from trace.alert.rules import ALERT, LIVE, RULES, Hit, Setting

log = logging.getLogger("yidun.alert")


def sweep(rule_key: str, *, since: datetime | None = None) -> int:
    """Afterwards every hit of a rule has its open alert; after a full look (``since`` None) alerts whose cause is gone are
    cleared.  Returns how many were opened anew.  A rule that is switched off finds nothing and clears nothing."""
    rule, setting = RULES[rule_key], queries.setting(RULES[rule_key])
    detector = detectors.DETECTORS.get(rule_key)
    if detector is None or not setting.enabled:
        return 0
    hits = {hit.subject: hit for hit in detector(detectors.look_now(setting.days or rule.days or 0, since))}
    known = {
        row.subject: row
        for row in db.session.scalars(
            select(Alert)
            .where(Alert.rule == rule_key, Alert.subject.in_(list(hits)))
            .order_by(Alert.id)
            .with_for_update()
        )
    }
    opened = sum(_seen(hit, known.get(hit.subject), setting) for hit in hits.values())
    if since is None:
        _clear(rule_key, hits)
    db.session.flush()
    return opened


def _seen(hit: Hit, alert: Alert | None, setting: Setting) -> int:
    now = clock.now()
    if alert is None:
        alert = Alert(
            rule=hit.rule, subject=hit.subject, severity=setting.severity, organisation_id=hit.organisation_id,
            title=hit.title[:120], detail=hit.detail[:1000], link=hit.link, opened_at=now,
            due_at=rules.due(now, setting.hours), seen_at=now, acknowledged_at=None, handled_at=None, escalated_at=None,
        )  # fmt: skip
        db.session.add(alert)
        db.session.flush()
        record("alert.opened", alert, SYSTEM, rule=hit.rule, about=hit.subject)
        _tell(alert)
        return 1
    alert.seen_at, alert.title, alert.detail, alert.link = now, hit.title[:120], hit.detail[:1000], hit.link
    if alert.state in LIVE or not rules.comes_back(alert.state, alert.handled_at, now, setting.hours):
        return 0
    fire(ALERT, alert, "recur", SYSTEM)
    alert.times += 1
    alert.opened_at, alert.due_at, alert.severity = now, rules.due(now, setting.hours), setting.severity
    alert.acknowledged_at = alert.handled_at = alert.escalated_at = None
    _tell(alert)
    return 1


def _tell(alert: Alert) -> None:
    until = clock.local(alert.due_at)
    notices.send(
        to_organisation_id=alert.organisation_id, title=f"预警：{alert.title}",
        body=f"{alert.detail[:200]}请在 {until.month}月{until.day}日 {until:%H:%M} 前处理。", link=f"/trace/alerts/{alert.public_id}",
    )  # fmt: skip


def _clear(rule_key: str, hits: Iterable[str]) -> None:
    still = set(hits)
    rows = db.session.scalars(
        select(Alert).where(Alert.rule == rule_key, Alert.state.in_((*LIVE, "resolved"))).order_by(Alert.id)
    ).all()
    for alert in rows:
        if alert.subject not in still:
            fire(ALERT, alert, "clear", SYSTEM)
            alert.handled_at = alert.handled_at or clock.now()


def move(alert: Alert, key: str, actor: Actor, reason: str = "") -> Alert:
    """Fire a person's move; RuleBroken with everything that is missing."""
    fire(ALERT, alert, key, actor, reason=normalise_text(reason, multiline=True))
    return alert


def on_acknowledged(alert: Alert, context: MoveContext) -> None:
    """Effect of ``acknowledge``."""
    alert.acknowledged_at = context.now


def on_handled(alert: Alert, context: MoveContext) -> None:
    """Effect of ``resolve`` and ``dismiss``: when it was handled counts for what comes back."""
    alert.handled_at = context.now


def on_reopened(alert: Alert, context: MoveContext) -> None:
    """Effect of ``reopen``: the clock runs anew and the owner is told why."""
    hours = queries.setting(RULES[alert.rule]).hours
    alert.opened_at, alert.due_at = context.now, rules.due(context.now, hours)
    alert.acknowledged_at = alert.handled_at = alert.escalated_at = None
    notices.send(
        to_organisation_id=alert.organisation_id, title=f"要求再处理：{alert.title}", body=context.reason[:300],
        link=f"/trace/alerts/{alert.public_id}",
    )  # fmt: skip


def escalate_due(limit: int = 200) -> int:
    """Afterwards every alert past its time is with the supervisor, once; returns how many."""
    rows = db.session.scalars(
        select(Alert)
        .where(Alert.state.in_(LIVE), Alert.due_at < clock.now(), Alert.escalated_at.is_(None))
        .order_by(Alert.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for alert in rows:
        fire(ALERT, alert, "escalate", SYSTEM)
        alert.escalated_at = clock.now()
    if rows:
        worst = [alert.title for alert in rows[:5]]
        notices.send_to_desk(
            "office",
            title=f"{len(rows)} 条预警逾期没有处理",
            body="；".join(worst)[:300],
            link="/trace/alerts/all?late=1",
        )
    return len(rows)


def set_rule(
    rule_key: str, actor: Actor, *, enabled: bool, severity: str, hours: int | None, days: int | None, reason: str
) -> RuleSetting:  # fmt: skip
    """Afterwards the rule is set so from now on; alerts that are open keep their deadline.  NotFound for no such rule."""
    rule = RULES.get(rule_key)
    if rule is None:
        raise NotFound("没有这条规则。", code="alert.no_rule")
    rules.check_setting(rule, severity=severity, hours=hours, days=days)
    why = normalise_text(reason)
    if not why:
        raise BadInput("请写明为什么改。", code="alert.reason", field="reason")
    row = RuleSetting(
        rule=rule_key, enabled=enabled, severity=severity, hours=hours, days=days, reason=why[:300], set_at=clock.now(),
        set_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("alert.rule_set", row, actor, rule=rule_key, enabled=enabled, hours=hours, days=days)
    return row


def sweep_all(*, full: bool) -> int:
    """Afterwards every rule was looked at; a rule whose detector fails is logged and does not stop the others."""
    opened = 0
    since = None if full else clock.now() - timedelta(hours=2)
    for key in RULES:
        try:
            with db.session.begin_nested():
                opened += sweep(key, since=since)
        except Exception:
            log.exception("alert rule %s failed", key)
    return opened
