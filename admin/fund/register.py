"""Plug the room in."""

from __future__ import annotations

from flask import Flask, url_for

from admin.fund import facts, permissions, queries, rules, service
from admin.fund import jobs as jobs
from admin.fund import models as models
from admin.fund.ledger_views import blueprint as ledger
from admin.fund.models import Claim, Retention
from admin.fund.rules_policy import FundTerms
from admin.fund.rules_retention import RETENTION
from admin.fund.views import blueprint
from admin.project import ports
from admin.project import queries as projects
from core.account.actor import Actor
from core.policy import registry
from core.ui import nav
from core.ui.search import Hit, register_finder
from core.workflow.engine import Effect, bind


def _owner(row: Claim | Retention) -> int:
    return projects.by_id(row.project_id).undertaker_id


def _visible(row: Claim | Retention, actor: Actor) -> bool:
    return (row.state == "in_publicity" and actor.user_id is None) or projects.visible(
        projects.by_id(row.project_id), actor
    )


def find(text: str, actor: Actor) -> list[Hit]:
    """Projects and claims the actor may see, by number or name."""
    if not actor.can(permissions.VIEW):
        return []
    hits = [
        Hit(p.project_no, p.name, url_for("fund.show", public_id=p.public_id), "专项资金项目")
        for p in queries.search_projects(text, actor)
    ]
    claims = [
        Hit(c.claim_no, "拨付申请", url_for("fund.claim", public_id=c.public_id), "专项资金")
        for c in queries.search_claims(text, actor)
    ]
    return hits + claims


CLAIM_EFFECTS: dict[str, Effect] = {
    "commerce_ok": service.on_commerce_ok,
    "acceptance_passed": service.on_accepted,
    "publicity_done": service.on_publicity_done,
    "advise": service.on_advised,
    "pay": service.on_paid,
    "refuse": service.on_refused,
    "confirm_receipt": service.on_received,
    "freeze": service.on_frozen,
    **{f"unfreeze_to_{state}": service.on_unfrozen for state in rules.FREEZABLE},
}


def register(app: Flask) -> None:
    """Afterwards funds are part of ``app`` and hear of acceptance, publicity, findings and settled contracts."""
    registry.declare(FundTerms)
    bind(rules.CLAIM, model=Claim, load_facts=facts.claim_facts, owner=_owner, effects=CLAIM_EFFECTS, visible=_visible)
    bind(
        RETENTION,
        model=Retention,
        load_facts=facts.retention_facts,
        owner=_owner,
        effects={"final_ok": service.on_final_ok, "pay": service.on_retention_paid},
        visible=_visible,
    )
    ports.acceptance_moved.append(service.when_accepted)
    ports.publicity_moved.append(service.when_public)
    ports.finding_moved.append(service.when_found)
    ports.contract_settled.append(service.when_settled)
    app.register_blueprint(blueprint)
    app.register_blueprint(ledger)
    nav.add("专项资金", "项目与拨付", "fund.index", permissions.VIEW, "yen", 10, phone_label="项目")
    nav.add("专项资金", "专项资金账簿", "fundledger.index", permissions.LEDGER, "sheet", 50, phone_label="账簿")
    register_finder(find)
