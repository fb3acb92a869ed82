"""Plug the room in."""

from __future__ import annotations

from flask import Flask, url_for
from sqlalchemy import or_

from brand.promotion import errors as errors
from brand.promotion import permissions, queries, rules, service, service_places
from brand.promotion.models import Enrolment, PromotionEvent
from brand.promotion.views import blueprint
from brand.promotion.views_join import blueprint as join_blueprint
from brand.promotion.views_public import blueprint as public_blueprint
from brand.promotion.views_public import home_panel
from core.account.actor import Actor
from core.db import db
from core.ui import nav
from core.ui.home import add_panel
from core.ui.search import Hit, register_finder
from core.workflow.engine import bind


def find(text: str, actor: Actor) -> list[Hit]:
    """Events by number or title, for those who see the organisers' list."""
    if not actor.can(permissions.VIEW) or len(text) < 2:
        return []
    fits = or_(
        PromotionEvent.event_no.contains(text.upper(), autoescape=True),
        PromotionEvent.title.contains(text, autoescape=True),
    )
    rows = db.session.scalars(queries.events().where(fits).order_by(PromotionEvent.id.desc()).limit(8))
    return [Hit(r.title, r.event_no, url_for("promotion.show", public_id=r.public_id), "活动") for r in rows]


def register(app: Flask) -> None:
    """Afterwards events and places have their workflows, pages, calendar, menus and search."""
    bind(
        rules.EVENT, model=PromotionEvent, load_facts=service.load_facts, owner=lambda _event: None,
        effects=service.EFFECTS,
    )  # fmt: skip
    bind(
        rules.ENROLMENT, model=Enrolment, load_facts=service_places.load_facts,
        owner=lambda place: place.organisation_id, effects=service_places.EFFECTS,
    )  # fmt: skip
    for each in (blueprint, join_blueprint, public_blueprint):
        app.register_blueprint(each)
    nav.add("品牌", "活动和素材", "promotion.index", permissions.VIEW, "calendar", 40)
    nav.add("品牌", "素材库", "promotion.media", permissions.MANAGE, "file", 41)
    nav.add("品牌与销售", "活动和素材", "promotion_join.index", permissions.ENROL, "calendar", 40)
    add_panel(home_panel, 70)
    register_finder(find)
