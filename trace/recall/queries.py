"""Reads of recalls: lists by reader, the figures of one, what the public sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput
from trace.graph import queries as graph
from trace.lot import queries as lots
from trace.lot.models import Lot
from trace.lot.permissions import OVERSEE as OVERSEE_LOTS
from trace.lot.queries import LotView
from trace.recall import rules
from trace.recall.errors import RecallNotFound
from trace.recall.models import Party, Recall, RecallLot, Recovery
from trace.recall.permissions import OVERSEE
from trace.recall.rules import Effectiveness, LotLine, Notice

PUBLIC_STATES = ("running", "reported", "closed")


def visible(recall: Recall, actor: Actor) -> bool:
    """Whether the actor may see the recall: its enterprise, or an overseer."""
    return actor.is_system or actor.can(OVERSEE) or recall.organisation_id == actor.organisation_id


def get(public_id: UUID, actor: Actor) -> Recall:
    """The recall, if the actor may see it; RecallNotFound otherwise."""
    found = db.session.scalar(select(Recall).where(Recall.public_id == public_id))
    if found is None or not visible(found, actor):
        raise RecallNotFound()
    return found


def by_number(recall_no: str) -> Recall:
    """A recall the public may read; RecallNotFound while it is not approved."""
    found = db.session.scalar(select(Recall).where(Recall.recall_no == recall_no.strip().upper()))
    if found is None or found.state not in PUBLIC_STATES:
        raise RecallNotFound()
    return found


def table_for(actor: Actor) -> Select[Any]:
    """The recalls the actor may see, for a table."""
    query = select(Recall)
    return query if actor.can(OVERSEE) else query.where(Recall.organisation_id == (actor.organisation_id or 0))


def owners() -> list[int]:
    """Every enterprise that has a recall, once for a whole screen."""
    return list(db.session.scalars(select(Recall.organisation_id).distinct()))


def published() -> Sequence[Recall]:
    """Recalls the public reads, running ones first, newest first."""
    return db.session.scalars(
        select(Recall)
        .where(Recall.state.in_(PUBLIC_STATES))
        .order_by(case((Recall.state == "closed", 1), else_=0), Recall.began_at.desc())
        .limit(200)
    ).all()


def open_recalls(organisation_id: int | None = None) -> Sequence[Recall]:
    """Recalls that wait for somebody: proposed, running or reported, oldest first."""
    query = select(Recall).where(Recall.state.in_(("proposed", "running", "reported"))).order_by(Recall.id)
    if organisation_id is not None:
        query = query.where(Recall.organisation_id == organisation_id)
    return db.session.scalars(query).all()


def waiting_count() -> int:
    """How many recalls wait for the office."""
    return db.session.scalar(select(func.count(Recall.id)).where(Recall.state.in_(("proposed", "reported")))) or 0


def named_lots(recall_id: int) -> list[int]:
    """The lots somebody named, not those that only follow from them."""
    query = select(RecallLot.lot_id).where(RecallLot.recall_id == recall_id, RecallLot.depth == 0)
    return list(db.session.scalars(query.order_by(RecallLot.lot_id)))


def lines(recall_id: int) -> list[LotLine]:
    """Every lot in scope with what left and where its grams are now; reversed recoveries do not count."""
    back = aliased(Recovery)
    sums: dict[int, dict[str, int]] = {}
    rows = db.session.execute(
        select(Recovery.lot_id, Recovery.kind, func.sum(Recovery.mass_g))
        .where(
            Recovery.recall_id == recall_id,
            Recovery.reverses_id.is_(None),
            ~select(back.id).where(back.reverses_id == Recovery.id).exists(),
        )
        .group_by(Recovery.lot_id, Recovery.kind)
    )
    for lot_id, kind, grams in rows:
        sums.setdefault(lot_id, {})[f"{kind}_g"] = int(grams)
    scope = db.session.scalars(
        select(RecallLot).where(RecallLot.recall_id == recall_id).order_by(RecallLot.depth, RecallLot.lot_id)
    ).all()
    views = lots.lots_by_id(row.lot_id for row in scope)
    return [
        LotLine(row.lot_id, views[row.lot_id].lot_no, row.mass_g, row.gone_g, **sums.get(row.lot_id, {}))
        for row in scope
    ]


@dataclass(frozen=True, slots=True)
class RecallPage:
    """Everything one page shows."""

    recall: Recall
    lines: tuple[LotLine, ...]
    views: dict[int, LotView]
    parties: tuple[Party, ...]
    more_parties: int
    recoveries: tuple[Recovery, ...]
    reversed: frozenset[int]
    figures: Effectiveness


def page(recall: Recall, *, most: int = 300) -> RecallPage:
    """The page of a recall; untold parties come first."""
    found = lines(recall.id)
    counts = db.session.execute(
        select(
            func.count(), func.count().filter(Party.told_at.is_not(None)),
            func.count().filter(Party.told_at.is_not(None), Party.channel != ""),
        ).where(Party.recall_id == recall.id)
    ).one()  # fmt: skip
    parties = db.session.scalars(
        select(Party).where(Party.recall_id == recall.id).order_by(Party.told_at.is_not(None), Party.id).limit(most)
    ).all()
    recoveries = db.session.scalars(
        select(Recovery).where(Recovery.recall_id == recall.id).order_by(Recovery.id.desc())
    ).all()
    return RecallPage(
        recall, tuple(found), lots.lots_by_id(line.lot_id for line in found), tuple(parties), max(0, counts[0] - most),
        tuple(recoveries), frozenset(r.reverses_id for r in recoveries if r.reverses_id is not None),
        rules.effectiveness(found, parties=counts[0], told=counts[1], reached=counts[2]),
    )  # fmt: skip


def notice_of(recall: Recall) -> Notice:
    """What the public is told."""
    return Notice(
        recall_no=recall.recall_no, level=rules.LEVELS[recall.level][0], reason=recall.reason, action=recall.action,
        refund=recall.refund, phone=recall.phone, path=f"/recalls/{recall.recall_no}",
        since=clock.local(recall.began_at or recall.created_at).date(),
    )  # fmt: skip


def notice_for_lots(lot_ids: Sequence[int]) -> dict[int, Notice]:
    """The recall each lot stands in now, approved and not closed, for its code page and its order."""
    if not lot_ids:
        return {}
    rows = db.session.execute(
        select(RecallLot.lot_id, Recall)
        .join(Recall, Recall.id == RecallLot.recall_id)
        .where(RecallLot.lot_id.in_(lot_ids), Recall.state.in_(("running", "reported")))
        .order_by(Recall.id)
    )
    return {lot_id: notice_of(recall) for lot_id, recall in rows}


def over_for_lots(lot_ids: Sequence[int]) -> dict[int, str]:
    """The number of the closed recall each lot stood in."""
    rows: Any = db.session.execute(
        select(RecallLot.lot_id, Recall.recall_no)
        .join(Recall, Recall.id == RecallLot.recall_id)
        .where(RecallLot.lot_id.in_(list(lot_ids)), Recall.state == "closed")
        .order_by(Recall.id)
    )
    return dict(tuple(row) for row in rows)


def lots_typed(words: str, actor: Actor) -> list[int]:
    """The lots named one a line, by number or by a scanned address; BadInput naming the line that fits none, or two."""
    found: list[int] = []
    for line in words.splitlines():
        typed = line.strip()
        if typed:
            found.append(_lot_typed(typed, actor))
    return list(dict.fromkeys(found))


def _lot_typed(typed: str, actor: Actor) -> int:
    if "/" in typed:
        lot = graph.find(typed, actor)
        if lot is not None:
            return lot.id
    query = select(Lot.id).where(Lot.lot_no == typed.upper(), Lot.state != "cancelled")
    if not actor.can(OVERSEE_LOTS):
        query = query.where(Lot.organisation_id == (actor.organisation_id or 0))
    ids = db.session.scalars(query.limit(2)).all()
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise BadInput(
            f"批号 {typed} 不止一个商品项在用，分不清是哪一个。", code="recall.lot_ambiguous", field="lots",
            help="改为粘贴那一批标签二维码里的地址。",
        )  # fmt: skip
    raise BadInput(
        f"没有批号 {typed[:40]}，或不是你能看的批次。",
        code="recall.lot_unknown",
        field="lots",
        help="对照标签核对批号。",
    )
