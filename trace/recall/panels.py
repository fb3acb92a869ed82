"""What a recall says elsewhere: on the code page, in the linkset of a code, in the event store (hooks of the core)."""

from __future__ import annotations

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db
from core.hooks import CodeLink, RecallNotice
from trace.event import service as events
from trace.event.steps import Amount, Goods
from trace.lot import queries as lots
from trace.recall import queries
from trace.recall.models import Recall, RecallLot

WORDS = {
    "zh": {
        "running": "这批产品正在召回", "closed": "这批产品的召回已经结束", "began": "召回开始", "widened": "范围扩大", "over": "召回结束",
        "told": "已通知 {told} / {all} 个去向", "back": "已收回或处理 {kg} kg",
    },
    "en": {
        "running": "This product is being recalled", "closed": "The recall of this product is over", "began": "Recall began",
        "widened": "Scope widened", "over": "Recall over", "told": "{told} of {all} destinations told",
        "back": "{kg} kg back or destroyed",
    },
}  # fmt: skip


def _of_lot(lot_id: int) -> Recall | None:
    """The newest recall the public reads about this lot; a running one goes first."""
    return db.session.scalars(
        select(Recall)
        .join(RecallLot, RecallLot.recall_id == Recall.id)
        .where(RecallLot.lot_id == lot_id, Recall.state.in_(queries.PUBLIC_STATES))
        .order_by(Recall.state == "closed", Recall.id.desc())
        .limit(1)
    ).first()


def recall_facts(*, lot_id: int, lang: str) -> RecallNotice | None:
    """The red block of a recalled lot's code page; the enterprise's own words stay in the language they were written in."""
    recall = _of_lot(lot_id)
    if recall is None or recall.began_at is None:
        return None
    words = WORDS["en" if lang == "en" else "zh"]
    figures = queries.page(recall, most=0).figures
    back = (figures.mass_g - figures.open_g - figures.consumed_g) // 1000
    progress = [(_day(recall.began_at), words["began"], words["told"].format(told=figures.told, all=figures.parties))]
    if back:
        progress.append((_day(recall.closed_at or clock.now()), words["back"].format(kg=f"{back:,}"), ""))
    if recall.closed_at is not None:
        progress.append((_day(recall.closed_at), words["over"], recall.summary[:120]))
    return RecallNotice(
        title=words["closed" if recall.state == "closed" else "running"],
        reason=recall.reason,
        since=f"{clock.local(recall.began_at):%Y-%m-%d}",
        steps=(recall.action, recall.refund),
        phone=recall.phone,
        progress=tuple(progress),
        status_url=f"/recalls/{recall.recall_no}",
        over=recall.state == "closed",
    )


def _day(moment: object) -> str:
    return f"{clock.local(moment):%m-%d}"  # type: ignore[arg-type]


def code_links(*, item_id: int, lot_id: int | None, path: str) -> list[CodeLink]:
    """gs1:recallStatus of a lot that was ever recalled."""
    del item_id, path
    recall = _of_lot(lot_id) if lot_id is not None else None
    if recall is None:
        return []
    return [CodeLink("recallStatus", f"/recalls/{recall.recall_no}", "召回说明", "text/html", ("zh-CN",))]


def tell_events(recall: Recall, lot_ids: list[int], actor: Actor) -> None:
    """Afterwards one recall event per enterprise stands in the event store: the lots, held, persistently recalled."""
    views = lots.lots_by_id(lot_ids)
    by_owner: dict[int, list[Amount]] = {}
    for view in views.values():
        amount = Amount(view.uri, pieces=view.pieces) if view.is_packed else Amount(view.uri, grams=view.mass_g)
        by_owner.setdefault(view.organisation_id, []).append(amount)
    host = events.host()
    for owner, amounts in sorted(by_owner.items()):
        facts = Goods(
            host=host,
            at=recall.began_at or clock.now(),
            read_point=f"{host}/recalls/{recall.recall_no}",
            amounts=tuple(amounts),
        )
        events.record_step("recall", facts, owner, actor)
