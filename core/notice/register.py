"""Plug the room in."""

from __future__ import annotations

from flask import Flask, url_for

from core import hooks
from core.account.actor import Actor
from core.notice import jobs as jobs
from core.notice import models as models
from core.notice import permissions, queries, rules, service
from core.notice.models import Case
from core.notice.rules_policy import NoticeTerms
from core.notice.views import blueprint
from core.policy import registry
from core.ui import nav
from core.ui.search import Hit, register_finder
from core.workflow.engine import bind


def find(text: str, actor: Actor) -> list[Hit]:
    """Cases of the actor's desk by receipt number or subject."""
    if not actor.can(rules.HANDLE):
        return []
    found = queries.search(text, actor)
    return [Hit(c.receipt_no, c.subject, url_for("notice.case", public_id=c.public_id), "来件") for c in found]


def register(app: Flask) -> None:
    """Afterwards there are an inbox, cases, and a page of outgoing mail."""
    registry.declare(NoticeTerms)
    hooks.value_changes.append(service.tell_of_value)
    bind(
        rules.CASE,
        model=Case,
        load_facts=service.case_facts,
        owner=lambda _case: None,
        effects={"answer": service.on_answered},
        visible=lambda case, actor: rules.handles(actor, case.desk),
    )
    app.register_blueprint(blueprint)
    nav.add("", "消息", "notice.inbox", permissions.READ, "bell", 20, badge=lambda a: queries.unread_count(a) or None)
    nav.add(
        "监管",
        "来件",
        "notice.cases",
        permissions.HANDLE,
        "chat",
        10,
        badge=lambda a: queries.waiting_count(a) or None,
        phone=True,
    )
    nav.add("系统", "发出的短信和邮件", "notice.outgoing", permissions.OUTGOING, "phone", 70)
    register_finder(find)
