"""Issue code series with their signed roots, void units.  Never commits; what is printed stands in ``register_service``."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select, text

from brand.licence import quota
from brand.licence.queries import LicenceView
from core import clock
from core.account.actor import Actor
from core.config import settings
from core.db import db
from core.hooks import codes_changed
from core.job.service import defer
from core.organisation.queries import get_organisation
from core.record.service import record
from trace.code import hooks, keys, queries, roots, rules, telling
from trace.code.errors import CannotIssue
from trace.code.links import unit_prefix
from trace.code.models import Series, Void
from trace.item.models import Item
from trace.lot import licensing, marking
from trace.lot.blocks import refuse_blocked
from trace.lot.models import Lot
from trace.signing.queries import record_for_lot
from trace.signing.rules import FULL

_TAKE = text(
    "insert into trace_code_counter (item_id, next_unit, next_no) values (:item, 1 + :count, 2) "
    "on conflict (item_id) do update set next_unit = trace_code_counter.next_unit + :count, "
    "next_no = trace_code_counter.next_no + 1 returning next_unit - :count, next_no - 1"
)


def explain_issue(lot_public_id: uuid.UUID, count: int, actor: Actor) -> list[Any]:
    """Everything that stands in the way of issuing ``count`` codes, asked before the button is pressed."""
    lot, item = queries.lot_for_actor(lot_public_id, actor)
    return rules.unmet_issue(_facts(lot, item, count))


def issue_series(
    lot_public_id: uuid.UUID, count: int, actor: Actor, *, covered: bool = False, mark: bool = True
) -> Series:
    """Afterwards the lot has a new series of ``count`` unit numbers nobody else can get, with its root on the way to the
    log; CannotIssue lists all unmet.  The root of a very large series is computed in the background.

    With ``mark`` and a licence in force the count is drawn off the licence's quota (docs/adr/0070); without, the codes are
    issued unmarked and nothing is drawn.
    """
    lot, item = queries.lot_for_actor(lot_public_id, actor)
    refuse_blocked({lot.id: lot.lot_no}, "赋码")
    # The counter's row lock is held until the commit: a second printer waits here and then sees what was issued.
    start, series_no = db.session.execute(_TAKE, {"item": item.id, "count": max(count, 1)}).one()
    db.session.refresh(lot, with_for_update=True)
    if unmet := rules.unmet_issue(_facts(lot, item, count)):
        raise CannotIssue(unmet=unmet, field="count")
    series_id, sealed = uuid.uuid4(), record_for_lot(lot.id)
    assert sealed is not None
    licence_no = draw_quota(series_id, lot, item, count, actor) if mark and licence_of(lot, item) is not None else ""
    owner = get_organisation(item.organisation_id)
    series = Series(
        public_id=series_id,
        organisation_id=lot.organisation_id,
        item_id=item.id,
        lot_id=lot.id,
        series_no=series_no,
        start_unit=start,
        unit_count=count,
        key_version=keys.newest(item.id, "serial").version,
        covered_version=keys.newest(item.id, "covered").version if covered else None,
        link_prefix=unit_prefix(
            settings().link_origin, gtin=item.gtin, owner_code=owner.code, own_code=item.own_code, lot_no=lot.lot_no
        ),
        licence_no=licence_no,
        # the full statement, not an addendum that came after it
        record_id=max((v for v in sealed.versions if v.kind in FULL), key=lambda v: v.version).public_id,
        issued_at=clock.now(),
        issued_by_id=actor.user_id,
    )
    marking.count(lot.id, actor)  # a certificate confirmed after the sealing counts from here on
    keys.blind(item.id)  # made under the counter's lock
    db.session.add(series)
    db.session.flush()  # the root names its row
    record("code.series_issued", series, actor, lot=lot.lot_no, series_no=series_no, start=start, count=count)
    if count > rules.AT_ONCE:
        defer("code.commit_root", series_id=series.id)
    else:
        roots.establish(series)
        roots.sign(series, actor)
    root = roots.root_of(series.id)
    telling.issued(series, lot, root.root if root else None, actor)
    return series


def sign_series(series_public_id: uuid.UUID, actor: Actor) -> bool:
    """Afterwards root and statement of a series exist where they were missing; False where the enterprise has to sign."""
    series = queries.series_for_actor(series_public_id, actor)
    db.session.execute(select(Series.id).where(Series.id == series.id).with_for_update())
    roots.establish(series)
    return roots.sign(series, actor) is not None


def void_units(series_public_id: uuid.UUID, first: int, last: int, actor: Actor, *, reason: str) -> Void:
    """Afterwards the units ``first`` to ``last`` (counted from 1 within the series) answer 已作废 for ever; logged.

    Their quantity is free again.  CannotIssue lists what is unmet: voided before, in a box, no reason.
    """
    series = queries.series_for_actor(series_public_id, actor)
    # The lock issuing takes too: the freed quantity and the packing of these units are decided one after the other.
    db.session.execute(
        text("select 1 from trace_code_counter where item_id = :item for update"), {"item": series.item_id}
    )
    begin, end = series.start_unit + first - 1, series.start_unit + last - 1
    in_use = tuple(
        words for told in hooks.units_in_use for words in told(item_id=series.item_id, first=begin, last=end)
    )
    facts = rules.VoidFacts(
        first=begin, last=end, start=series.start_unit, end=series.last_unit, reason=reason,
        voided=queries.voided_in(series.item_id, begin, end), in_use=in_use,
    )  # fmt: skip
    if unmet := rules.unmet_void(facts):
        raise CannotIssue(unmet=unmet, field="reason" if not reason else None)
    roots.refuse_unsigned(series)
    row = Void(
        series_id=series.id, item_id=series.item_id, first_unit=begin, last_unit=end, reason=reason,
        voided_at=clock.now(), voided_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # the statement names it
    quota.give_back(
        _source(series.public_id),
        pieces=last - first + 1,
        returned_by=f"void:{row.public_id}",
        actor=actor,
        reason=reason,
    )
    record("code.units_voided", series, actor, first=first, last=last, reason=reason)
    roots.sign(row, actor)
    for hook in codes_changed:
        hook(organisation_id=series.organisation_id)
    return row


def _source(series_id: uuid.UUID) -> str:
    return f"series:{series_id}"


def draw_quota(series_id: uuid.UUID, lot: Lot, item: Item, count: int, actor: Actor) -> str:
    """Afterwards the series' labels are off the quota of the sealer's licence, once; its number.  NoLicence, QuotaShort."""
    drawn = quota.draw(
        licensing.sealer_of(lot), _key(item), pieces=count, net_grams=item.net_content_g, source=_source(series_id),
        actor=actor, about=lot.lot_no,
    )  # fmt: skip
    return drawn.licence_no


def quota_of(lot: Lot, item: Item) -> quota.Left | None:
    """What may still be marked of the lot's product under its sealer's licence, None without a licence in force."""
    return quota.left(licensing.sealer_of(lot), _key(item)) if item.specification else None


def _key(item: Item) -> quota.Key:
    return item.variety, item.form, item.specification or ""


def licence_of(lot: Lot, item: Item) -> LicenceView | None:
    """The licence of the lot's sealer in force today that covers the item, or None."""
    return licensing.licence_of(licensing.sealer_of(lot), item)


def licence_ended(lot: Lot, item: Item) -> str:
    """A sentence about the licence the lot's sealer had for the item, empty where it never had one."""
    last = licensing.last_licence_of(licensing.sealer_of(lot), item)
    if last is None:
        return ""
    told = last.stop_words or f"授权从 {last.valid_from.isoformat()} 起生效"
    return f"{told}（{last.licence_no}），不能再印带品牌标志的标签。"


def _facts(lot: Lot, item: Item, count: int) -> rules.IssueFacts:
    found = record_for_lot(lot.id)
    sealed = found if found and found.payload else None  # a record that does not verify has no words of ours
    quantity = sealed.payload["credentialSubject"].get("quantity", {}) if sealed else {}
    return rules.IssueFacts(
        lot_state=lot.state,
        unit=lot.unit,
        pieces=int(quantity.get("pieces", 0)) if sealed else lot.pieces or 0,
        mass_g=int(quantity.get("massGrams", 0)) if sealed else lot.mass_g,
        net_content_g=item.net_content_g,
        issued=queries.standing_codes(lot.id),
        record_sealed=sealed is not None,
        count=count,
    )
