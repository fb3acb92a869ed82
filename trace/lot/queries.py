"""Reads of lots for screens and upper rooms; the facts of sealing stand in ``trace.lot.facts``."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import aliased

from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from trace.item import queries as items
from trace.item import rules as item_rules
from trace.item.models import Item
from trace.lot import blocks, genealogy
from trace.lot.facts import sealing_checks, sealing_facts, sealing_unmet
from trace.lot.genealogy import downstream, from_season, upstream
from trace.lot.models import Loss, Lot
from trace.lot.permissions import OVERSEE
from trace.lot.rules import LOT
from trace.lot.tracing import Balance, Flow, balances, edges_down, edges_up
from trace.season import queries as seasons
from trace.season import rules as season_rules

__all__ = [
    "Balance",
    "Flow",
    "LotView",
    "balances",
    "downstream",
    "edges_down",
    "edges_up",
    "find_by_number",
    "find_lot",
    "from_season",
    "get_lot",
    "harvest_left",
    "load",
    "losses",
    "lot_by_id",
    "lot_of_uri_parts",
    "lot_table",
    "lots_by_id",
    "lots_of",
    "pick",
    "progress",
    "raw_stock",
    "sealing_checks",
    "sealing_facts",
    "sealing_unmet",
    "sellable",
    "sellable_of",
    "upstream",
    "waiting_for_seal",
]  # fmt: skip


_SELLABLE = text(
    """
    with recursive back(lot_id, source_id, depth) as (
      select l.id, l.id, 0 from trace_lot_lot l
       left join trace_lot_lot r on r.id = l.root_id
       where l.id = any(cast(:lot_ids as bigint[])) and l.unit = 'piece'
         and (l.state = 'sealed' or (l.state = 'open' and r.state = 'sealed'))
      union
      select b.lot_id, e.from_lot_id, b.depth + 1
        from back b join trace_lot_edge e on e.to_lot_id = b.source_id
       where e.from_lot_id is not null and b.depth < :deepest
    )
    select b.lot_id from back b join trace_lot_lot s on s.id = b.source_id
     group by b.lot_id having not bool_or(s.state in ('held', 'withdrawn'))
    """
)


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot with its item, as other rooms see it.  Masses in grams."""

    id: int
    public_id: uuid.UUID
    organisation_id: int
    item: items.ItemView
    lot_no: str
    uri: str
    producer_id: int
    holder_id: int
    sealer_id: int
    unit: str
    pieces: int | None
    mass_g: int
    packing_loss_g: int
    used_g: int
    lost_g: int
    made_on: date
    place_id: int | None
    storage_method: str
    best_before: date | None
    brix: Decimal | None
    state: str
    created_at: datetime
    root_id: int | None = None
    deed_id: int | None = None
    grade_version_id: int | None = None
    grade_key: str = ""

    @property
    def remainder_g(self) -> int:
        return self.mass_g - self.used_g - self.lost_g

    @property
    def incoming_g(self) -> int:
        """What came in by the lot's edges."""
        return self.mass_g + self.packing_loss_g

    @property
    def is_packed(self) -> bool:
        return self.unit == "piece"

    @property
    def pieces_left(self) -> int:
        """Whole pieces that are neither used in later lots nor written off; 0 for loose lots."""
        return self.remainder_g // self.item.net_content_g if self.is_packed else 0

    @property
    def state_label(self) -> str:
        return LOT.label_of(self.state)

    @property
    def is_sealed(self) -> bool:
        """Whether a signed record stands, withdrawn or not."""
        return self.state in ("sealed", "held", "withdrawn")

    @property
    def is_part(self) -> bool:
        """Whether this is the part of a lot taken over from another organisation."""
        return self.root_id is not None


def _view(lot: Lot, item: items.ItemView) -> LotView:
    return LotView(
        id=lot.id,
        public_id=lot.public_id,
        organisation_id=lot.organisation_id,
        item=item,
        lot_no=lot.lot_no,
        uri=item_rules.lot_uri(item.uri, lot.lot_no),
        producer_id=lot.producer_id,
        holder_id=lot.holder_id,
        sealer_id=lot.sealer_id,
        unit=lot.unit,
        pieces=lot.pieces,
        mass_g=lot.mass_g,
        packing_loss_g=lot.packing_loss_g,
        used_g=lot.used_g,
        lost_g=lot.lost_g,
        made_on=lot.made_on,
        place_id=lot.place_id,
        storage_method=lot.storage_method,
        best_before=lot.best_before,
        brix=lot.brix,
        state=lot.state,
        created_at=lot.created_at,
        root_id=lot.root_id,
        deed_id=lot.deed_id,
        grade_version_id=lot.grade_version_id,
        grade_key=lot.grade_key,
    )


def _views(rows: Iterable[Lot]) -> list[LotView]:
    lots = list(rows)
    known = items.items_by_id(lot.item_id for lot in lots)
    return [_view(lot, known[lot.item_id]) for lot in lots]


def _missing() -> NotFound:
    return NotFound("没有找到这个批次。", help="请从列表重新进入。")


def load(public_id: uuid.UUID | str, actor: Actor) -> Lot:
    """The live row, if the actor's organisation owns or seals it, or the actor oversees lots; NotFound otherwise."""
    try:
        key = uuid.UUID(str(public_id))
    except ValueError:
        raise _missing() from None
    row = db.session.scalar(select(Lot).where(Lot.public_id == key))
    ours = row is not None and actor.organisation_id in (row.organisation_id, row.sealer_id)
    if row is None or not (ours or actor.is_system or actor.can(OVERSEE)):
        raise _missing()
    return row


def get_lot(public_id: uuid.UUID | str, actor: Actor) -> LotView:
    """The lot, if the actor may see it; NotFound otherwise."""
    return _views([load(public_id, actor)])[0]


def lot_by_id(lot_id: int) -> LotView:
    """The lot with this row id (scope is the caller's); NotFound otherwise."""
    row = db.session.get(Lot, lot_id)
    if row is None:
        raise _missing()
    return _views([row])[0]


def lots_by_id(ids: Iterable[int]) -> dict[int, LotView]:
    """Lots by row id, once for a whole screen."""
    wanted = set(ids)
    return {v.id: v for v in _views(db.session.scalars(select(Lot).where(Lot.id.in_(wanted))))} if wanted else {}


def find_lot(item_id: int, lot_no: str) -> LotView | None:
    """The lot of an item with this number that is not cancelled, or None."""
    row = db.session.scalar(
        select(Lot).where(Lot.item_id == item_id, Lot.lot_no == lot_no, Lot.root_id.is_(None), Lot.state != "cancelled")
    )
    return _views([row])[0] if row else None


def lot_of_uri_parts(
    *, gtin: str | None = None, owner_code: str = "", own_code: str = "", lot_no: str
) -> LotView | None:
    """The lot that a scanned address names, or None."""
    item = items.find_by_gtin(gtin) if gtin else items.find_by_own_code(owner_code, own_code)
    return find_lot(item.id, lot_no) if item else None


def lots_of(
    organisation_id: int,
    *,
    packed: bool | None = None,
    item_id: int | None = None,
    states: Iterable[str] = ("open", "sealed", "held"),
) -> list[LotView]:
    """The organisation's lots, latest first."""
    query = select(Lot).where(Lot.organisation_id == organisation_id, Lot.state.in_(list(states)))
    if packed is not None:
        query = query.where((Lot.unit == "piece") if packed else (Lot.unit == "gram"))
    if item_id is not None:
        query = query.where(Lot.item_id == item_id)
    return _views(db.session.scalars(query.order_by(Lot.made_on.desc(), Lot.id.desc())))


def sealed_parts(organisation_id: int) -> list[LotView]:
    """Packed parts of sealed lots that the organisation took over, latest first; their record is that of the whole."""
    whole = aliased(Lot)
    query = (
        select(Lot)
        .join(whole, whole.id == Lot.root_id)
        .where(
            Lot.organisation_id == organisation_id, Lot.unit == "piece", Lot.state == "open", whole.state == "sealed"
        )
    )
    return _views(db.session.scalars(query.order_by(Lot.made_on.desc(), Lot.id.desc())))


def with_parts(lot_id: int) -> list[int]:
    """The lot's row id and those of its parts at other organisations."""
    parts = db.session.scalars(select(Lot.id).where(Lot.root_id == lot_id, Lot.state != "cancelled").order_by(Lot.id))
    return [lot_id, *parts]


def root_of(lot_id: int) -> int:
    """The row id of the whole that a part was taken from; the lot's own where it is no part."""
    return db.session.scalar(select(Lot.root_id).where(Lot.id == lot_id)) or lot_id


def raw_stock(organisation_id: int, species: str | None = None) -> list[LotView]:
    """Lots with something left to pack from, loose ones first, then oldest first."""
    query = (
        select(Lot)
        .join(Item, Item.id == Lot.item_id)
        .where(
            Lot.organisation_id == organisation_id,
            (Lot.state == "open") | ((Lot.state == "sealed") & (Lot.unit == "gram")),
            Lot.used_g + Lot.lost_g < Lot.mass_g,
        )
        .order_by(Lot.unit, Lot.made_on, Lot.id)
    )
    if species is not None:
        query = query.where(Item.species == species)
    return _views(db.session.scalars(query))


def pick(public_id: str | uuid.UUID, organisation_id: int, *, field: str = "source") -> Lot:
    """The lot chosen in a form; BadInput where it is not the organisation's."""
    try:
        key = uuid.UUID(str(public_id))
    except ValueError:
        raise BadInput("没有这个批次，请从列表里选。", code="lot.unknown", field=field) from None
    row = db.session.scalar(select(Lot).where(Lot.public_id == key, Lot.organisation_id == organisation_id))
    if row is None:
        raise BadInput("没有这个批次，请从列表里选。", code="lot.unknown", field=field)
    return row


def sellable(lot_id: int) -> bool:
    """Whether pieces of the lot may be sold now: see :func:`sellable_of`."""
    return lot_id in sellable_of([lot_id])


def sellable_of(lot_ids: Iterable[int]) -> set[int]:
    """Those of the lots whose pieces may be sold now: packed, sealed, and neither they nor anything they were made of
    is held, recalled, or has its record withdrawn.  A part that another organisation took over is sealed as its whole is.
    The one truth that stock, carts and pages ask.
    """
    wanted = list(lot_ids)
    if not wanted:
        return set()
    found = set(db.session.scalars(_SELLABLE, {"lot_ids": wanted, "deepest": genealogy.MAX_DEPTH}))
    return found - set(blocks.reasons(found))


def waiting_for_seal(organisation_id: int) -> list[LotView]:
    """Open lots of other organisations that the organisation is to seal, oldest first."""
    query = select(Lot).where(
        Lot.sealer_id == organisation_id, Lot.organisation_id != organisation_id, Lot.state == "open"
    )
    return _views(db.session.scalars(query.order_by(Lot.made_on, Lot.id)))


def losses(lot_id: int) -> list[Loss]:
    """What was written off the lot, oldest first."""
    return list(db.session.scalars(select(Loss).where(Loss.lot_id == lot_id).order_by(Loss.id)))


def harvest_left(season_id: int) -> list[tuple[date, int]]:
    """Harvest days of a season with the grams not yet in any lot, oldest first."""
    taken = genealogy.allocated(season_id)
    harvested = season_rules.harvest_by_day(seasons.journal(season_id))
    left = [(day, grams - taken.get(day, 0)) for day, grams in sorted(harvested.items())]
    return [(day, grams) for day, grams in left if grams > 0]


def lot_table(organisation_id: int, unit: str | None = None) -> Any:
    """The rows of the lots page, cancelled ones included; only pieces or only grams where asked."""
    query = (
        select(
            Lot.id, Lot.public_id, Lot.lot_no, Lot.unit, Lot.mass_g, Lot.used_g, Lot.lost_g, Lot.packing_loss_g,
            Lot.made_on, Lot.state, Item.name, Item.net_content_g, Lot.grade_version_id, Lot.grade_key, Lot.root_id,
        )
        .where(Item.id == Lot.item_id, Lot.organisation_id == organisation_id)
        .order_by(Lot.made_on.desc(), Lot.id.desc())
    )  # fmt: skip
    return query if unit is None else query.where(Lot.unit == unit)


def find_by_number(text: str, actor: Actor, limit: int = 10) -> list[LotView]:
    """Lots of the actor's organisation (of all for an overseer) whose number begins so, latest first."""
    query = select(Lot).where(Lot.lot_no.startswith(text, autoescape=True), Lot.state != "cancelled")
    if not actor.can(OVERSEE):
        query = query.where(Lot.organisation_id == actor.organisation_id)
    return _views(db.session.scalars(query.order_by(Lot.id.desc()).limit(limit)))


def progress(organisation_id: int) -> dict[str, int]:
    """Raw, packed and sealed lots of the organisation, for the guided start."""
    rows = db.session.execute(
        select(Lot.unit, Lot.state, func.count())
        .where(Lot.organisation_id == organisation_id, Lot.state != "cancelled")
        .group_by(Lot.unit, Lot.state)
    )
    found = {"raw": 0, "packed": 0, "sealed": 0}
    for unit, state, count in rows:
        found["packed" if unit == "piece" else "raw"] += count
        if unit == "piece" and state in ("sealed", "held"):
            found["sealed"] += count
    return found
