"""Tell the events room of a stay in a cold store when the goods leave it: lowest, highest and last reading (storing)."""

from __future__ import annotations

from core.account.actor import Actor
from trace.event import service as events
from trace.event.steps import Amount, Reading, Stored
from trace.lot import queries as lots
from trace.lot.models import Lot
from trace.lot.telling import where
from trace.storage import queries, rules
from trace.storage.models import Entry


def left(lot: Lot, entry: Entry, actor: Actor) -> None:
    """Afterwards the stay with its readings is an event; where nothing was measured there is none to tell."""
    stay = next((s for s in queries.stays_of([lot.id]) if s.place_id == entry.place_id), None)
    if stay is None or stay.since >= entry.at:
        return
    limits = queries.limits_of([entry.place_id]).get(entry.place_id, {}).get("temperature", [])
    found: list[Reading] = []
    for logger in queries.loggers_of(lot.organisation_id, entry.place_id):
        points = queries.points(logger.id, "temperature", stay.since, entry.at)
        if not points:
            continue
        chosen = {p.at: p for p in (min(points, key=lambda p: p.value), max(points, key=lambda p: p.value), points[-1])}
        device = f"{events.host()}/logger/{logger.public_id}"
        for point in chosen.values():
            limit = rules.limit_at(limits, point.at)
            alarm = limit is not None and limit.outside(point.value)
            found.append(Reading(point.at, device, celsius=float(point.value), alarm=alarm))
    if not found:
        return
    view = lots.lot_by_id(lot.id)
    facts = Stored(
        host=events.host(), at=entry.at, read_point=where(entry.place_id, lot.organisation_id),
        amounts=(Amount(view.uri, grams=entry.mass_g),), readings=tuple(sorted(found, key=lambda r: (r.at, r.device or ""))),
    )  # fmt: skip
    events.record_step("cold_store", facts, lot.organisation_id, actor)
