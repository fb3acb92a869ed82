"""Plug the room in."""

from __future__ import annotations

from flask import Flask, url_for

from brand.certificate import errors as errors
from brand.certificate import jobs as jobs
from brand.certificate import permissions, queries, rules, service
from brand.certificate.models import MarkCertificate
from brand.certificate.rules_policy import CertificateTerms
from brand.certificate.views import bp
from core import clock, hooks
from core.account.actor import Actor
from core.db import db
from core.hooks import Panel
from core.policy import registry
from core.ui import nav
from core.ui.search import Hit, register_finder
from core.workflow.engine import bind


def find(text: str, actor: Actor) -> list[Hit]:
    """Certificates by number, within what the actor may see."""
    if not actor.can(rules.VIEW) or len(text) < 4:
        return []
    rows = db.session.scalars(
        queries.listed(actor).where(MarkCertificate.number.contains(text.upper(), autoescape=True)).limit(8)
    )
    return [
        Hit(r.number, rules.KINDS[r.kind].label, url_for("certificate.show", public_id=r.public_id), "证书")
        for r in rows
    ]


def organisation_panel(*, organisation_id: int) -> Panel | None:
    """The confirmed certificates of an organisation on its public page, each as it stands today."""
    rows = [r for r in queries.rows_of(organisation_id) if r.state in queries.PUBLIC_STATES]
    if not rows:
        return None
    today = clock.today()
    links = tuple(
        (
            f"{rules.KINDS[r.kind].label} {r.number}，{rules.standing(r.state, r.valid_from, r.valid_until, today).label}",
            f"/certificate/{r.public_id}",
        )
        for r in rows[:20]
    )
    return Panel("certificate", "证书与标志", links=links, source="office")


def plot_certificates(*, place_id: int) -> list[tuple[str, str]]:
    """Certificates over a plot, for the plot's page."""
    return [
        (f"{rules.KINDS[r.kind].label} {r.number}", f"/certificates/{r.public_id}")
        for r in queries.covering_plots([place_id]).get(place_id, [])
    ]


def register(app: Flask) -> None:
    """Afterwards certificates have their workflow, pages, menus, search, reminders and public panel."""
    registry.declare(CertificateTerms)
    bind(
        rules.CERTIFICATE,
        model=MarkCertificate,
        load_facts=service.load_facts,
        owner=lambda row: row.organisation_id,
        effects=service.EFFECTS,
        visible=queries.visible,
    )
    app.register_blueprint(bp)
    nav.add("品牌与销售", "证书与标志", "certificate.index", permissions.EDIT, "sheet", 12)
    nav.add(
        "品牌",
        "证书核对",
        "certificate.index",
        permissions.CONFIRM,
        "sheet",
        20,
        badge=lambda _actor: queries.waiting_count() or None,
    )
    hooks.organisation_panels.append(organisation_panel)
    hooks.plot_certificates.append(plot_certificates)
    register_finder(find)
