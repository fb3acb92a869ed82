"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.acceptance import jobs as jobs
from admin.acceptance import models as models
from admin.acceptance import permissions, rules, service
from admin.acceptance.models import Case
from admin.acceptance.rules_policy import AcceptanceTerms
from admin.acceptance.views import blueprint
from admin.project import queries as projects
from core.account.actor import Actor
from core.policy import registry
from core.ui import nav
from core.workflow.engine import bind


def _visible(case: Case, actor: Actor) -> bool:
    return projects.visible(projects.by_id(case.project_id), actor)


def register(app: Flask) -> None:
    """Afterwards acceptance is part of ``app``."""
    registry.declare(AcceptanceTerms)
    bind(
        rules.CASE,
        model=Case,
        load_facts=service.case_facts,
        owner=lambda case: projects.by_id(case.project_id).undertaker_id,
        effects={
            "apply": service.on_applied,
            "ready": service.on_ready,
            "pass": service.on_opinion,
            "fail": service.on_opinion,
            "submit_fix": service.on_fix,
            "overdue": service.on_overdue,
            "fixed": service.on_opinion,
            "not_fixed": service.on_opinion,
            "not_fixed_final": service.on_opinion,
            "gov_ok": service.on_passed,
            "publicise": service.on_publicised,
            "file": service.on_filed,
        },
        visible=_visible,
    )
    app.register_blueprint(blueprint)
    nav.add("专项资金", "验收", "acceptance.index", permissions.VIEW, "check", 30)
