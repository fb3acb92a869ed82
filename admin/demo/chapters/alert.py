"""Alerts: what the sweep finds in the story; one stays open, one is resolved, one the office dismisses."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from admin.demo import cast
from admin.demo.stage import Stage
from core.account.actor import Actor
from core.db import db
from trace.alert import queries, service
from trace.lot import genealogy
from trace.lot import queries as lots_read
from trace.lot import service as lots

if TYPE_CHECKING:
    from trace.alert.models import Alert
    from trace.lot.models import Lot


def tell(stage: Stage) -> None:
    """Afterwards three small gift lots wait unsealed, a sweep found them, and two of the three alerts are handled.

    The sweep runs at the real moment of telling, as the background job does: deadlines count from now.  It also clears
    the alert of the recalled lot, whose recall is over.
    """
    owner, operator = stage.actor("coop", cast.COOP, "owner"), stage.actor("coop2", cast.COOP, "operator")
    waiting, tested, samples = (_gift_boxes(stage, pieces) for pieces in (2, 1, 1))
    service.sweep_all(full=True)
    promised = alert_of(owner, "record_missing", tested.lot_no)
    service.move(promised, "acknowledge", operator)
    service.move(promised, "resolve", owner, "已送检，结果出来就开合格证、封存。")
    service.move(
        alert_of(owner, "record_missing", samples.lot_no),
        "dismiss",
        stage.actor("inspector", cast.COMMERCE, "commerce_inspector"),
        "这一盒是留给检查用的样品，不封存，也不销售。",
    )
    stage.notes["open_alert"] = str(alert_of(owner, "record_missing", waiting.lot_no).public_id)


def _gift_boxes(stage: Stage, pieces: int) -> Lot:
    """A packed lot out of what was left of the apples, neither certified nor sealed."""
    owner, operator = stage.actor("coop", cast.COOP, "owner"), stage.actor("coop2", cast.COOP, "operator")
    gift = lots_read.load(stage.notes["gift_lot"], owner)
    source = genealogy.edges_into([gift.id])[0].from_lot_id
    raw = lots_read.load(lots_read.lot_by_id(source or 0).public_id, owner)
    with stage.at("2026-11-16 09:00"):
        return lots.pack(
            operator, item_id=gift.item_id, sources=[(raw, pieces * 2_500)], pieces=pieces,
            packed_on=date(2026, 11, 16), storage_method="0–4 ℃ 冷藏",
        )  # fmt: skip


def alert_of(owner: Actor, rule: str, words: str = "") -> Alert:
    """The newest alert of the owner under a rule, whose title holds ``words``; an error where the sweep found none."""
    found: list[Alert] = [
        a for a in db.session.scalars(queries.inbox(owner.organisation_id or 0)) if a.rule == rule and words in a.title
    ]
    if not found:
        raise RuntimeError(f"the sweep found nothing under {rule}")
    return max(found, key=lambda a: a.id)
