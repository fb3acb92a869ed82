"""Tell the events room of a test report: which lot, judged how; no names, no readings (those stand in the record)."""

from __future__ import annotations

from collections.abc import Sequence

from core.account.actor import Actor
from trace.event import service as events
from trace.event.steps import Tested
from trace.inspection.models import Report
from trace.lot import queries as lots
from trace.lot.models import Lot
from trace.lot.telling import amount, happened_at, where

_BAD, _GOOD = {"over", "banned_detected"}, {"not_over"}


def verdict(judgements: Sequence[str]) -> bool | None:
    """Whether the goods conform; None where a result cannot be judged (no limit is never a pass)."""
    if _BAD & set(judgements):
        return False
    return True if set(judgements) == _GOOD else None


def reported(report: Report, lot: Lot, judgements: Sequence[str], actor: Actor) -> None:
    """Afterwards the report is an event of the lot."""
    facts = Tested(
        host=events.host(), at=happened_at(report.reported_on), read_point=where(lot.place_id, lot.organisation_id),
        amounts=(amount(lots.lot_by_id(lot.id)),), conformant=verdict(judgements),
        report=f"{events.host()}/report/{report.public_id}",
    )  # fmt: skip
    events.record_step("residue_test", facts, report.organisation_id, actor)
