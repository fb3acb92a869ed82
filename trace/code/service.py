"""Issue code series and keep the register of what was printed.  Never commits."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select, text

from brand.licence import queries as licences
from core import clock
from core.account.actor import Actor
from core.config import settings
from core.db import db
from core.organisation.queries import get_organisation
from core.record.service import record
from trace.code import keys, queries, rules
from trace.code.errors import CannotIssue
from trace.code.links import unit_prefix
from trace.code.models import PrintRun, Series
from trace.item.models import Item
from trace.lot.blocks import refuse_blocked
from trace.lot.models import Lot
from trace.signing.queries import record_for_lot

_TAKE = text(
    "insert into trace_code_counter (item_id, next_unit, next_no) values (:item, 1 + :count, 2) "
    "on conflict (item_id) do update set next_unit = trace_code_counter.next_unit + :count, "
    "next_no = trace_code_counter.next_no + 1 returning next_unit - :count, next_no - 1"
)


def explain_issue(lot_public_id: uuid.UUID, count: int, actor: Actor) -> list[Any]:
    """Everything that stands in the way of issuing ``count`` codes, asked before the button is pressed."""
    lot, item = queries.lot_for_actor(lot_public_id, actor)
    return rules.unmet_issue(_facts(lot, item, count))


def issue_series(lot_public_id: uuid.UUID, count: int, actor: Actor, *, covered: bool = False) -> Series:
    """Afterwards the lot has a new series of ``count`` unit numbers nobody else can get; CannotIssue lists all unmet."""
    lot, item = queries.lot_for_actor(lot_public_id, actor)
    refuse_blocked({lot.id: lot.lot_no}, "赋码")
    # The counter's row lock is held until the commit: a second printer waits here and then sees what was issued.
    start, series_no = db.session.execute(_TAKE, {"item": item.id, "count": max(count, 1)}).one()
    db.session.refresh(lot, with_for_update=True)
    facts = _facts(lot, item, count)
    if unmet := rules.unmet_issue(facts):
        raise CannotIssue(unmet=unmet, field="count")
    licence, sealed = _licence(item), record_for_lot(lot.id)
    assert licence is not None
    assert sealed is not None
    owner = get_organisation(item.organisation_id)
    series = Series(
        public_id=uuid.uuid4(),
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
        licence_no=licence.licence_no,
        record_id=sealed.public_id,
        issued_at=clock.now(),
        issued_by_id=actor.user_id,
    )
    db.session.add(series)
    db.session.flush()
    record("code.series_issued", series, actor, lot=lot.lot_no, series_no=series_no, start=start, count=count)
    return series


def _licence(item: Item) -> licences.LicenceView | None:
    if not item.specification:
        return None
    return licences.licence_for(item.organisation_id, item.variety, item.form, item.specification)


def _facts(lot: Lot, item: Item, count: int) -> rules.IssueFacts:
    licence = _licence(item)
    return rules.IssueFacts(
        lot_state=lot.state,
        unit=lot.unit,
        pieces=lot.pieces or 0,
        issued=queries.issued_for_lot(lot.id),
        record_sealed=record_for_lot(lot.id) is not None,
        licence_in_force=licence is not None,
        licence_ended="" if licence else _ended(item),
        count=count,
    )


def _ended(item: Item) -> str:
    last = (
        licences.last_licence_for(item.organisation_id, item.variety, item.form, item.specification)
        if item.specification
        else None
    )
    if last is None:
        return ""
    if last.state == "withdrawn":
        return f"授权 {last.licence_no} 已撤销，不能再印带品牌的标签。"
    return f"授权 {last.licence_no} 已于 {last.valid_until} 到期。"


def register_print(
    series_public_id: uuid.UUID, first: int, last: int, kind: str, actor: Actor, *, reason: str = ""
) -> tuple[Series, PrintRun]:
    """Afterwards the register says who printed labels ``first`` to ``last`` (counted from 1 within the series).

    A label printed before is a reprint and wants a reason; a test print is entered too.  The licence must be in force.
    """
    series = queries.series_for_actor(series_public_id, actor)
    db.session.execute(select(Series.id).where(Series.id == series.id).with_for_update())
    begin, end = series.start_unit + first - 1, series.start_unit + last - 1
    reprint = kind != "test" and queries.was_printed(series.id, begin, end)
    unmet = rules.unmet_print(begin, end, series.start_unit, series.last_unit, reprint=reprint, reason=reason)
    item, lot = db.session.get_one(Item, series.item_id), db.session.get_one(Lot, series.lot_id)
    held = rules.unmet_issue(_facts(lot, item, 1))
    unmet += [one for one in held if one.rule in ("code.lot_held", "code.no_licence")]
    if unmet:
        raise CannotIssue(unmet=unmet)
    run = PrintRun(
        series_id=series.id, format=kind, first_unit=begin, last_unit=end, reprint=reprint, reason=reason,
        printed_at=clock.now(), printed_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(run)
    record("code.labels_printed", series, actor, format=kind, first=first, last=last, reprint=reprint, reason=reason)
    return series, run
