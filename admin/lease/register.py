"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.lease import errors as errors
from admin.lease import jobs as jobs
from admin.lease import permissions, queries, rules, service
from admin.lease.models import Lease
from admin.lease.rules_policy import LeaseTerms
from admin.lease.views import blueprint
from core.policy import registry
from core.ui import nav
from core.workflow.engine import bind


def register(app: Flask) -> None:
    """Afterwards units can be let and leases confirmed."""
    registry.declare(LeaseTerms)
    bind(
        rules.LEASE,
        model=Lease,
        load_facts=lambda *_: None,
        owner=lambda lease: lease.organisation_id,
        effects={"end": service.on_ended},
        visible=queries.visible,
    )
    app.register_blueprint(blueprint)
    nav.add("监管", "园区单元", "lease.units", permissions.OFFER, "home", 14)
    nav.add(
        "本单位",
        "园区租赁",
        "lease.index",
        permissions.ACCEPT,
        "home",
        50,
        badge=lambda a: queries.to_confirm(a) or None,
    )
