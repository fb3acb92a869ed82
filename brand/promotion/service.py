"""An event is planned, announced, held and checked; only then it counts.  Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from sqlalchemy import func, select

from brand.matrix import queries as matrix
from brand.promotion import permissions, queries, rules, rules_media
from brand.promotion.errors import EventNotFound
from brand.promotion.models import Enrolment, EventEvidence, EventResult, PromotionEvent
from core import clock, identifiers, numbers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, RuleBroken
from core.file.service import store
from core.notice.service import send
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move

TEXTS = ("title", "title_en", "host", "venue", "hours", "phone")
LONG_TEXTS = ("introduction", "introduction_en", "etown_content", "summary")
CLOSED = ("evidence_checked", "cancelled")


def plan(actor: Actor, **values: Any) -> PromotionEvent:
    """Afterwards a new event of the actor's office is in preparation under a gap-free number."""
    if not actor.can(permissions.MANAGE) or actor.organisation_id is None:
        raise Denied("活动由品牌办公室或 e 镇办公室登记。", help="请换一个身份办理。")
    year = clock.today().year
    event = PromotionEvent(
        event_no=f"HD-{year}-{numbers.gap_free('promotion', year):03d}", office_id=actor.organisation_id,
        **_clean(values),
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()  # the audit row names it
    record("promotion.planned", event, actor, event_no=event.event_no, kind=event.kind)
    return event


def change(event: PromotionEvent, actor: Actor, **values: Any) -> PromotionEvent:
    """Afterwards the event says what was given; its kind stays once announced, its capacity holds every seat taken."""
    _open(event, actor)
    clean = _clean(values)
    if event.state != "draft" and clean["kind"] != event.kind:
        raise BadInput(
            "活动公布以后不能换类别。", code="promotion.kind", field="kind", help="登记错了就取消，另登记一个。"
        )
    highest = db.session.scalar(select(func.max(Enrolment.seat_no)).where(Enrolment.event_id == event.id)) or 0
    if highest and (clean["capacity"] or 0) < highest:
        raise BadInput(
            f"已经给出第 {highest} 号展位，展位数不能少于 {highest}。", code="promotion.capacity", field="capacity",
            help="先请排在后面的企业退出，再减少展位。",
        )  # fmt: skip
    for key, value in clean.items():
        setattr(event, key, value)
    if event.state != "draft":
        facts = _facts(event, clock.now(), None)
        if unmet := rules.plan_complete(facts):
            raise RuleBroken(unmet=unmet)
    record("promotion.changed", event, actor, event_no=event.event_no)
    db.session.flush()  # a database refusal is told on this form
    from brand.promotion.service_places import fill

    fill(event)
    return event


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an event's form, normalised and in range; BadInput naming the field."""
    clean = dict(values)
    for key in TEXTS:
        clean[key] = identifiers.normalise_text(clean.get(key) or "")
    for key in LONG_TEXTS:
        clean[key] = identifiers.normalise_text(clean.get(key) or "", multiline=True)
        if len(clean[key]) > rules.TEXT_LIMIT:
            raise BadInput(f"最多 {rules.TEXT_LIMIT:,} 字，请删短。", code="promotion.long", field=key)
    for key, known in (("kind", rules.KINDS), ("level", rules.LEVELS), ("part", rules.PARTS)):
        if clean.get(key) not in known:
            raise BadInput("请从列表里选。", code=f"promotion.{key}", field=key)
    if not clean["title"]:
        raise BadInput("还没有写活动名称。", code="promotion.title", field="title")
    if clean["ends_on"] < clean["starts_on"]:
        raise BadInput("结束日期早于开始日期。", code="promotion.days", field="ends_on", help="一天的活动填同一天。")
    capacity = clean.get("capacity")
    if capacity is not None and not 0 < capacity <= rules.MAX_CAPACITY:
        raise BadInput(
            f"展位数在 1 到 {rules.MAX_CAPACITY:,} 之间；不用报名就留空。", code="promotion.capacity", field="capacity"
        )
    clean["capacity"], clean["licensed_only"] = capacity, bool(clean.get("licensed_only"))
    clean["enrol_until"] = clean.get("enrol_until")
    brand_id = clean.get("brand_id") or None
    if brand_id is not None and not matrix.get_brand(int(brand_id)).is_public:
        raise BadInput("请选公用品牌或县域品牌。", code="promotion.brand", field="brand_id")
    clean["brand_id"] = int(brand_id) if brand_id is not None else None
    return clean


def add_evidence(
    event: PromotionEvent,
    actor: Actor,
    *,
    kind: str,
    caption: str,
    stream: BinaryIO | bytes | None = None,
    filename: str = "",
    link: str = "",
    made_on: date | None = None,
) -> EventEvidence:
    """Afterwards the file or link stands among the event's evidence, with who added it."""
    _open(event, actor)
    if kind not in rules.EVIDENCE:
        raise BadInput("请选一种材料。", code="promotion.evidence_kind", field="kind")
    caption, link = identifiers.normalise_text(caption), link.strip()
    if not caption:
        raise BadInput("写一句说明。", code="promotion.caption", field="caption", help="写清是什么、哪天、谁出具。")
    if (stream is None) == (not link):
        raise BadInput(
            "文件和网址填一样。", code="promotion.file_or_link", field="file", help="有文件就传文件，没有文件填网址。"
        )
    if link and not rules_media.sound_link(link):
        raise BadInput("网址要以 https 开头。", code="promotion.link", field="link", help="从浏览器地址栏复制。")
    if made_on is not None and made_on > clock.today():
        raise BadInput("材料的日期还没有到。", code="promotion.made_on", field="made_on", help="核对材料上的日期。")
    file = None
    if stream is not None:
        data = stream if isinstance(stream, bytes) else stream.read()
        file = store(
            data, filename, kind="document" if data.startswith(b"%PDF") else "picture",
            owner_organisation_id=actor.organisation_id, actor=actor,
        )  # fmt: skip
    row = EventEvidence(
        event_id=event.id, kind=kind, file_id=file.id if file else None, link=link, caption=caption, made_on=made_on,
        added_at=clock.now(), added_by=actor.person_key,
    )  # fmt: skip
    db.session.add(row)
    event.version += 1
    record("promotion.evidence_added", event, actor, kind=kind, sha256=file.sha256 if file else "", link=link)
    db.session.flush()  # the page shows it at once
    return row


def remove_evidence(event: PromotionEvent, actor: Actor, evidence_id: int) -> None:
    """Afterwards the evidence no longer counts for the event (stored bytes stay)."""
    _open(event, actor)
    row = db.session.get(EventEvidence, evidence_id)
    if row is None or row.event_id != event.id:
        raise EventNotFound
    db.session.delete(row)
    event.version += 1
    record("promotion.evidence_removed", event, actor, kind=row.kind, caption=row.caption)


def require_seat(event: PromotionEvent, actor: Actor) -> None:
    """Raises EventNotFound where the actor is neither the organiser nor of an enterprise that has a place."""
    if actor.can(permissions.MANAGE):
        return
    place = queries.enrolment_of(event.id, actor.organisation_id)
    if place is None or place.state not in rules.SEATED:
        raise EventNotFound


def add_result(
    event: PromotionEvent,
    actor: Actor,
    *,
    kind: str,
    quantity: int | None = None,
    amount_fen: int | None = None,
    source_kind: str,
    source: str,
    note: str = "",
) -> EventResult:
    """Afterwards the figure stands with its source: of the enterprise that came, or of the event, told by the organiser."""
    office = actor.can(permissions.MANAGE)
    require_seat(event, actor)
    if not office:
        source_kind = "self"
    db.session.flush()
    lock(event)
    if event.state not in ("enrolling", "held"):
        raise Conflict("这个活动的成果已经定下，不能再填。", code="promotion.closed", help="要更正请联系主办单位。")
    if clock.today() < event.starts_on:
        raise Conflict("活动还没有开始。", code="promotion.early", help="开始以后再填成果。")
    source = identifiers.normalise_text(source)
    if unmet := rules.result_faults(kind, quantity, amount_fen, source_kind, source):
        raise RuleBroken(unmet=unmet)
    if max(quantity or 0, amount_fen or 0) > rules.MAX_FEN or min(quantity or 0, amount_fen or 0) < 0:
        raise BadInput("数字太大或者是负数，请核对。", code="promotion.figure", field="quantity")
    row = EventResult(
        event_id=event.id, organisation_id=None if office else actor.organisation_id, kind=kind, quantity=quantity,
        amount_fen=amount_fen, source_kind=source_kind, source=source, note=identifiers.normalise_text(note),
        recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    record("promotion.result_added", event, actor, kind=kind, quantity=quantity, amount_fen=amount_fen)
    db.session.flush()  # the page shows it at once
    return row


def remove_result(event: PromotionEvent, actor: Actor, result_id: int) -> None:
    """Afterwards the figure is taken back by the side that gave it, while the event is not checked."""
    row = db.session.get(EventResult, result_id)
    office = actor.can(permissions.MANAGE)
    own = row is not None and row.event_id == event.id and (
        row.organisation_id is None if office else row.organisation_id == actor.organisation_id
    )  # fmt: skip
    if row is None or not own:
        raise EventNotFound
    lock(event)
    if event.state in CLOSED:
        raise Conflict("这个活动的成果已经定下，不能再改。", code="promotion.closed", help="要更正请联系主办单位。")
    db.session.delete(row)
    record("promotion.result_removed", event, actor, kind=row.kind, quantity=row.quantity, amount_fen=row.amount_fen)


def move(event: PromotionEvent, actor: Actor, key: str, reason: str = "") -> None:
    """Afterwards the move was made; the engine checks who may and what is missing."""
    fire(rules.EVENT, event, key, actor, reason=reason)


def _open(event: PromotionEvent, actor: Actor) -> None:
    if not actor.can(permissions.MANAGE):
        raise Denied("活动由品牌办公室或 e 镇办公室登记和修改。", help="请换一个身份办理。")
    db.session.flush()  # the page's version stamp counted up; locking reads the row anew
    lock(event)
    if event.state in CLOSED:
        raise Conflict(
            "活动已经核定或取消，不能再改。", code="promotion.closed", help="要改，请核对人先撤回计入，写明理由。"
        )


# --- what the engine asks -----------------------------------------------------------------------------------------------


def load_facts(
    event: PromotionEvent, _move: Move, actor: Actor, now: datetime, _payload: Mapping[str, Any]
) -> rules.EventFacts:
    """What the guards decide on, read under the row lock."""
    return _facts(event, now, actor)


def _facts(event: PromotionEvent, now: datetime, actor: Actor | None) -> rules.EventFacts:
    given = queries.evidence(event.id)
    brand = matrix.get_brand(event.brand_id) if event.brand_id is not None else None
    return rules.EventFacts(
        today=clock.local(now).date(),
        kind=event.kind,
        title=event.title,
        level=event.level,
        venue=event.venue,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        enrol_until=event.enrol_until,
        last_moment=datetime.combine(event.ends_on + timedelta(days=1), time(), tzinfo=clock.SHANGHAI),
        capacity=event.capacity,
        public_brand=brand is not None and brand.is_public,
        etown_content=event.etown_content,
        summary=event.summary,
        evidence=tuple(e.kind for e in given),
        checker_added=actor is not None and any(e.added_by == actor.person_key for e in given),
        open_places=db.session.scalar(
            select(func.count()).where(Enrolment.event_id == event.id, Enrolment.state == "confirmed")
        )
        or 0,
    )


def on_announced(event: PromotionEvent, ctx: MoveContext) -> None:
    """Effect: the event stands in the public calendar from now on."""
    with db.session.no_autoflush:  # the CHECK wants state and moment together
        event.announced_at = ctx.now
    db.session.flush()


def on_checked(event: PromotionEvent, ctx: MoveContext) -> None:
    """Effect: the event counts in its indicator from now on."""
    with db.session.no_autoflush:  # the CHECK wants state and moment together
        event.checked_at = ctx.now
    db.session.flush()


def on_uncounted(event: PromotionEvent, _ctx: MoveContext) -> None:
    """Effect: the event counts no longer."""
    with db.session.no_autoflush:
        event.checked_at = None
    db.session.flush()


def on_cancelled(event: PromotionEvent, ctx: MoveContext) -> None:
    """Effect: whoever enrolled is told, with the reason."""
    for place in queries.enrolments(event.id):
        if place.state in ("waiting", "confirmed"):
            send(
                title=f"活动取消：{event.title}", body=ctx.reason, link=f"/promotion/{event.public_id}",
                to_organisation_id=place.organisation_id,
            )  # fmt: skip


EFFECTS = {"announce": on_announced, "check": on_checked, "uncount": on_uncounted, "cancel": on_cancelled}
