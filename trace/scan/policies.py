"""The check policy of a product: its newest version, else the defaults.  A change is a new version.  Never commits."""

from __future__ import annotations

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import RuleBroken
from core.record.service import record
from trace.item.models import Item
from trace.scan import rules
from trace.scan.cities import PROVINCES
from trace.scan.models import PolicyRow
from trace.scan.rules import Policy


def policy_of(item_id: int) -> Policy:
    """The policy in force for a product."""
    row = db.session.scalar(
        select(PolicyRow).where(PolicyRow.item_id == item_id).order_by(PolicyRow.version.desc()).limit(1)
    )
    return _policy(row) if row is not None else rules.DEFAULT


def _policy(row: PolicyRow) -> Policy:
    return Policy(
        version=row.version, many_devices=row.many_devices, many_checks=row.many_checks, jump_km=row.jump_km,
        jump_hours=row.jump_hours, area=tuple(row.area), shipping_recorded=row.shipping_recorded,
    )  # fmt: skip


def versions_of(item_id: int) -> list[PolicyRow]:
    """Every version of a product's policy, newest first."""
    return list(
        db.session.scalars(select(PolicyRow).where(PolicyRow.item_id == item_id).order_by(PolicyRow.version.desc()))
    )


def set_policy(item: Item, wanted: Policy, actor: Actor) -> PolicyRow:
    """Afterwards checks of the product are judged by ``wanted`` as its next version; RuleBroken lists what is wrong."""
    if unmet := rules.policy_faults(wanted, PROVINCES):
        raise RuleBroken(unmet=unmet)
    lock(item)
    last = versions_of(item.id)
    row = PolicyRow(
        item_id=item.id, version=last[0].version + 1 if last else 1, many_devices=wanted.many_devices,
        many_checks=wanted.many_checks, jump_km=wanted.jump_km, jump_hours=wanted.jump_hours,
        area=[name for name in PROVINCES if name in wanted.area], shipping_recorded=wanted.shipping_recorded,
        made_at=clock.now(), made_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("scan.policy_set", item, actor, version=row.version, area=row.area, devices=row.many_devices)
    return row
