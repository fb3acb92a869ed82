"""Plug the room in."""

from __future__ import annotations

from flask import Flask

from admin.support import errors as errors
from admin.support import permissions, queries, rules, service
from admin.support.models import Claim
from admin.support.rules_policy import SupportTerms
from admin.support.views import blueprint
from core.policy import registry
from core.ui import nav
from core.workflow.engine import bind


def register(app: Flask) -> None:
    """Afterwards support is published, claimed, decided, publicised and listed."""
    registry.declare(SupportTerms)
    bind(
        rules.SUPPORT,
        model=Claim,
        load_facts=service.load_facts,
        owner=lambda claim: claim.organisation_id,
        effects=service.EFFECTS,
        visible=queries.visible,
    )
    app.register_blueprint(blueprint)
    nav.add("本单位", "扶持申领", "support.policies", permissions.CLAIM, "yen", 60)
    nav.add(
        "监管",
        "扶持申领",
        "support.index",
        permissions.REVIEW,
        "yen",
        17,
        badge=lambda a: queries.waiting_count(a) or None,
    )
    nav.add(
        "监管",
        "扶持审定",
        "support.index",
        permissions.DECIDE,
        "yen",
        18,
        badge=lambda a: queries.waiting_count(a) or None,
    )
    nav.add("专项资金", "扶持拨付清单", "support.payments", permissions.SEND, "yen", 60)
    nav.add("监管", "扶持政策", "support.policies", permissions.PUBLISH, "sheet", 19)
