"""Plug the room in."""

from __future__ import annotations

from flask import Flask, url_for
from sqlalchemy import or_

from brand.nurture import errors as errors
from brand.nurture import permissions, queries, rules, service
from brand.nurture.models import NurtureEntry
from brand.nurture.views import blueprint
from core.account.actor import Actor
from core.db import db
from core.ui import nav
from core.ui.search import Hit, register_finder
from core.workflow.engine import bind


def find(text: str, actor: Actor) -> list[Hit]:
    """Entries by number or name, of those the actor may see."""
    if not actor.can(permissions.VIEW) or len(text) < 2:
        return []
    fits = or_(
        NurtureEntry.entry_no.contains(text.upper(), autoescape=True), NurtureEntry.name.contains(text, autoescape=True)
    )
    rows = db.session.scalars(queries.entries(actor).where(fits).order_by(NurtureEntry.id.desc()).limit(8))
    return [Hit(r.name, r.entry_no, url_for("nurture.show", public_id=r.public_id), rules.KINDS[r.kind]) for r in rows]


def register(app: Flask) -> None:
    """Afterwards entries have their workflow, pages, menus and search."""
    bind(
        rules.ENTRY, model=NurtureEntry, load_facts=service.load_facts, owner=lambda entry: entry.entered_by_id,
        effects=service.EFFECTS, visible=queries.visible,
    )  # fmt: skip
    app.register_blueprint(blueprint)
    nav.add("品牌", "小而美和网货", "nurture.index", permissions.READ, "leaf", 45, badge=_waiting, phone_label="网货")
    nav.add("品牌与销售", "小而美和网货", "nurture.index", permissions.OWN, "leaf", 45)
    register_finder(find)


def _waiting(actor: Actor) -> int | None:
    return queries.waiting() or None if actor.can(permissions.CHECK) else None
