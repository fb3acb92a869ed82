"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.project import queries as projects
from admin.supervision import jobs as jobs
from admin.supervision import models as models
from admin.supervision import permissions, rules, service
from admin.supervision.models import Finding, Inspection
from admin.supervision.rules_policy import SupervisionTerms
from admin.supervision.views import blueprint
from core.account.actor import Actor
from core.policy import registry
from core.ui import nav
from core.workflow.engine import bind


def _owner(row: Inspection | Finding) -> int:
    return projects.by_id(row.project_id).undertaker_id


def _visible(row: Inspection | Finding, actor: Actor) -> bool:
    return projects.visible(projects.by_id(row.project_id), actor)


def register(app: Flask) -> None:
    """Afterwards inspections and findings are part of ``app``."""
    registry.declare(SupervisionTerms)
    bind(
        rules.INSPECTION,
        model=Inspection,
        load_facts=service.inspection_facts,
        owner=_owner,
        effects={
            "record": service.on_recorded,
            "finding": service.on_finding,
            "statement": service.on_statement,
            "confirm": service.on_confirmed,
        },
        visible=_visible,
    )
    bind(
        rules.FINDING,
        model=Finding,
        load_facts=service.finding_facts,
        owner=_owner,
        effects={
            "notice1": service.on_notice,
            "notice2": service.on_notice,
            "submit": service.on_submitted,
            "submit2": service.on_submitted,
            "ok": service.on_closed,
            "ok2": service.on_closed,
            "request": service.on_requested,
            "approve": service.on_terminated,
            "refuse": service.on_refused,
        },
        visible=_visible,
    )
    app.register_blueprint(blueprint)
    nav.add("专项资金", "检查与整改", "supervision.index", permissions.VIEW, "clock", 20, phone_label="整改")
