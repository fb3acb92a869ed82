"""Misuse cases for tests, made through the services as far as asked."""

from __future__ import annotations

from typing import Any

from brand.misuse import rules, service
from brand.misuse.models import MisuseCase
from core.account.actor import Actor
from core.db import db
from core.seal.receipts import Receipt
from core.workflow.engine import fire
from tests.factories.brand import picture


def reported(**values: Any) -> tuple[MisuseCase, Receipt]:
    """A consumer's report with a photo, and its receipt."""
    given = {
        "mark": "brand",
        "words": "摊位上的纸箱印着猗顿农品，摊主说没有授权。",
        "place": "示例市场 12 号摊",
    } | values
    receipt = service.report(service.Given(photo=picture(), **given), "203.0.113.9")
    case = service.progress(receipt.number, receipt.secret)
    return case, receipt


def noticed(clerk: Actor, party: str, *, licence: str = "", **values: Any) -> MisuseCase:
    """A case accepted, looked into and told to the party (a code on the platform or a name)."""
    case, _ = reported(**values)
    fire(rules.MISUSE_CASE, case, "accept", clerk)
    service.state_facts(
        case, clerk, misuse="impostor", mark=case.mark, party=party, place=case.place, link=case.link, licence=licence
    )
    fire(rules.MISUSE_CASE, case, "notify", clerk, reason="纸箱上印着标志，没有查到授权。")
    db.session.flush()
    return case


def proposed(clerk: Actor, party: Actor, code: str, *measures: str, **values: Any) -> MisuseCase:
    """A case the party answered and the clerk proposed measures for."""
    case = noticed(clerk, code, **values)
    fire(rules.MISUSE_CASE, case, "answer", party, reason="是去年剩下的旧纸箱，愿意改正。")
    propose(case, clerk, *measures)
    return case


def propose(case: MisuseCase, clerk: Actor, *measures: str) -> None:
    """The clerk proposes measures."""
    fire(rules.MISUSE_CASE, case, "propose", clerk, reason="事实清楚。", payload={"measures": list(measures)})
    db.session.flush()
