"""What the page of one lot shows beside its facts: grade and judgement, the deed that made it, genealogy as tables."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.db import db
from core.organisation import queries as organisations
from trace.grade import queries as grades
from trace.grade.rules import OUTCOMES, Judgement, judge
from trace.lot import queries, reversal
from trace.lot.models import Deed, Loss, LotMeasure, Outside
from trace.lot.rules import DEEDS, LOSSES
from trace.season import queries as seasons


@dataclass(frozen=True, slots=True)
class Row:
    """One edge as a line of a table: what deed, when, from or to where, grams, how far away."""

    kind: str
    on: str
    title: str
    note: str
    mass_g: int
    depth: int
    lot: queries.LotView | None = None


def measures_of(lot_id: int) -> dict[str, LotMeasure]:
    """The latest value of each measure of the lot."""
    rows = db.session.scalars(select(LotMeasure).where(LotMeasure.lot_id == lot_id).order_by(LotMeasure.id))
    return {row.measure: row for row in rows}


def judged(lot: queries.LotView) -> tuple[grades.VersionView | None, Judgement | None, dict[str, LotMeasure]]:
    """The version the lot was graded by, its measured values judged against it, and the values themselves."""
    values = measures_of(lot.id)
    version = grades.versions_by_id([lot.grade_version_id]).get(lot.grade_version_id or 0)
    if version is None:
        return None, None, values
    known: dict[str, Decimal] = {key: row.value for key, row in values.items()}
    if lot.brix is not None:
        known.setdefault("brix", lot.brix)
    return version, judge(known, version.grades), values


def _rows(flows: list[queries.Flow], *, down: bool, own: int) -> list[Row]:
    lots = queries.lots_by_id({i for f in flows for i in (f.from_lot_id, f.to_lot_id) if i is not None})
    known = seasons.seasons_by_id({f.season_id for f in flows if f.season_id is not None})
    ids = [f.outside_id for f in flows if f.outside_id is not None]
    outside = {r.id: r for r in db.session.scalars(select(Outside).where(Outside.id.in_(ids)))} if ids else {}
    holders = organisations.views([lot.holder_id for lot in lots.values()])
    found = []
    for f in flows:
        on = f"{f.made_at:%Y-%m-%d}"
        if not down and f.season_id is not None:
            season, place = known[f.season_id]
            found.append(Row("采收", str(f.harvested_on), season.code, place.village, f.mass_g, f.depth))
        elif not down and f.outside_id is not None:
            source = outside[f.outside_id]
            found.append(Row("外购", str(source.received_on), source.supplier, source.origin, f.mass_g, f.depth))
        else:
            lot = lots[f.to_lot_id if down else f.from_lot_id or 0]
            note = lot.item.name
            if lot.holder_id != own:
                note += f"，在{holders[lot.holder_id].public_name}"
            mine = lot if lot.organisation_id == own else None
            found.append(Row(DEEDS.get(f.kind, f.kind), on, f"批次 {lot.lot_no}", note, f.mass_g, f.depth, mine))
    return found


def page_facts(lot: queries.LotView) -> dict[str, Any]:
    """Everything the template asks for beyond the facts of sealing."""
    version, judgement, values = judged(lot)
    balance = queries.balances([lot.id])[lot.id]
    deed = db.session.get(Deed, lot.deed_id) if lot.deed_id is not None else None
    rows = db.session.execute(
        select(Loss, Deed).outerjoin(Deed, Deed.id == Loss.deed_id).where(Loss.lot_id == lot.id).order_by(Loss.id)
    ).all()
    undone = {loss.reverses_id for loss, _ in rows if loss.reverses_id is not None}
    return {
        "up": _rows(queries.edges_up([lot.id]), down=False, own=lot.organisation_id),
        "down": _rows(queries.edges_down([lot.id]), down=True, own=lot.organisation_id),
        "version": version,
        "judgement": judgement.of(lot.grade_key) if judgement else None,
        "best": judgement.best if judgement else None,
        "values": values,
        "outcomes": OUTCOMES,
        "equation": balance,
        "deed": deed,
        "deed_label": DEEDS[deed.kind] if deed else "",
        "deed_elsewhere": deed is not None and deed.kind in reversal.ELSEWHERE,
        "loss_words": LOSSES,
        "losses": [(loss, of, loss.id in undone) for loss, of in rows],
    }
