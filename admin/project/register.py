"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.project import models as models
from admin.project import permissions, queries, rules, service
from admin.project.calendar_views import blueprint as calendar
from admin.project.models import Contract, Project
from admin.project.rules_policy import ProjectTerms
from admin.project.views import blueprint
from core.account.actor import Actor
from core.calendar.cli import group as calendar_commands
from core.policy import registry
from core.ui import nav
from core.workflow.engine import bind


def _sees_contract(contract: Contract, actor: Actor) -> bool:
    return queries.visible(queries.by_id(contract.project_id), actor)


def register(app: Flask) -> None:
    """Afterwards projects, contracts and the calendar page are part of ``app``."""
    registry.declare(ProjectTerms)
    bind(
        rules.PROJECT,
        model=Project,
        load_facts=service.project_facts,
        owner=lambda project: project.undertaker_id,
        visible=queries.visible,
    )
    bind(
        rules.CONTRACT,
        model=Contract,
        load_facts=service.contract_facts,
        owner=lambda contract: queries.by_id(contract.project_id).undertaker_id,
        effects={"settle": service.on_settled},
        visible=_sees_contract,
    )
    app.register_blueprint(blueprint)
    app.register_blueprint(calendar)
    nav.add("专项资金", "工作日历", "workcalendar.index", permissions.CALENDAR_VIEW, "calendar", 60, phone_label="日历")
    app.cli.add_command(calendar_commands)
