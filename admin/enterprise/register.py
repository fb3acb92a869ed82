"""Plug the room in."""

from __future__ import annotations

from flask import Flask, url_for
from sqlalchemy import or_

from admin.enterprise import effects, permissions, queries, rules
from admin.enterprise import errors as errors
from admin.enterprise import residence_views as residence_views
from admin.enterprise import twin_views as twin_views
from admin.enterprise.models import Application
from admin.enterprise.office_views import blueprint as office_blueprint
from admin.enterprise.views import blueprint
from core.account.actor import Actor
from core.db import db
from core.ui import nav
from core.ui.search import Hit, register_finder
from core.workflow.engine import bind


def find(text: str, actor: Actor) -> list[Hit]:
    """Applications on the actor's desk by number, name or code."""
    if not queries.at_desk(actor) or len(text) < 2:
        return []
    fits = or_(
        Application.case_no.contains(text.upper(), autoescape=True),
        Application.name.contains(text, autoescape=True),
        Application.code.startswith(text.upper(), autoescape=True),
    )
    rows = db.session.scalars(queries.cases(actor).where(fits).limit(8))
    return [Hit(r.name, r.case_no, url_for("entry.case", public_id=r.public_id), rules.KINDS[r.kind]) for r in rows]


def register(app: Flask) -> None:
    """Afterwards registration has its workflow, pages, menus and search."""
    bind(
        rules.APPLICATION,
        model=Application,
        load_facts=effects.load_facts,
        owner=lambda application: application.organisation_id,
        effects=effects.EFFECTS,
        visible=queries.visible,
    )
    app.register_blueprint(blueprint)
    app.register_blueprint(office_blueprint)
    nav.add(
        "监管",
        "企业与入驻",
        "entry.index",
        permissions.VIEW,
        "leaf",
        11,
        badge=lambda actor: queries.waiting_count(actor) or None,
        phone=True,
        phone_label="入驻",
    )
    nav.add("监管", "入驻条件", "entry.conditions", permissions.CONDITIONS, "sheet", 13)
    nav.add("本单位", "入驻状态与退出", "entry.leaving", permissions.LEAVE, "leaf", 90)
    register_finder(find)
