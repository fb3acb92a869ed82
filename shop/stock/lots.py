"""The one place where the shop asks the floors below about lots, items, licences and places."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from brand.certificate.queries import Mark
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from core.place import queries as places
from shop.stock import rules
from shop.stock.models import Hold, StockRow
from trace.item import queries as items
from trace.lot import deeds, genealogy, licensing, marking
from trace.lot import queries as lots
from trace.signing import queries as signing
from trace.signing.queries import RecordView

_KEEP_SECONDS = 60.0
_kept: dict[tuple[int, uuid.UUID], tuple[float, RecordView]] = {}


def get(lot_id: int) -> rules.LotFacts | None:
    """What the floors below say about a packed lot now; None where there is no such lot."""
    try:
        lot = lots.lot_by_id(lot_id)
    except NotFound:
        return None
    record = signing.record_for_lot(lot.root_id or lot.id)  # a received part stands under the record of its whole
    until = licence_until(lot.item.id, licensing.sealers_of([lot.id])[lot.id])
    return rules.LotFacts(
        lot_id=lot.id,
        lot_no=lot.lot_no,
        item_id=lot.item.id,
        organisation_id=lot.organisation_id,
        sealed=(lot.is_sealed or lot.is_part) and lot.is_packed and record is not None,
        record_id=str(record.public_id) if record is not None else "",
        record_withdrawn=record is not None and record.withdrawn_reason is not None,
        record_integrated=record is not None and record.state == "integrated",
        record_version=record.version if record is not None else 1,
        licensed=until is not None,
        licence_until=until,
        held="held" in (lot.state, lots.lot_by_id(lots.root_of(lot.id)).state),
        harvested_on=harvested_on(lot_id),
        expires_on=lot.best_before,
        pieces=lot.pieces_left,
    )


def of_row(row: StockRow, held_reason: str | None = None) -> rules.LotFacts:
    """The facts a stock row carries, with the reason of an open stop where there is one."""
    return rules.LotFacts(
        lot_id=row.lot_id,
        lot_no=row.lot_no,
        item_id=row.item_id,
        organisation_id=row.organisation_id,
        sealed=True,
        record_id=row.record_id,
        licensed=row.licence_until is not None,
        licence_until=row.licence_until,
        held=held_reason is not None,
        hold_reason=held_reason or "",
        harvested_on=row.harvested_on,
        expires_on=row.expires_on,
        pieces=row.pieces,
    )


def facts(lot_ids: Sequence[int]) -> dict[int, rules.LotFacts]:
    """Facts of lots in stock with their open stops, for orders that are about to leave."""
    rows = {r.lot_id: r for r in db.session.scalars(select(StockRow).where(StockRow.lot_id.in_(lot_ids)))}
    stops = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Hold.lot_id, Hold.reason).where(Hold.lot_id.in_(lot_ids), Hold.lifted_at.is_(None))
        )
    }
    for lot_id in rows:
        if lot_id not in stops and not may_leave(lot_id):
            stops[lot_id] = "批次已停售"
    return {lot_id: of_row(row, stops.get(lot_id)) for lot_id, row in rows.items()}


def lock_lot(lot_id: int) -> None:
    """Whoever sends, splits or stocks pieces of the lot waits for the others."""
    deeds.lock_lot(lot_id)


def with_parts(lot_id: int) -> list[int]:
    """The lot and its parts at other sellers."""
    return lots.with_parts(lot_id)


def may_leave(lot_id: int) -> bool:
    """Whether the lot is packed, sealed and not held, asked below at this very moment."""
    return lots.sellable(lot_id)


def licence_until(item_id: int, sealer_id: int) -> date | None:
    """The last day of the sealer's unbroken cover for the item, None where no licence is in force today."""
    return licensing.covered_until(sealer_id, items.items_by_id([item_id])[item_id])


def under_licence_of(organisation_id: int) -> list[int]:
    """Row ids of the packed lots whose brand licence is this organisation's: it sealed them."""
    return licensing.lots_under(organisation_id)


def harvested_on(lot_id: int) -> date | None:
    """The first harvest day among everything the lot was made from, None where the journal names none."""
    days = [e.harvested_on for e in genealogy.edges_into(genealogy.upstream(lot_id)) if e.harvested_on is not None]
    return min(days, default=None)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a variant needs to know of its trade item."""

    id: int
    name: str
    net_g: int


def item(item_id: int, actor: Actor) -> ItemFacts:
    """A packed trade item of the actor's organisation, or one it received sealed; BadInput otherwise."""
    found = items.items_by_id([item_id]).get(item_id)
    own = found is not None and found.organisation_id == actor.organisation_id
    if found is None or found.is_loose or not (own or item_id in _received(actor.organisation_id or 0)):
        raise BadInput("没有这个商品项，请从列表里选一个装箱的商品项。", code="catalogue.item", field="item_id")
    return ItemFacts(found.id, found.name, found.net_content_g)


def item_choices(organisation_id: int) -> list[tuple[int, str]]:
    """The organisation's packed trade items and those it received sealed, for a select field."""
    own = [(i.id, f"{i.name}（{i.key}）") for i in items.items_of(organisation_id) if not i.is_loose and i.active]
    received = [(i.id, f"{i.name}（{i.key}，进货）") for i in items.items_by_id(_received(organisation_id)).values()]
    return own + received


def _received(organisation_id: int) -> set[int]:
    """Row ids of others' trade items of which the organisation holds a sealed packed part."""
    return {v.item.id for v in lots.sealed_parts(organisation_id) if v.item.organisation_id != organisation_id}


def lot_choices(organisation_id: int) -> list[tuple[int, str]]:
    """The organisation's sealed packed lots for a select field."""
    rows = lots.lots_of(organisation_id, packed=True, states=("sealed",))
    parts = [(v.id, f"{v.lot_no}，{v.item.name}，进货 {v.pieces_left} 件") for v in lots.sealed_parts(organisation_id)]
    return [(v.id, f"{v.lot_no}，{v.item.name}，{v.pieces} 件") for v in rows] + parts


def site_choices(organisation_id: int) -> list[tuple[int, str]]:
    """Packhouses, cold stores and stations of the organisation."""
    rows = [p for p in places.places_of(organisation_id, active_only=True) if p.kind != "plot"]
    return [(p.id, p.name or p.code) for p in rows]


def site(site_id: int, actor: Actor) -> int:
    """The id of a packhouse, store or station of the actor's organisation; BadInput otherwise."""
    found = places.places_by_id([site_id]).get(site_id)
    if found is None or found.organisation_id != actor.organisation_id or found.kind == "plot" or not found.active:
        raise BadInput("没有这个库点，请先在“地块与场所”里登记包装间或冷库。", code="stock.site", field="site_id")
    return found.id


def site_names(ids: Sequence[int]) -> dict[int, str]:
    """Names of sites by id."""
    return {i: p.name or p.code for i, p in places.places_by_id(ids).items()}


def record_url(record_id: str) -> str:
    """The public page of a signed record."""
    return f"/trace/records/{uuid.UUID(record_id)}"


def marks_of(lot_id: int) -> list[Mark]:
    """The certificate marks a lot carries, judged as of now."""
    return marking.marks_of_lot(lot_id)


def record_of(lot_id: int) -> RecordView | None:
    """The record of a lot, checked at most a minute ago; which version is the latest is asked every time.

    A sealed version never changes and what is not in the log yet is never kept, so the only thing that can be a
    minute old is the answer of the check itself.
    """
    lot_id = lots.root_of(lot_id)
    latest = signing.sealed_lots([lot_id]).get(lot_id)
    if latest is None:
        return None
    kept = _kept.get((lot_id, latest))
    if kept is not None and time.monotonic() - kept[0] < _KEEP_SECONDS:
        return kept[1]
    view = signing.record_for_lot(lot_id)
    if view is not None and view.state == "integrated":
        if len(_kept) > 2000:
            _kept.clear()
        _kept[lot_id, latest] = (time.monotonic(), view)
    return view
