"""Packs are made, released, retired; files are taken by licensees only, each time on record.  Never commits."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, text

from brand.certificate import queries as certificates
from brand.certificate.rules import standing
from brand.licence import queries as licences
from brand.mark import drawing, rules
from brand.mark.errors import MarkNotFound
from brand.mark.models import MarkDownload, MarkFile, MarkPack
from brand.matrix import queries as matrix
from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, DomainError, RuleBroken, Unmet
from core.file.queries import files_by_id, read_bytes
from core.file.service import store
from core.identifiers import normalise_text
from core.organisation import queries as organisations
from core.record.service import record

_SPACE = 0x594D4B
_WRITING = text("select pg_advisory_xact_lock(:space, :line)")
_TAKING = text("select pg_advisory_xact_lock_shared(:space, :line)")


def make_pack(actor: Actor, *, rules_text: str, brand_id: int | None = None, mark: str = rules.BRAND) -> MarkPack:
    """The next version of the pack of a brand or of a certification mark, not released yet."""
    _manager(actor)
    if mark not in rules.MARKS or (mark == rules.BRAND) != (brand_id is not None):
        raise BadInput("请从列表里选品牌或标志。", code="mark.which", field="which")
    name = matrix.get_brand(brand_id).name if brand_id is not None else rules.MARKS[mark]
    words = normalise_text(rules_text, multiline=True)
    if not words or len(words) > 4000:
        raise BadInput("使用规则填 1 到 4000 字。", code="mark.rules", field="rules_text")
    _hold_line(mark, brand_id)
    newest = db.session.scalar(select(func.max(MarkPack.number)).where(_of(mark, brand_id))) or 0
    pack = MarkPack(mark=mark, brand_id=brand_id, number=newest + 1, rules=words)
    db.session.add(pack)
    db.session.flush()
    record("mark.pack_made", pack, actor, of=name, number=pack.number)
    return pack


def add_file(
    pack: MarkPack, actor: Actor, *, title: str, purpose: str, stream: Any, filename: str,
    place: rules.Place = rules.NO_PLACE,
) -> MarkFile:  # fmt: skip
    """One more file (PNG, JPEG or PDF, by content) in a pack that is not released yet; with the code's fixed place."""
    _manager(actor)
    lock(pack)
    if pack.released_at is not None:
        raise Conflict("这一版已经发布，不能再加文件。", code="mark.released", help="要改就做新的一版。")
    name = normalise_text(title)
    if not name or len(name) > 60 or purpose not in rules.PURPOSES:
        raise BadInput("写明文件名称（60 字内）和用途。", code="mark.title", field="title")
    try:
        file = store(stream, filename, kind="artwork", owner_organisation_id=actor.organisation_id, actor=actor)
    except DomainError as wrong:
        raise BadInput(wrong.message, code=wrong.code, field="file", help=wrong.help) from wrong
    if wrong_place := rules.unsound_place(place, pack.mark, picture=file.media_type.startswith("image/")):
        raise BadInput(wrong_place, code="mark.place", field="code_left")
    row = MarkFile(
        pack_id=pack.id, file_id=file.id, title=name, purpose=purpose, code_left=place.left, code_top=place.top,
        code_width=place.width, code_height=place.height,
    )  # fmt: skip
    pack.files.append(row)
    pack.version += 1
    db.session.flush()
    record("mark.file_added", pack, actor, title=name, sha256=file.sha256)
    return row


def release(pack: MarkPack, actor: Actor) -> None:
    """The pack is what licensees get from now on; the version before it is no longer given out."""
    _manager(actor)
    _hold_line(pack.mark, pack.brand_id)
    lock(pack)
    if pack.released_at is not None:
        raise Conflict("这一版已经发布过。", code="mark.released", help="刷新页面；要改就做新的一版。")
    if not pack.files:
        raise BadInput("还没有文件，不能发布。", code="mark.empty", help="先上传至少一个文件。")
    pack.released_at, pack.released_by = clock.now(), actor.user_id
    pack.version += 1
    record("mark.released", pack, actor, number=pack.number)


def retire(pack: MarkPack, actor: Actor, reason: str) -> None:
    """Nobody gets the version any more; the reason stands."""
    _manager(actor)
    _hold_line(pack.mark, pack.brand_id)
    lock(pack)
    why = normalise_text(reason)[:200]
    if pack.released_at is None or pack.retired_at is not None:
        raise Conflict(
            "只有发布着的版本可以停用。",
            code="mark.not_released",
            help="没有发布的不用停用；已经停用的，刷新页面就能看到。",
        )
    if not why:
        raise BadInput("写明停用的理由，已经下载的企业会看到。", code="mark.reason", field="reason")
    pack.retired_at, pack.retired_reason = clock.now(), why
    pack.version += 1
    record("mark.retired", pack, actor, number=pack.number, reason=why)


def _manager(actor: Actor) -> None:
    if not actor.can(rules.MANAGE):
        raise MarkNotFound()


def _hold_line(mark: str, brand_id: int | None, *, taking: bool = False) -> None:
    """Until the commit the versions of one brand or mark stay as they are: a change waits for takings, and they for it."""
    line = brand_id or -1 - list(rules.MARKS).index(mark)
    db.session.execute(_TAKING if taking else _WRITING, {"space": _SPACE, "line": line})


def _of(mark: str, brand_id: int | None) -> ColumnElement[bool]:
    return and_(
        MarkPack.mark == mark, MarkPack.brand_id == brand_id if brand_id is not None else MarkPack.brand_id.is_(None)
    )


def current(mark: str, brand_id: int | None) -> MarkPack | None:
    """The version licensees get now, or None."""
    query = select(MarkPack).where(
        _of(mark, brand_id), MarkPack.released_at.is_not(None), MarkPack.retired_at.is_(None)
    )
    return db.session.scalar(query.order_by(MarkPack.number.desc()).limit(1))


def name_of(pack: MarkPack) -> str:
    """The brand or mark the pack is of."""
    return matrix.get_brand(pack.brand_id).name if pack.brand_id is not None else rules.MARKS[pack.mark]


def packs(actor: Actor) -> list[MarkPack]:
    """The packs the actor may see, by brand or mark and newest version first."""
    rows = db.session.scalars(select(MarkPack).order_by(MarkPack.brand_id, MarkPack.mark, MarkPack.number.desc()))
    if actor.can(rules.MANAGE):
        return list(rows)
    held = held_by(actor)
    return [p for p in rows if p.released_at is not None and rules.concerns(held, p.mark, p.brand_id)]


def pack_for(public_id: uuid.UUID, actor: Actor) -> MarkPack:
    """A pack: released ones are shown to who has or had a licence or certificate for it, the rest to the brand office."""
    pack = db.session.scalar(select(MarkPack).where(MarkPack.public_id == public_id))
    if pack is None:
        raise MarkNotFound()
    if actor.can(rules.MANAGE):
        return pack
    if pack.released_at is None or not rules.concerns(held_by(actor), pack.mark, pack.brand_id):
        raise MarkNotFound()
    return pack


def file_for(public_id: uuid.UUID, actor: Actor) -> tuple[MarkFile, MarkPack]:
    """A file with its pack, as far as the actor may see the pack."""
    row = db.session.scalar(select(MarkFile).where(MarkFile.public_id == public_id))
    if row is None:
        raise MarkNotFound()
    pack = db.session.get_one(MarkPack, row.pack_id)
    return row, pack_for(pack.public_id, actor)


def held_by(actor: Actor) -> list[rules.Held]:
    """Licences and certificates of the actor's organisation as of today, as the rule needs them."""
    if actor.organisation_id is None:
        return []
    made = [
        rules.Held(v.licence_no, rules.BRAND, v.brand_id, v.in_force, f"现在是“{v.state_label}”")
        for v in licences.licences_of(actor.organisation_id)
    ]
    holder = organisations.get_organisation(actor.organisation_id)
    today = clock.today()
    for row in certificates.rows_of(actor.organisation_id):
        stands = standing(row.state, row.valid_from, row.valid_until, today)
        live = stands.key in ("live", "soon") and not row.in_conversion
        why = "还在转换期" if row.in_conversion else f"现在是“{stands.label}”"
        made.append(rules.Held(row.number, row.kind, None, live, why, certificates.printed_code(row, holder)))
    return made


def watermark(pack: MarkPack, actor: Actor) -> str:
    """What stands across a preview: the number the reader may use it under, or that there is none."""
    held = held_by(actor)
    found = rules.authority(held, pack.mark, pack.brand_id)
    if found is not None:
        return found.number
    if actor.can(rules.MANAGE):
        return "品牌办公室预览"
    ended = next(h for h in held if rules.fits(h, pack.mark, pack.brand_id))
    return f"{ended.number} 已不在有效期"


def preview(row: MarkFile, pack: MarkPack, actor: Actor) -> bytes:
    """A small PNG with the watermark across it; MarkNotFound where the file is no picture."""
    file = files_by_id([row.file_id])[row.file_id]
    if not file.media_type.startswith("image/"):
        raise MarkNotFound()
    found = rules.authority(held_by(actor), pack.mark, pack.brand_id)
    data = read_bytes(file)
    if place_of(row).given:
        code = found.printed_code if found is not None else ""
        data = drawing.with_code(data, code or "统一社会信用代码", place_of(row), "image/png")
    return drawing.preview(data, watermark(pack, actor))


def place_of(row: MarkFile) -> rules.Place:
    """Where the user's code stands."""
    return rules.Place(row.code_left, row.code_top, row.code_width, row.code_height)


def unmet(pack: MarkPack, actor: Actor) -> list[Unmet]:
    """Everything that keeps the actor from taking files of the pack."""
    now = current(pack.mark, pack.brand_id)
    return rules.unmet_download(
        held_by(actor),
        pack.mark,
        pack.brand_id,
        retired=pack.retired_at is not None,
        current=now is not None and now.id == pack.id,
    )


def take(row: MarkFile, pack: MarkPack, actor: Actor) -> tuple[bytes, str, str]:
    """Bytes, name and type of the file, the user's code in its place, with the download on record.

    What it is taken under and the versions of the mark are held in share mode and judged again until the commit: a
    suspension, withdrawal or retirement comes wholly before (and nothing is handed out) or wholly after.
    RuleBroken without a live licence for the brand or a live certificate for the mark.
    """
    if actor.organisation_id is None:
        raise MarkNotFound()
    _hold_line(pack.mark, pack.brand_id, taking=True)
    if pack.brand_id is not None:
        licences.hold(actor.organisation_id, pack.brand_id)
    else:
        certificates.hold(actor.organisation_id, pack.mark)
    if missing := unmet(pack, actor):
        raise RuleBroken(unmet=missing)
    found = rules.authority(held_by(actor), pack.mark, pack.brand_id)
    assert found is not None
    file = files_by_id([row.file_id])[row.file_id]
    data = read_bytes(file)
    if place_of(row).given:
        data = drawing.with_code(data, found.printed_code, place_of(row), file.media_type)
    digest = hashlib.sha256(data).hexdigest()
    db.session.add(
        MarkDownload(
            mark_file_id=row.id, organisation_id=actor.organisation_id, user_id=actor.user_id, under_no=found.number,
            pack_number=pack.number, sha256=digest, at=clock.now(),
        )
    )  # fmt: skip
    record("mark.taken", pack, actor, file=row.title, under_no=found.number, sha256=digest)
    return data, file.filename, file.media_type


def downloads_of(pack: MarkPack, actor: Actor) -> list[tuple[MarkDownload, MarkFile]]:
    """Who took files of the pack, newest first; a licensee sees its own only."""
    query = (
        select(MarkDownload, MarkFile)
        .join(MarkFile, MarkFile.id == MarkDownload.mark_file_id)
        .where(MarkFile.pack_id == pack.id)
        .order_by(MarkDownload.id.desc())
        .limit(200)
    )
    if not actor.can(rules.MANAGE):
        query = query.where(MarkDownload.organisation_id == actor.organisation_id)
    return [(download, file) for download, file in db.session.execute(query)]
