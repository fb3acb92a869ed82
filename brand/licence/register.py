"""Plug the room in."""

from __future__ import annotations

from flask import Flask, url_for
from sqlalchemy import or_

from brand.licence import (
    effects,
    facts,
    permissions,
    queries,
    queries_brand,
    rules,
    rules_sub,
    sub_service,
    succession,
)
from brand.licence import errors as errors
from brand.licence import jobs as jobs
from brand.licence import views_review as views_review
from brand.licence import views_term as views_term
from brand.licence.models import Licence, Sublicence
from brand.licence.public_views import blueprint as public_blueprint
from brand.licence.rules_policy import LicenceTerms
from brand.licence.rules_sub import SUBLICENCE
from brand.licence.views import blueprint
from core import hooks
from core.account.actor import Actor
from core.db import db
from core.hooks import Panel
from core.policy import registry
from core.ui import nav
from core.ui.search import Hit, register_finder
from core.workflow.engine import bind


def find(text: str, actor: Actor) -> list[Hit]:
    """Cases and licences by number, within what the actor may see."""
    if not actor.can(rules.VIEW) or len(text) < 3:
        return []
    fits = or_(
        Licence.case_no.contains(text.upper(), autoescape=True), Licence.licence_no.contains(text, autoescape=True)
    )
    rows = db.session.scalars(queries.cases(actor).where(fits).limit(8))
    return [
        Hit(r.licence_no or r.case_no, r.case_no, url_for("licence.show", public_id=r.public_id), "品牌授权")
        for r in rows
    ]


def organisation_panel(*, organisation_id: int) -> Panel | None:
    """The licences of an organisation on its public page, each with its state as of today."""
    found = queries.licences_of(organisation_id)
    if not found:
        return None
    links = tuple(
        (f"{v.brand_name} {v.licence_no}，{v.state_label}，至 {v.valid_until.isoformat()}", v.path) for v in found[:20]
    )
    return Panel("licence", "品牌授权", links=links, source="office")


def register(app: Flask) -> None:
    """Afterwards licences have their workflow, pages, menus, search and public panel."""
    registry.declare(LicenceTerms)
    bind(
        rules.LICENCE,
        model=Licence,
        load_facts=facts.load_facts,
        owner=lambda licence: licence.organisation_id,
        effects=effects.EFFECTS,
        visible=queries.visible,
    )
    bind(
        SUBLICENCE,
        model=Sublicence,
        load_facts=sub_service.load_facts,
        owner=lambda sub: sub.organisation_id,
        owners=sub_service.OWNERS,
        effects=sub_service.EFFECTS,
        visible=sub_service.visible,
    )
    app.register_blueprint(blueprint)
    app.register_blueprint(public_blueprint)
    nav.add("品牌与销售", "品牌授权", "licence.index", permissions.APPLY, "sheet", 10)
    nav.add(
        "品牌",
        "授权审查",
        "licence.index",
        rules.SCREEN,
        "sheet",
        10,
        badge=lambda actor: queries.waiting_count(actor) or None,
        phone=True,
    )
    nav.add(
        "品牌",
        "授权审定",
        "licence.index",
        rules.DECIDE,
        "sheet",
        11,
        badge=lambda actor: queries.waiting_count(actor) or None,
        phone=True,
    )
    nav.add("品牌与销售", "合作包装", "licence.shares", rules_sub.SHARE, "users", 12)
    nav.add("品牌", "办理程序", "licence.procedure", rules.DECIDE, "pen", 14)
    hooks.organisation_panels.append(organisation_panel)
    hooks.brand_figures.append(queries_brand.figures)
    hooks.brand_lines.append(queries_brand.producers)
    hooks.organisation_changed.append(succession.follow)
    register_finder(find)
