"""What the event store knows beyond our own lots: steps that partners captured, and the EPCIS document of a trace.

Our own deeds stand in the lot tables and are drawn from there; here only links are added that lead to things which are no
lots of this platform.  Units are not walked one by one: a lot's class says enough, its boxes are told by their series.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import RuleBroken
from trace.event import graph as walk
from trace.event.answers import events_and_context, shown
from trace.event.document import document_of
from trace.event.facets import canonical, class_of, key_of
from trace.event.models import Context, Event
from trace.event.queries import Row
from trace.lot import queries as lots
from trace.lot.models import Lot

DEEPEST, MOST, MOST_EVENTS = 12, 400, 20_000
WORDS = {
    "ObjectEvent": "登记", "AggregationEvent": "装入", "TransformationEvent": "加工", "TransactionEvent": "交易",
    "AssociationEvent": "绑定",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the goods that partners captured: canonical URIs of both ends, grams where the event says a mass."""

    source: str
    target: str
    deed: str
    at: datetime
    mass_g: int
    pieces: int | None
    organisation_id: int


def steps(uris: Iterable[str], organisations: Sequence[int] | None, *, forward: bool) -> list[Step]:
    """The steps from (or to) these URIs, some levels deep, of the organisations the reader may see (None: all)."""
    front = {key_of(canonical(uri)) for uri in uris}
    seen, found = set(front), []
    for _ in range(DEEPEST):
        edges = (walk.edges_from if forward else walk.edges_to)(front, organisations)
        edges = [e for e in edges if not e.declared]
        names = walk.uris_of({e.source for e in edges} | {e.target for e in edges})
        front = set()
        for edge in edges:
            step = _step(edge, names)
            if step is None:
                continue
            found.append(step)
            far = edge.target if forward else edge.source
            if far not in seen:
                seen.add(far)
                front.add(far)
        if not front or len(seen) > MOST:
            break
    return list({(s.source, s.target, s.at): s for s in found}.values())


def _step(edge: walk.Edge, names: Mapping[UUID, str]) -> Step | None:
    source, target = names.get(edge.source), names.get(edge.target)
    if source is None or target is None or class_of(source) == target or class_of(target) == source:
        return None
    quantity, uom = edge.target_quantity, edge.target_uom
    if quantity is None:
        quantity, uom = edge.source_quantity, edge.source_uom
    grams = int(quantity * 1000) if quantity is not None and uom == "KGM" else 0
    pieces = int(quantity) if quantity is not None and uom is None and quantity == int(quantity) else None
    return Step(source, target, WORDS.get(edge.type, "事件"), edge.event_time, grams, pieces, edge.organisation_id)


def own_lots(uris: Iterable[str]) -> set[str]:
    """Those of the canonical URIs that name a lot of this platform, whoever's it is."""
    wanted = set(uris)
    numbers = {uri.rpartition("/")[2] for uri in wanted}
    ids = db.session.scalars(select(Lot.id).where(Lot.lot_no.in_(numbers))).all() if numbers else []
    return wanted & {canonical(view.uri) for view in lots.lots_by_id(ids).values()}


def short(uri: str) -> str:
    """The readable end of an identifier."""
    parts = [part for part in uri.rstrip("/").split("/") if part]
    return " ".join(parts[-2:])[-40:] if len(parts) > 1 else uri[-40:]


def epcis_document(uris: Iterable[str], organisations: Sequence[int] | None) -> dict[str, Any]:
    """Every stored event that names one of these URIs, as one EPCIS 2.0 document, oldest first; RuleBroken when too many."""
    keys = {key_of(canonical(uri)) for uri in uris}
    ids = walk.events_naming(keys, most=MOST_EVENTS + 1)
    if len(ids) > MOST_EVENTS:
        raise RuleBroken("事件太多，一个文件装不下。", code="graph.too_many_events", help="从更靠后的批次分几次导出。")
    query = select(Event, Context.value).outerjoin(Context, Context.id == Event.context_id).where(Event.id.in_(ids))
    if organisations is not None:
        query = query.where(Event.organisation_id.in_(list(organisations)))
    places = {row_id: n for n, row_id in enumerate(ids)}
    found = sorted(db.session.execute(query).all(), key=lambda pair: places[pair[0].id])
    rows = [
        Row(e.id, e.event_id, e.organisation_id, e.event_time, e.record_time, e.payload, context, True)
        for e, context in found
    ]
    events, context = events_and_context(shown(rows))
    return document_of(events, context, _stamp(clock.now()))


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
