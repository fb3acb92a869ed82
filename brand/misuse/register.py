"""Plug the room in."""

from __future__ import annotations

from flask import Flask, url_for

from brand.misuse import effects, permissions, queries, rules, service
from brand.misuse import errors as errors
from brand.misuse import jobs as jobs
from brand.misuse.models import MisuseCase
from brand.misuse.patrol_views import bp as patrol_bp
from brand.misuse.public_views import bp as public_bp
from brand.misuse.rules_policy import MisuseTerms
from brand.misuse.views import bp
from core.account.actor import Actor
from core.db import db
from core.policy import registry
from core.ui import nav
from core.ui.search import Hit, register_finder
from core.workflow.engine import bind


def find(text: str, actor: Actor) -> list[Hit]:
    """Cases by number or party, within what the actor may see."""
    if not actor.can(rules.VIEW) or len(text) < 2:
        return []
    fits = MisuseCase.case_no.contains(text, autoescape=True) | MisuseCase.party_name.contains(text, autoescape=True)
    rows = db.session.scalars(queries.listed(actor).where(fits).limit(8))
    return [Hit(r.case_no, r.title, url_for("misuse.show", public_id=r.public_id), "标志监督") for r in rows]


def register(app: Flask) -> None:
    """Afterwards misuse cases have their workflow, pages, menus, search and nightly comparison."""
    registry.declare(MisuseTerms)
    bind(
        rules.MISUSE_CASE,
        model=MisuseCase,
        load_facts=service.load_facts,
        owner=lambda case: case.party_id,
        effects=effects.EFFECTS,
        visible=queries.visible,
    )

    def waiting(actor: Actor) -> int | None:
        return queries.waiting_count(actor) or None

    for blueprint in (bp, patrol_bp, public_bp):
        app.register_blueprint(blueprint)
    nav.add("品牌", "标志监督", "misuse.index", permissions.HANDLE, "alert", 30, badge=waiting)
    nav.add("品牌", "标志监督审定", "misuse.index", permissions.DECIDE, "alert", 31, badge=waiting)
    nav.add("品牌", "自动比对", "patrol.findings", permissions.HANDLE, "search", 32)
    nav.add("品牌", "巡查", "patrol.index", permissions.HANDLE, "eye", 33)
    nav.add("品牌与销售", "标志监督", "misuse.index", permissions.ANSWER, "alert", 14)
    register_finder(find)
