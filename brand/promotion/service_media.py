"""The media library: materials with their rights, and the log of who took what."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

from sqlalchemy import func, or_, select

from brand.licence import queries as licences
from brand.matrix import queries as matrix
from brand.promotion import permissions, queries, rules_media
from brand.promotion.errors import MaterialNotFound
from brand.promotion.kit import kit_pdf
from brand.promotion.models import Material, MaterialDownload
from core import clock, identifiers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Denied, RuleBroken
from core.file.queries import files_by_id, read_bytes
from core.file.service import store
from core.record.service import record

if TYPE_CHECKING:
    from core.file.models import StoredFile


def add(
    actor: Actor,
    *,
    brand_id: int,
    kind: str,
    title: str,
    caption: str,
    credit: str,
    rights: str,
    audience: str,
    rights_note: str = "",
    rights_until: date | None = None,
    event_id: uuid.UUID | None = None,
    stream: BinaryIO | bytes | None = None,
    filename: str = "",
    link: str = "",
) -> Material:
    """Afterwards the material stands in the library; RuleBroken lists everything missing, nothing is stored then."""
    if not actor.can(permissions.MANAGE):
        raise Denied("素材由品牌办公室维护。", help="请换一个身份办理。")
    brand = matrix.get_brand(brand_id)
    if not brand.is_public:
        raise BadInput("请选公用品牌或县域品牌。", code="promotion.brand", field="brand_id")
    words = {k: identifiers.normalise_text(v) for k, v in (
        ("title", title), ("caption", caption), ("credit", credit), ("rights_note", rights_note),
    )}  # fmt: skip
    link = link.strip() if kind == "video" else ""
    facts = rules_media.MaterialFacts(
        kind=kind, rights=rights, rights_until=rights_until, audience=audience, link=link, has_file=stream is not None,
        **words,
    )  # fmt: skip
    if unmet := rules_media.faults(facts, clock.today()):
        raise RuleBroken(unmet=unmet)
    event = queries.load(event_id) if event_id is not None else None
    file = None
    if kind != "video" and stream is not None:
        file = store(
            stream, filename, kind="picture" if kind == "picture" else "document",
            owner_organisation_id=actor.organisation_id, actor=actor, public=audience == "public",
        )  # fmt: skip
    row = Material(
        brand_id=brand.id, event_id=event.id if event else None, kind=kind, rights=rights, rights_until=rights_until,
        audience=audience, link=link, file_id=file.id if file else None, **words,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # the audit row names it
    record("material.added", row, actor, title=row.title, rights=rights, sha256=file.sha256 if file else "")
    return row


def retire(row: Material, actor: Actor) -> None:
    """Afterwards nobody can take the material any more; who took it before stays on record."""
    if not actor.can(permissions.MANAGE):
        raise MaterialNotFound
    if row.active:
        row.active = False
        record("material.retired", row, actor, title=row.title)


def load(public_id: uuid.UUID) -> Material:
    """The material; MaterialNotFound otherwise."""
    row = db.session.scalar(select(Material).where(Material.public_id == public_id))
    if row is None:
        raise MaterialNotFound
    return row


def licensed_line(organisation_id: int | None) -> set[int]:
    """Ids of the brands an enterprise is licensed for today, and of those above them."""
    if organisation_id is None:
        return set()
    held = {v.brand_id for v in licences.licences_of(organisation_id) if v.in_force}
    return {b.id for brand_id in held for b in matrix.line(brand_id)}


def usable(actor: Actor) -> list[Material]:
    """The materials the actor may take today, newest first; without a licence the public ones."""
    query = select(Material).where(
        Material.active, or_(Material.rights_until.is_(None), Material.rights_until >= clock.today())
    )
    if not actor.can(permissions.VIEW):
        line = licensed_line(actor.organisation_id)
        query = query.where(or_(Material.audience == "public", Material.brand_id.in_(line)))
    return list(db.session.scalars(query.order_by(Material.id.desc()).limit(200)))


def everything() -> list[tuple[Material, int]]:
    """Every material with how often it was taken, newest first (the office's list)."""
    taken = (
        select(MaterialDownload.material_id, func.count().label("n")).group_by(MaterialDownload.material_id).subquery()
    )
    rows = db.session.execute(
        select(Material, func.coalesce(taken.c.n, 0))
        .outerjoin(taken, taken.c.material_id == Material.id)
        .order_by(Material.id.desc())
    )
    return [(row[0], int(row[1])) for row in rows]


def take(row: Material, actor: Actor) -> tuple[StoredFile, bytes]:
    """The file of a material and its bytes; who took it is on record.  MaterialNotFound where the actor may not."""
    office = actor.can(permissions.VIEW)
    _hold(actor)
    lock(row)
    fits = rules_media.usable(active=row.active, rights_until=row.rights_until, today=clock.today())
    if row.file_id is None or not fits or not rules_media.may_take(
        row.audience, row.brand_id, licensed_line(actor.organisation_id), office=office
    ):  # fmt: skip
        raise MaterialNotFound
    file = files_by_id([row.file_id])[row.file_id]
    _log(actor, row.brand_id, row.id, file.sha256)
    return file, read_bytes(file)


def take_kit(brand_key: str, actor: Actor) -> bytes:
    """The press-ready brand kit of a public brand, for its licensees and the office; who took it is on record."""
    _hold(actor)
    brand = matrix.by_key(brand_key)
    licensed = brand.id in licensed_line(actor.organisation_id)
    if not brand.is_public or not (actor.can(permissions.VIEW) or licensed):
        raise MaterialNotFound
    pdf = kit_pdf(brand)
    _log(actor, brand.id, None, hashlib.sha256(pdf).hexdigest())
    return pdf


def _hold(actor: Actor) -> None:
    """A suspension or withdrawal comes wholly before the taking, or after its commit; the office needs no licence."""
    if actor.organisation_id is not None and not actor.can(permissions.VIEW):
        licences.hold(actor.organisation_id)


def _log(actor: Actor, brand_id: int, material_id: int | None, sha256: str) -> None:
    db.session.add(
        MaterialDownload(
            brand_id=brand_id,
            material_id=material_id,
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
            sha256=sha256,
            at=clock.now(),
        )
    )


def downloads(material_ids: Sequence[int]) -> list[MaterialDownload]:
    """Who took the materials, latest first."""
    query = select(MaterialDownload).where(MaterialDownload.material_id.in_(material_ids))
    return list(db.session.scalars(query.order_by(MaterialDownload.id.desc()).limit(500)))
