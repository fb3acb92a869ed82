"""Use cases of shipments: send, receive with shortage and damage, refuse, void, take a receipt back; goods from outside.

Sent grams are used at the sender at once (in transit); at the receipt every gram is taken over, damaged, short or refused,
and only what arrived changes hands, along one edge per line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict
from core.identifiers import normalise_text
from core.numbers import gap_free
from core.organisation import queries as organisations
from core.record.service import record
from core.workflow.engine import fire
from trace.item import queries as items
from trace.lot import deeds, reversal
from trace.lot import queries as lots
from trace.lot.blocks import refuse_blocked
from trace.lot.models import Deed, Edge, Lot, Outside
from trace.lot.rules import kg
from trace.movement import queries, rules, telling
from trace.movement.models import Shipment, ShipmentLine
from trace.movement.permissions import RECEIVE, SEND
from trace.season.rules import public_text

if TYPE_CHECKING:
    from core.place.models import Place

MAX_LINES = 40


@dataclass(frozen=True, slots=True)
class Papers:
    """Numbers on the way: vehicle, waybill, document; never a person's name."""

    vehicle: str = ""
    waybill_no: str = ""
    document_no: str = ""
    note: str = ""


def send(
    actor: Actor,
    *,
    receiver_code: str,
    lines: Sequence[deeds.LotSource],
    papers: Papers | None = None,
    sent_on: date | None = None,
    from_place: Place | None = None,
) -> Shipment:
    """The grams of the lots are on the way to the receiver; RuleBroken where a lot has not enough, nothing is sent then.

    Packed lots go by whole pieces, and never pieces that the shop has in stock or has sold.
    """
    organisation_id = deeds.own_organisation(actor, SEND)
    receiver = organisations.get_by_code(receiver_code)
    if receiver.id == organisation_id or receiver.kind not in ("enterprise", "grower") or not receiver.is_active:
        raise BadInput("收货单位要是本平台在册的另一家单位。", code="movement.receiver", field="receiver")
    _check_lines(organisation_id, lines)
    day = deeds.made_on(sent_on, max(lot.made_on for lot, _ in lines), "sent_on")
    deed = deeds.open_deed(actor, "send", day)
    for lot, grams in sorted(lines, key=lambda line: line[0].id):
        lock(lot)  # before the shop's promise is read: stock and shipment wait for each other
        _leave_promised(lot, grams)
        deeds.take(lot, grams, actor, why="发货")
    words = papers or Papers()
    shipment = Shipment(
        number=f"FH-{day.year}-{gap_free('shipment', day.year):06d}", organisation_id=organisation_id,
        receiver_id=receiver.id, from_place_id=deeds.store(from_place, organisation_id), to_place_id=None, sent_on=day,
        sent_at=clock.now(), vehicle=_plain(words.vehicle, "车牌"), waybill_no=_plain(words.waybill_no, "运单号"),
        document_no=_plain(words.document_no, "单据号"), note=_plain(words.note, "备注"), received_on=None,
        received_at=None, received_by=None, send_deed_id=deed.id, receive_deed_id=None,
    )  # fmt: skip
    db.session.add(shipment)
    db.session.flush()
    db.session.add_all(
        ShipmentLine(
            shipment_id=shipment.id, lot_id=lot.id, mass_g=grams, taken_g=None, damaged_g=None, short_g=None,
            refused_g=None, part_lot_id=None,
        )
        for lot, grams in lines
    )  # fmt: skip
    db.session.flush()
    telling.sent(shipment, [(lot.id, grams) for lot, grams in lines], actor)
    record("movement.sent", shipment, actor, number=shipment.number, receiver=receiver.code)
    return shipment


def _plain(words: str, label: str) -> str:
    return public_text(words, label, label=label, limit=60)


def _check_lines(organisation_id: int, lines: Sequence[deeds.LotSource]) -> None:
    if not 1 <= len(lines) <= MAX_LINES or len({lot.id for lot, _ in lines}) != len(lines):
        raise BadInput(f"请选 1 到 {MAX_LINES} 个批次，每批选一次。", code="movement.lines", field="lines")
    for lot, _ in lines:
        if lot.organisation_id != organisation_id:
            raise BadInput("没有这个批次，请从列表里选。", code="lot.unknown", field="lines")
        if lot.state not in deeds.USABLE:
            raise Conflict(
                f"批次 {lot.lot_no} 已停售、撤回或作废，不能发货。", code="movement.not_usable", field="lines"
            )
    refuse_blocked({lot.id: lot.lot_no for lot, _ in lines}, "发货")
    sold = [lot.id for lot, _ in lines if lot.unit == "piece" and lot.state == "sealed"]
    if set(sold) - lots.sellable_of(sold):
        raise Conflict("有的批次用到了停售或撤回的原料，不能发货。", code="movement.not_usable", field="lines")


def _leave_promised(lot: Lot, grams: int) -> None:
    if lot.unit != "piece":
        return
    net = items.item_by_id(lot.item_id).net_content_g
    free = deeds.free_pieces(lot, net)
    if grams > free * net:
        raise Conflict(
            f"批次 {lot.lot_no} 有 {lot.remainder_g // net - free} 件在商城库存里或已经卖出，最多还能发 {max(free, 0)} 件。",
            code="movement.promised", field="lines", help="先在库存盘点里调减，再发货。",
        )  # fmt: skip


def lines_of(shipment: Shipment) -> list[ShipmentLine]:
    """The lines in the order of their lots."""
    return list(
        db.session.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id).order_by(ShipmentLine.lot_id))
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What the receiver tells of one line, in grams, and why."""

    damaged_g: int = 0
    short_g: int = 0
    refused_g: int = 0
    remark: str = ""


def receive(
    shipment: Shipment,
    actor: Actor,
    told: Mapping[int, Told],
    *,
    received_on: date | None = None,
    place: Place | None = None,
) -> Shipment:
    """What arrived is the receiver's, as parts of the sent lots; short grams are lost on the way, refused ones go back.

    ``told`` by line id; a line that is not named arrived whole.  Damaged grams arrive and are written off at once.
    """
    organisation_id = deeds.own_organisation(actor, RECEIVE)
    queries.require_receiver(shipment, organisation_id)
    lock(shipment)
    if shipment.state != "in_transit":
        raise Conflict("这张发货单已经收过货或撤销了。", code="movement.answered")
    lines = lines_of(shipment)
    if set(told) - {line.id for line in lines}:
        raise BadInput("没有这一行，请刷新页面。", code="movement.line", field="lines")
    known = lots.lots_by_id(line.lot_id for line in lines)
    answers = [_answer(line, known[line.lot_id], told.get(line.id, Told())) for line in lines]
    day = deeds.made_on(received_on, shipment.sent_on, "received_on")
    move = rules.move_of(answers)
    reason = next((t.remark for t in told.values() if t.remark.strip()), "")
    fire(rules.SHIPMENT, shipment, move, actor, reason=reason)
    deed = deeds.open_deed(actor, "arrive", day, organisation_id=organisation_id)
    for line, one in zip(lines, answers, strict=True):
        _settle(line, one, told.get(line.id, Told()), deed, organisation_id, actor, place)
    shipment.received_on, shipment.received_at, shipment.received_by = day, clock.now(), actor.user_id
    shipment.receive_deed_id, shipment.to_place_id = deed.id, deeds.store(place, organisation_id)
    db.session.flush()
    telling.received(shipment, lines, actor, day)
    record("movement.received", shipment, actor, number=shipment.number, move=move)
    return shipment


def _answer(line: ShipmentLine, lot: lots.LotView, told: Told) -> rules.Answer:
    what = f"批次 {lot.lot_no} "
    step = lot.item.net_content_g if lot.is_packed else 1
    found = rules.answer(
        line.mass_g, damaged_g=told.damaged_g, short_g=told.short_g, refused_g=told.refused_g, what=what, step_g=step
    )
    if not found.whole and not told.remark.strip():
        raise BadInput(f"{what}有差异，要写明原因。", code="movement.remark", field="lines")
    return found


def _settle(
    line: ShipmentLine,
    one: rules.Answer,
    told: Told,
    deed: Deed,
    organisation_id: int,
    actor: Actor,
    place: Place | None,
) -> None:
    """Move the grams of one line: arrived by an edge, short into loss on the way, refused back to the sender."""
    source = db.session.get_one(Lot, line.lot_id)
    why = _plain(told.remark, "原因") or "收货"
    if one.short_g:
        deeds.give_back(source.id, one.short_g)
        deeds.take(
            source, one.short_g, actor, why="途中短少", column="lost_g", states=("open", "sealed", "held", "withdrawn")
        )
        deeds.lose(deed, source, one.short_g, "transit", why, actor)
    if one.refused_g:
        deeds.give_back(source.id, one.refused_g)
    if one.arrived_g:
        item = items.item_by_id(source.item_id)
        root = source if source.root_id is None else db.session.get_one(Lot, source.root_id)
        part = deeds.new_lot(
            deed, item, organisation_id=organisation_id, mass_g=one.arrived_g, producer_id=source.producer_id,
            day=deed.done_on, pieces=None if item.is_loose else one.arrived_g // item.net_content_g,
            place_id=deeds.store(place, organisation_id), storage_method=source.storage_method,
            best_before=source.best_before if source.best_before and source.best_before > deed.done_on else None,
            brix=source.brix, grade_version_id=source.grade_version_id, grade_key=source.grade_key, root=root,
        )  # fmt: skip
        deeds.link(deed, part, [(source, one.arrived_g)])
        line.part_lot_id = part.id
        if one.damaged_g:
            deeds.take(part, one.damaged_g, actor, why="到货破损", column="lost_g")
            deeds.lose(deed, part, one.damaged_g, "damage", why, actor)
    line.taken_g, line.damaged_g, line.short_g, line.refused_g = one.taken_g, one.damaged_g, one.short_g, one.refused_g
    line.remark = normalise_text(told.remark)
    db.session.flush()


def void(shipment: Shipment, actor: Actor, reason: str) -> Shipment:
    """The goods never left: every gram is the sender's again; refused once the receiver has answered."""
    queries.require_sender(shipment, deeds.own_organisation(actor, SEND))
    fire(rules.SHIPMENT, shipment, "void", actor, reason=reason)
    for line in lines_of(shipment):
        deeds.give_back(line.lot_id, line.mass_g)
    deed = db.session.get_one(Deed, shipment.send_deed_id)
    deeds.open_deed(actor, "reversal", clock.today(), reason=_plain(reason, "原因"), reverses=deed)
    telling.voided(shipment, lines_of(shipment), actor, clock.today())
    record("movement.voided", shipment, actor, number=shipment.number)
    return shipment


def reopen(shipment: Shipment, actor: Actor, reason: str) -> Shipment:
    """A wrong receipt is taken back: the parts are cancelled and the goods are on the way again.

    RuleBroken with the list of what stands on the parts, or where the sender has used what was refused meanwhile.
    """
    queries.require_receiver(shipment, deeds.own_organisation(actor, RECEIVE))
    fire(rules.SHIPMENT, shipment, "reopen", actor, reason=reason)
    assert shipment.receive_deed_id is not None
    deed = db.session.get_one(Deed, shipment.receive_deed_id)
    reversal.undo(deed, actor, reason)
    for line in lines_of(shipment):
        deeds.take(
            db.session.get_one(Lot, line.lot_id), line.mass_g, actor, why="冲正收货",
            states=("open", "sealed", "held", "withdrawn"),
        )  # fmt: skip
        line.taken_g = line.damaged_g = line.short_g = line.refused_g = line.part_lot_id = None
        line.remark = ""
    shipment.received_on = shipment.received_at = shipment.received_by = shipment.receive_deed_id = None
    shipment.to_place_id = None
    db.session.flush()
    return shipment


def receive_from_outside(
    actor: Actor,
    *,
    item_id: int,
    mass_g: int,
    supplier: str,
    origin: str,
    file_id: int,
    received_on: date | None = None,
    supplier_code: str = "",
    document_no: str = "",
    certificate_no: str = "",
    lot_no: str = "",
    place: Place | None = None,
) -> Lot:
    """A loose lot out of goods of a supplier that is not on the platform, as declared, with the picture of the paper.

    Buyers keep the name, address and papers of who sold to them (食品安全法 article 65; 农产品质量安全法 article 39).
    """
    organisation_id = deeds.own_organisation(actor, RECEIVE)
    item = items.item_by_id(item_id)
    if item.organisation_id != organisation_id or not item.is_loose:
        raise BadInput("外购入库要选本单位按公斤计的商品项。", code="lot.item_not_loose", field="item")
    if mass_g <= 0:
        raise BadInput("数量要大于 0。", code="lot.take", field="mass_g")
    day = deeds.made_on(received_on, date(2000, 1, 1), "received_on")
    deed = deeds.open_deed(actor, "outside", day)
    source = Outside(
        organisation_id=organisation_id,
        supplier=public_text(supplier, "supplier", label="供货者", required=True, limit=60),
        supplier_code=_plain(supplier_code, "供货者代码"),
        origin=public_text(origin, "origin", label="产地", required=True, limit=60),
        document_no=_plain(document_no, "单据号"), certificate_no=_plain(certificate_no, "合格证号"), received_on=day,
        mass_g=mass_g, file_id=file_id, recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.session.add(source)
    db.session.flush()
    lot = deeds.new_lot(
        deed, item, organisation_id=organisation_id, mass_g=mass_g, producer_id=organisation_id, day=day, lot_no=lot_no,
        place_id=deeds.store(place, organisation_id),
    )  # fmt: skip
    db.session.add(
        Edge(
            outside_id=source.id, to_lot_id=lot.id, mass_g=mass_g, kind="outside", deed_id=deed.id, made_at=clock.now()
        )
    )
    db.session.flush()
    record("lot.bought", lot, actor, lot_no=lot.lot_no, mass_g=mass_g, supplier=source.supplier)
    return lot


def under_way(lot_id: int) -> list[str]:
    """What of the lot is on the way, in words, for the refusal to take its deed back (hook of trace.lot)."""
    rows = db.session.execute(
        select(Shipment.number, func.sum(ShipmentLine.mass_g))
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .where(ShipmentLine.lot_id == lot_id, Shipment.state == "in_transit")
        .group_by(Shipment.number)
    )
    return [f"发货单 {number} 有 {kg(int(grams))} kg 在途。" for number, grams in rows]
