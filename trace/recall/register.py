"""Plug recalls in: tables, workflow, pages, hooks, job, menu."""

from __future__ import annotations

from flask import Flask

from core import hooks
from core.account.actor import Actor
from core.ui import nav
from core.workflow.engine import bind
from trace.recall import jobs, models, panels, permissions, queries, service  # noqa: F401 - jobs: the task
from trace.recall.rules import RECALL
from trace.recall.views import bp


def _waiting(actor: Actor) -> int | None:
    if actor.can(permissions.APPROVE):
        return queries.waiting_count() or None
    return len(queries.open_recalls(actor.organisation_id or 0)) or None


def register(app: Flask) -> None:
    """Afterwards lots can be recalled."""
    app.register_blueprint(bp)
    bind(
        RECALL,
        model=models.Recall,
        load_facts=service.load_facts,
        owner=lambda r: r.organisation_id,
        visible=queries.visible,
        effects={
            "propose": service.on_proposed,
            "order": service.on_proposed,
            "approve": service.on_approved,
            "refuse": service.on_refused,
            "widen": service.on_widened,
            "back": service.on_sent_back,
            "close": service.on_closed,
        },
    )
    hooks.lot_blocks.append(service.blocks)
    hooks.recall_facts.append(panels.recall_facts)
    hooks.code_links.append(panels.code_links)
    nav.add("生产", "召回", "recall.index", permissions.VIEW, "recall", 70, badge=_waiting)
    nav.add("监管", "召回", "recall.index", permissions.OVERSEE, "recall", 20, badge=_waiting)
