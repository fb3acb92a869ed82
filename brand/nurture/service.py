"""An entry is written with its evidence, sent, and counted by another person.  Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from brand.matrix import queries as matrix
from brand.nurture import permissions, queries, rules
from brand.nurture.errors import TWICE, EnteredTwice, EntryNotFound
from brand.nurture.models import NurtureEntry, NurtureEvidence
from brand.promotion.rules_media import sound_link
from core import clock, identifiers, numbers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied
from core.file.service import store
from core.notice.service import send, send_to_desk
from core.organisation import queries as organisations
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move

EDITABLE = ("draft", "returned")


def enter(actor: Actor, *, kind: str, name: str, organisation_id: int | None = None) -> NurtureEntry:
    """Afterwards an entry is open: of the actor's enterprise, or of the one the brand office enters it for."""
    if not actor.can(permissions.ENTER) or actor.organisation_id is None:
        raise Denied("由企业或品牌办公室填报。", help="请换一个身份办理。")
    owner = organisation_id if actor.organisation_kind == "brand_office" else actor.organisation_id
    if owner is None or organisations.get_organisation(owner).kind != "enterprise":
        raise BadInput(
            "请填是哪家企业的。",
            code="nurture.organisation",
            field="organisation_code",
            help="填企业的统一社会信用代码。",
        )
    if kind not in rules.KINDS:
        raise BadInput("请选品牌或产品。", code="nurture.kind", field="kind")
    clean, year = _values(kind, owner, name=name), clock.today().year
    _single(kind, owner, clean)
    entry = NurtureEntry(
        entry_no=f"PY-{year}-{numbers.gap_free('nurture', year):03d}", kind=kind, organisation_id=owner,
        entered_by_id=actor.organisation_id, **clean,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()  # the audit row names it; a second entry collides here
    record("nurture.entered", entry, actor, entry_no=entry.entry_no, kind=kind, name=entry.name)
    return entry


def edit(entry: NurtureEntry, actor: Actor, **values: Any) -> NurtureEntry:
    """Afterwards the entry says what was given; only before it is sent, or after it came back."""
    _writable(entry, actor)
    clean = _values(entry.kind, entry.organisation_id, **values)
    _single(entry.kind, entry.organisation_id, clean, but=entry.id)
    for key, value in clean.items():
        setattr(entry, key, value)
    record("nurture.edited", entry, actor, name=entry.name)
    db.session.flush()  # a database refusal is told on this form
    return entry


def _values(
    kind: str, owner: int, *, name: str, brand_id: int | None = None, basis: str = "", since: date | None = None,
    link: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The values of an entry's form, normalised and in range; a brand's entry is named as the brand is."""
    link = link.strip()
    if link and not sound_link(link):
        raise BadInput("网址要以 https 开头。", code="nurture.link", field="link", help="从浏览器地址栏复制。")
    if kind == "product":
        brand_id = None
    elif brand_id is not None:
        brand = matrix.get_brand(brand_id)
        if brand.organisation_id != owner or brand.level != "enterprise":
            raise BadInput("请选这家企业自己登记的品牌。", code="nurture.brand", field="brand_id")
        name = brand.name
    name, basis = identifiers.normalise_text(name), identifiers.normalise_text(basis, multiline=True)
    if not 2 <= len(name) <= rules.NAME_LIMIT:
        raise BadInput(f"名称写 2 到 {rules.NAME_LIMIT} 个字。", code="nurture.name", field="name")
    if len(basis) > rules.TEXT_LIMIT:
        raise BadInput(f"最多 {rules.TEXT_LIMIT} 字，请删短。", code="nurture.basis", field="basis")
    return {"name": name, "basis": basis, "since": since, "link": link, "brand_id": brand_id}


def _single(kind: str, owner: int, values: Mapping[str, Any], but: int | None = None) -> None:
    """Refuse a second live entry of one brand, or of one product name of an enterprise."""
    if kind == "brand" and values["brand_id"] is None:
        return
    query = select(NurtureEntry.entry_no).where(NurtureEntry.state.not_in(rules.GONE), NurtureEntry.kind == kind)
    if but is not None:
        query = query.where(NurtureEntry.id != but)
    if kind == "brand":
        query = query.where(NurtureEntry.brand_id == values["brand_id"])
    else:
        query = query.where(NurtureEntry.organisation_id == owner, NurtureEntry.name == values["name"])
    found = db.session.scalar(query.limit(1))
    if found is not None:
        raise EnteredTwice(TWICE, field="brand_id" if kind == "brand" else "name", help=f"看 {found}。")


def add_evidence(
    entry: NurtureEntry, actor: Actor, *, kind: str, stream: BinaryIO | bytes, filename: str, caption: str = ""
) -> NurtureEvidence:
    """Afterwards the file stands among the evidence of the entry, with who added it."""
    _writable(entry, actor)
    if kind not in rules.EVIDENCE:
        raise BadInput("请选一种材料。", code="nurture.evidence_kind", field="kind")
    if len(queries.evidence(entry.id)) >= rules.MAX_EVIDENCE:
        raise Conflict(
            f"最多 {rules.MAX_EVIDENCE} 份材料。", code="nurture.evidence_full", help="删去不用的，再加新的。"
        )
    data = stream if isinstance(stream, bytes) else stream.read()
    file = store(
        data, filename, kind="document" if data.startswith(b"%PDF") else "picture",
        owner_organisation_id=entry.organisation_id, actor=actor,
    )  # fmt: skip
    row = NurtureEvidence(
        entry_id=entry.id, kind=kind, file_id=file.id, caption=identifiers.normalise_text(caption)[: rules.CAPTION_LIMIT],
        added_at=clock.now(), added_by=actor.person_key,
    )  # fmt: skip
    db.session.add(row)
    entry.version += 1
    record("nurture.evidence_added", entry, actor, kind=kind, sha256=file.sha256)
    db.session.flush()  # the page shows it at once
    return row


def remove_evidence(entry: NurtureEntry, actor: Actor, evidence_id: int) -> None:
    """Afterwards the file no longer counts for the entry (stored bytes stay)."""
    _writable(entry, actor)
    row = db.session.get(NurtureEvidence, evidence_id)
    if row is None or row.entry_id != entry.id:
        raise EntryNotFound
    db.session.delete(row)
    entry.version += 1
    record("nurture.evidence_removed", entry, actor, kind=row.kind)


def move(entry: NurtureEntry, actor: Actor, key: str, reason: str = "") -> None:
    """Afterwards the move was made; the engine checks who may and what is missing."""
    fire(rules.ENTRY, entry, key, actor, reason=reason)


def _writable(entry: NurtureEntry, actor: Actor) -> None:
    if actor.organisation_id != entry.entered_by_id or not actor.can(permissions.ENTER):
        raise EntryNotFound
    db.session.flush()  # the page's version stamp counted up; locking reads the row anew
    lock(entry)
    if entry.state not in EDITABLE:
        raise Conflict("已经提交，不能再改。", code="nurture.closed", help="要改，请核对人退回补正。")


def load_facts(
    entry: NurtureEntry, _move: Move, actor: Actor, now: datetime, _payload: Mapping[str, Any]
) -> rules.EntryFacts:
    """What the guards decide on, read under the row lock."""
    return facts_of(entry, clock.local(now).date(), actor)


def facts_of(entry: NurtureEntry, today: date, actor: Actor) -> rules.EntryFacts:
    """What is known about an entry on a day, asked by ``actor``."""
    given = queries.evidence(entry.id)
    brand = matrix.get_brand(entry.brand_id) if entry.brand_id is not None else None
    return rules.EntryFacts(
        today=today,
        kind=entry.kind,
        name=entry.name,
        basis=entry.basis,
        since=entry.since,
        link=entry.link,
        brand_own=brand is not None and brand.organisation_id == entry.organisation_id,
        brand_active=brand is not None and brand.active,
        organisation_active=organisations.get_organisation(entry.organisation_id).is_active,
        evidence=tuple(e.kind for e in given),
        checker_added=any(e.added_by == actor.person_key for e in given),
    )


def on_submitted(entry: NurtureEntry, _ctx: MoveContext) -> None:
    """Effect: the brand office finds the entry in its inbox."""
    send_to_desk(
        "brand_office", title=f"待核对：{rules.KINDS[entry.kind]}“{entry.name}”", body=entry.entry_no,
        link=f"/brand/nurture/{entry.public_id}",
    )  # fmt: skip


def on_counted(entry: NurtureEntry, ctx: MoveContext) -> None:
    """Effect: the entry counts from now on, and whoever entered it is told."""
    with db.session.no_autoflush:  # the CHECK wants state and moment together
        entry.counted_at = ctx.now
    db.session.flush()
    _tell(entry, ctx.reason)


def on_removed(entry: NurtureEntry, ctx: MoveContext) -> None:
    """Effect: the entry counts no longer; the day it counted from stays."""
    with db.session.no_autoflush:  # the CHECK wants state and moment together
        entry.removed_at = ctx.now
    db.session.flush()
    _tell(entry, ctx.reason)


def on_answered(entry: NurtureEntry, ctx: MoveContext) -> None:
    """Effect of a return or a refusal: whoever entered it is told, with the reason."""
    _tell(entry, ctx.reason)


def _tell(entry: NurtureEntry, reason: str) -> None:
    for organisation_id in sorted({entry.entered_by_id, entry.organisation_id}):
        send(
            title=f"{rules.KINDS[entry.kind]}“{entry.name}”：{rules.ENTRY.label_of(entry.state)}", body=reason,
            link=f"/brand/nurture/{entry.public_id}", to_organisation_id=organisation_id,
        )  # fmt: skip


EFFECTS = {
    "submit": on_submitted,
    "count": on_counted,
    "return": on_answered,
    "refuse": on_answered,
    "remove": on_removed,
}
