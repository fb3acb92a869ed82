"""Grading, splitting, merging: one deed each, whose outputs and waste are exactly what was taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, NotFound
from core.record.service import record
from trace.grade import queries as grades
from trace.grade.rules import MEASURES
from trace.item import queries as items
from trace.lot import deeds, rules, rules_deeds, telling
from trace.lot.models import Deed, Lot, LotMeasure
from trace.season import rules as season_rules

if TYPE_CHECKING:
    from core.place.models import Place


@dataclass(frozen=True, slots=True)
class Output:
    """One lot that grading makes: grams of an item, its grade, what was measured on it."""

    item_id: int
    mass_g: int
    grade_key: str = ""
    lot_no: str = ""
    values: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A deed and the lots it made."""

    deed: Deed
    lots: tuple[Lot, ...]


def grade(
    actor: Actor,
    source: Lot,
    outputs: Sequence[Output],
    *,
    taken_g: int,
    waste_g: int = 0,
    waste_reason: str = "",
    version_id: int | None = None,
    done_on: date | None = None,
    place: Place | None = None,
) -> Made:
    """One loose lot becomes several loose lots by grade, and waste, in one deed; outputs + waste = ``taken_g``.

    ``version_id``: a published version of a standard the organisation may use; each output then names one of its grades.
    """
    organisation_id = deeds.own_organisation(actor)
    if source.unit != "gram":
        raise Conflict("分级从散装批次开始，装箱的批次先改装。", code="lot.grade_packed", field="source")
    deeds.check_sources(organisation_id, [(source, taken_g)])
    rules_deeds.check_outputs([o.mass_g for o in outputs], taken_g=taken_g, waste_g=waste_g)
    wanted = items.items_by_id(o.item_id for o in outputs)
    variety = items.item_by_id(source.item_id).variety
    for output in outputs:
        item = wanted.get(output.item_id)
        if item is None or item.organisation_id != organisation_id or not item.is_loose or item.variety != variety:
            raise BadInput("分级后的商品项要是本单位同一品种的散装商品项。", code="lot.grade_item", field="outputs")
    _check_grades(organisation_id, version_id, outputs, items.item_by_id(source.item_id).species)
    day = deeds.made_on(done_on, source.made_on, "done_on")
    why = season_rules.public_text(waste_reason, "waste_reason", label="剔除原因", required=waste_g > 0, limit=120)
    deed = deeds.open_deed(actor, "grade", day)
    if outputs:
        deeds.take(source, taken_g - waste_g, actor, why="分级")
    if waste_g:
        deeds.take(source, waste_g, actor, why="分级剔除", column="lost_g")
        deeds.lose(deed, source, waste_g, "waste", why, actor)
    made = []
    for output in outputs:
        lot = deeds.new_lot(
            deed, wanted[output.item_id], organisation_id=organisation_id, mass_g=output.mass_g,
            producer_id=source.producer_id, day=day, lot_no=output.lot_no,
            place_id=deeds.store(place, organisation_id) if place else source.place_id,
            storage_method=source.storage_method, brix=rules_deeds.brix_of(output.values, source.brix),
            grade_version_id=version_id if output.grade_key else None, grade_key=output.grade_key,
            sealer_id=source.sealer_id,
        )  # fmt: skip
        deeds.link(deed, lot, [(source, output.mass_g)])
        measure(lot, actor, output.values, measured_on=day)
        made.append(lot)
    record("lot.graded", deed, actor, source=source.lot_no, made=[lot.lot_no for lot in made], waste_g=waste_g)
    telling.transformed(deed, made, [(source, taken_g)], actor, loss_g=waste_g)
    return Made(deed, tuple(made))


def _check_grades(organisation_id: int, version_id: int | None, outputs: Sequence[Output], species: str) -> None:
    if version_id is None:
        if any(o.grade_key for o in outputs):
            raise BadInput("写了等级，要选按哪个标准分。", code="lot.grade_standard", field="version")
        return
    version = grades.usable_version(version_id, organisation_id)
    if version.species != species:
        raise BadInput("这个标准不是这个种类的，请重新选择。", code="lot.grade_species", field="version")
    known = {g.key for g in version.grades}
    if any(o.grade_key not in known for o in outputs):
        raise BadInput("每一批都要选这个标准里的一个等级。", code="lot.grade_unknown", field="outputs")


def measure(lot: Lot, actor: Actor, values: Mapping[str, Decimal], *, measured_on: date | None = None) -> None:
    """What was measured on the lot stands beside it; earlier values stay readable."""
    if lot.organisation_id != deeds.own_organisation(actor):
        raise NotFound("没有找到这个批次。", help="请从列表重新进入。")
    day = deeds.made_on(measured_on, lot.made_on, "measured_on")
    if any(key not in MEASURES or key == "words" for key in values):
        raise BadInput("没有这个指标，请从列表里选。", code="lot.measure", field="values")
    db.session.add_all(
        LotMeasure(
            lot_id=lot.id, measure=key, value=value, measured_on=day, recorded_at=clock.now(), recorded_by=actor.user_id
        )
        for key, value in values.items()
    )
    db.session.flush()
    if values:
        record("lot.measured", lot, actor, measures=sorted(values))


def split(
    actor: Actor, source: Lot, masses: Sequence[int], *, done_on: date | None = None, place: Place | None = None
) -> Made:
    """Grams of a lot become several lots of the same item, grade and dates; what is not named stays in the source."""
    organisation_id = deeds.own_organisation(actor)
    taken = sum(masses)
    deeds.check_sources(organisation_id, [(source, taken)])
    rules_deeds.check_outputs(masses, taken_g=taken)
    item = items.item_by_id(source.item_id)
    if item.organisation_id != organisation_id:
        raise Conflict(
            "收进来的别家商品项不能另编批号。", code="lot.split_part", field="source",
            help="装箱或分级成本单位自己的商品项。",
        )  # fmt: skip
    if source.unit == "piece" and any(grams % item.net_content_g for grams in masses):
        raise BadInput("装箱批次按整件分。", code="lot.whole_pieces", field="outputs")
    day = deeds.made_on(done_on, source.made_on, "done_on")
    deed = deeds.open_deed(actor, "split", day)
    deeds.take(source, taken, actor, why="分批")
    made = [_like(deed, source, item, grams, day, place) for grams in masses]
    for lot in made:
        deeds.link(deed, lot, [(source, lot.mass_g)])
    record("lot.split", deed, actor, source=source.lot_no, made=[lot.lot_no for lot in made])
    telling.transformed(deed, made, [(source, taken)], actor)
    return Made(deed, tuple(made))


def _like(deed: Deed, source: Lot, item: items.ItemView, grams: int, day: date, place: Place | None) -> Lot:
    return deeds.new_lot(
        deed, item, organisation_id=source.organisation_id, mass_g=grams, producer_id=source.producer_id, day=day,
        pieces=grams // item.net_content_g if source.unit == "piece" else None,
        place_id=deeds.store(place, source.organisation_id) if place else source.place_id,
        storage_method=source.storage_method, best_before=source.best_before, brix=source.brix,
        grade_version_id=source.grade_version_id, grade_key=source.grade_key, sealer_id=source.sealer_id,
    )  # fmt: skip


def merge(
    actor: Actor,
    sources: Sequence[deeds.LotSource],
    *,
    downgrade_key: str = "",
    lot_no: str = "",
    done_on: date | None = None,
    place: Place | None = None,
) -> Made:
    """Grams of several lots of one item become one lot: same standard version and grade, or the lower grade named.

    Where the producers differ the merging organisation stands as producer; the lots before tell whose fruit it is.
    The best-before day is the earliest of all.
    """
    organisation_id = deeds.own_organisation(actor)
    deeds.check_sources(organisation_id, sources)
    used = [lot for lot, _ in sources]
    item = items.item_by_id(used[0].item_id)
    if item.organisation_id != organisation_id:
        raise Conflict("收进来的别家商品项不能另编批号。", code="lot.split_part", field="source")
    versions = grades.versions_by_id(lot.grade_version_id for lot in used if lot.grade_version_id)
    ranks = {v.id: {g.key: g.rank for g in v.grades} for v in versions.values()}
    facts = [
        rules_deeds.MergeSource(
            lot.lot_no, lot.item_id, lot.grade_version_id, lot.grade_key,
            ranks.get(lot.grade_version_id or 0, {}).get(lot.grade_key),
        )
        for lot in used
    ]  # fmt: skip
    common = ranks.get(used[0].grade_version_id or 0, {})
    key = rules_deeds.check_merge(facts, downgrade_key=downgrade_key, downgrade_rank=common.get(downgrade_key))
    day = deeds.made_on(done_on, max(lot.made_on for lot in used), "done_on")
    deed = deeds.open_deed(actor, "merge", day)
    for lot, grams in sorted(sources, key=lambda source: source[0].id):
        deeds.take(lot, grams, actor, why="并批")
    mass = sum(grams for _, grams in sources)
    sealers = {lot.sealer_id for lot in used}
    made = deeds.new_lot(
        deed, item, organisation_id=organisation_id, mass_g=mass,
        pieces=None if item.is_loose else mass // item.net_content_g,
        producer_id=deeds.common_producer(used, organisation_id), day=day, lot_no=lot_no,
        place_id=deeds.store(place, organisation_id) if place else used[0].place_id,
        storage_method=used[0].storage_method if len({u.storage_method for u in used}) == 1 else "",
        best_before=min((u.best_before for u in used if u.best_before), default=None),
        brix=used[0].brix if len({u.brix for u in used}) == 1 else None,
        grade_version_id=used[0].grade_version_id if key else None, grade_key=key,
        sealer_id=sealers.pop() if len(sealers) == 1 else None,
    )  # fmt: skip
    deeds.link(deed, made, sources)
    record("lot.merged", deed, actor, made=made.lot_no, sources=[lot.lot_no for lot in used], downgraded=downgrade_key)
    telling.transformed(deed, [made], sources, actor)
    return Made(deed, (made,))


def destroy_pieces(lot: Lot, actor: Actor, pieces: int, *, reason: str, on: date | None = None, sold: int = 0) -> Deed:
    """So many whole pieces of a sealed packed lot are destroyed by a deed; ``sold`` of them came back from buyers.

    Pieces in the shop's stock are counted out there first (Conflict says how many are free).
    """
    if lot.organisation_id != deeds.own_organisation(actor):
        raise NotFound("没有找到这个批次。", help="请从列表重新进入。")
    lock(lot)
    if lot.unit != "piece" or lot.state not in ("sealed", "held", "withdrawn"):
        raise Conflict(
            "只有封存了的装箱批次按编号登记销毁。", code="lot.destroy_state", help="没封存的在批次页登记销毁。"
        )
    net = items.item_by_id(lot.item_id).net_content_g
    free = deeds.free_pieces(lot, net)
    if pieces - sold > free:
        raise Conflict(
            f"批次 {lot.lot_no} 不在商城库存里、也没有卖出的还有 {max(free, 0)} 件。", code="lot.destroy_promised",
            field="last", help="先在库存盘点里调减，再登记销毁。",
        )  # fmt: skip
    why = season_rules.public_text(reason, "reason", label="原因", required=True)
    day = deeds.made_on(on, lot.made_on, "on")
    deed = deeds.open_deed(actor, "destroy", day, reason=why)
    states = ("sealed", "held", "withdrawn")
    deeds.take(lot, pieces * net, actor, why=rules.LOSSES["destroy"], column="lost_g", states=states)
    deeds.lose(deed, lot, pieces * net, "destroy", why, actor)
    record("lot.written_off", lot, actor, mass_g=pieces * net, reason=why, kind="destroy")
    telling.lost(deed, lot, pieces * net, actor)
    return deed


def regrade(lot: Lot, actor: Actor, *, version_id: int, grade_key: str) -> None:
    """An open lot nobody has used yet is graded as a whole, without sorting it apart; refused once it has a grade."""
    organisation_id = deeds.own_organisation(actor)
    if lot.organisation_id != organisation_id:
        raise NotFound("没有找到这个批次。", help="请从列表重新进入。")
    lock(lot)
    if lot.state != "open" or lot.grade_key:
        raise Conflict("已经有等级或已经封存的批次不能再改等级。", code="lot.graded_already", help="用分级另做一批。")
    species = items.item_by_id(lot.item_id).species
    _check_grades(organisation_id, version_id, [Output(lot.item_id, lot.mass_g, grade_key)], species)
    lot.grade_version_id, lot.grade_key = version_id, grade_key
    db.session.flush()
    record("lot.graded_whole", lot, actor, version=version_id, grade=grade_key)


__all__ = ["Made", "Output", "destroy_pieces", "grade", "measure", "merge", "regrade", "rules", "split"]
