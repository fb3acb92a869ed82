"""Tell the events room of a print run: how many codes of which lot, with the logged root; never the serials themselves."""

from __future__ import annotations

from core.account.actor import Actor
from trace.code.models import Series
from trace.event import service as events
from trace.event.steps import Amount, Labelled
from trace.lot import queries as lots
from trace.lot.models import Lot
from trace.lot.telling import where


def issued(series: Series, lot: Lot, root: bytes | None, actor: Actor) -> None:
    """Afterwards the series is an event of its lot; serials are what labels are copied from, so they stay out of it."""
    facts = Labelled(
        host=events.host(), at=series.issued_at, read_point=where(lot.place_id, lot.organisation_id),
        amounts=(Amount(lots.lot_by_id(lot.id).uri, pieces=series.unit_count),),
        series=f"{events.host()}/series/{series.public_id}", root=root.hex() if root else None,
    )  # fmt: skip
    events.record_step("label_series", facts, series.organisation_id, actor)
