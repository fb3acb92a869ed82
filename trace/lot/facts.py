"""Everything that stands behind one lot, gathered once: for the gates, the preview and the signed record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from brand.licence.queries import LicenceView
from core.db import db
from core.errors import NotFound, Unmet
from core.organisation import queries as organisations
from core.organisation.queries import OrganisationView
from trace.item import queries as items
from trace.item.queries import ItemView
from trace.lot import genealogy, rules
from trace.lot.evidence import Evidence, gather
from trace.lot.genealogy import EdgeView
from trace.lot.licensing import licence_of
from trace.lot.models import Lot, Outside
from trace.season import queries as seasons
from trace.season import rules as season_rules
from trace.season.models import Season

if TYPE_CHECKING:
    from core.place.models import Place


@dataclass(frozen=True)
class Background:
    """A lot with its item, all it was made from, the seasons and journals behind it, evidence and licence."""

    lot: Lot
    item: ItemView
    upstream: dict[int, Lot]
    items: dict[int, ItemView]
    edges: list[EdgeView]
    seasons: dict[int, tuple[Season, Place]]
    journals: dict[int, list[season_rules.JournalEntry]]
    evidence: Evidence
    licence: LicenceView | None
    organisations: dict[int, OrganisationView]

    def days_of(self, season_id: int) -> list[date]:
        """The harvest days of the season that feed the lot."""
        return sorted({e.harvested_on for e in self.edges if e.season_id == season_id and e.harvested_on})


def load_background(lot_id: int) -> Background:
    """Gather what stands behind the lot; NotFound where there is no such lot."""
    from sqlalchemy import select

    lot = db.session.get(Lot, lot_id)
    if lot is None:
        raise NotFound("没有找到这个批次。", help="请从列表重新进入。")
    ids = genealogy.upstream(lot_id)
    lots = {row.id: row for row in db.session.scalars(select(Lot).where(Lot.id.in_(ids)))}
    edges = genealogy.edges_into(ids)
    season_ids = {e.season_id for e in edges if e.season_id is not None}
    known = items.items_by_id(row.item_id for row in lots.values())
    item = known[lot.item_id]
    found = seasons.seasons_by_id(season_ids)
    wanted = {lot.producer_id, lot.holder_id, lot.sealer_id, lot.organisation_id, item.organisation_id}
    wanted |= {place.farmer_id for _, place in found.values()}
    return Background(
        lot=lot,
        item=item,
        upstream=lots,
        items=known,
        edges=edges,
        seasons=found,
        journals=seasons.journals(season_ids),
        evidence=gather(lot_id, ids),
        licence=licence_of(lot.sealer_id, item),
        organisations=organisations.views(sorted(wanted)),
    )


def _plot_facts(season: Season, place: Place, back: Background) -> rules.PlotFacts:
    journal = back.journals[season.id]
    return rules.PlotFacts(
        plot=place.code,
        season=season.code,
        species=season.species,
        village=place.village,
        has_point=place.latitude is not None,
        entries=season_rules.effective(journal),
        harvested_on=back.days_of(season.id),
        taken_g=genealogy.allocated(season.id),
        harvested_g=season_rules.harvest_by_day(journal),
    )


def intervals_of(back: Background) -> list[season_rules.Interval]:
    """Every spray of the seasons behind the lot measured against the harvest days that feed it."""
    return [
        interval
        for season_id, entries in sorted(back.journals.items())
        for interval in season_rules.intervals(entries, back.days_of(season_id))
    ]


def _free_texts(back: Background) -> list[str]:
    texts = [back.lot.storage_method, back.item.name]
    texts += [place.village for _, place in back.seasons.values()]
    for entries in back.journals.values():
        for e in season_rules.effective(entries):
            texts += [e.summary, e.input_name, e.source, e.usage, e.amount, e.correction_reason]
    return [t for t in texts if t]


def lot_facts(back: Background) -> rules.LotFacts:
    """What the gates read."""
    lot = back.lot
    certificate = back.evidence.certificate
    return rules.LotFacts(
        mass_g=lot.mass_g,
        packing_loss_g=lot.packing_loss_g,
        used_g=lot.used_g,
        lost_g=lot.lost_g,
        incoming_g=sum(e.mass_g for e in back.edges if e.to_lot_id == lot.id),
        plots=[_plot_facts(season, place, back) for season, place in _ordered(back)],
        bans=seasons.banned_rows(),
        intervals=intervals_of(back),
        certificate_no=certificate.number if certificate else "",
        tests=[
            rules.ReportFacts(
                r.report_no,
                r.laboratory,
                r.reported_on,
                [(x.substance, x.judgement) for x in r.results if not x.superseded_by],
            )
            for r in back.evidence.reports
        ],
        licence_no=back.licence.licence_no if back.licence else "",
        free_texts=_free_texts(back),
        made_on=lot.made_on,
        packed=lot.unit == "piece",
        is_part=lot.root_id is not None,
        outside=_outside(back),
    )


def _outside(back: Background) -> list[str]:
    ids = [e.outside_id for e in back.edges if e.outside_id is not None]
    if not ids:
        return []
    from sqlalchemy import select

    rows = db.session.scalars(select(Outside).where(Outside.id.in_(ids)).order_by(Outside.id))
    return [f"{row.supplier}，{row.received_on:%Y-%m-%d} 购进 {rules.kg(row.mass_g)} kg" for row in rows]


def _ordered(back: Background) -> list[tuple[Season, Place]]:
    return sorted(back.seasons.values(), key=lambda pair: (pair[0].code, pair[0].id))


def load_lot_facts(lot: Lot, *_engine: object) -> rules.LotFacts:
    """The workflow engine's loader; the row is locked by then."""
    return lot_facts(load_background(lot.id))


def sealing_checks(lot_id: int) -> list[rules.CheckLine]:
    """The list before sealing, passed lines too, in the order a person works through them."""
    return rules.checks(lot_facts(load_background(lot_id)))


def sealing_unmet(lot_id: int) -> list[Unmet]:
    """Every gate of sealing that is not passed; empty means that the lot may be sealed."""
    return rules.gates(lot_facts(load_background(lot_id)))


def sealing_facts(lot_id: int) -> dict[str, Any]:
    """``credentialSubject`` and ``relatedResource`` exactly as ``docs/record-format.md`` says."""
    from trace.lot.subject import build

    return build(load_background(lot_id))


def harvest_days(back: Background) -> Sequence[date]:
    """Every harvest day that feeds the lot, in order."""
    return sorted({e.harvested_on for e in back.edges if e.harvested_on is not None})
