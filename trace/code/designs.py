"""Versioned label designs of an organisation, and what a label of a series looks like.  Never commits."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from brand.certificate import queries as certificates
from brand.certificate import rules_claims
from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import Conflict, NotFound, RuleBroken
from core.file import queries as files
from core.hooks import ClaimText
from core.organisation.queries import get_organisation
from core.record.service import record
from trace.code import design_rules, layout, outputs, rules
from trace.code.models import Design, Series
from trace.item.models import Item
from trace.lot import marking
from trace.lot.licensing import licence_of
from trace.lot.models import Lot
from trace.signing.queries import record_for_lot

SAMPLE = rules.LabelFacts(
    name="富士苹果", net="净重 5 kg", grade="一等品", size="果径 80–85 mm", origin="临猗县示例镇示例村", producer="示例果业合作社",
    harvested="2026-10-12", packed="2026-10-17", lot_no="26101701", storage="0–4 ℃ 冷藏，至 2027-01-17",
    best_before="2027-01-17", phone="0359-4030000",
)  # fmt: skip
SAMPLE_PREFIX = "HTTPS://DEMO.YIDUN.EXAMPLE/ID/USCC/91140821MA0ABCDE1X/PROD/FJ-5KG/LOT/26101701/SER/"
LOGO_SIDE = 160  # dots; enough for 13 mm at 300 dpi
_LOCK = text("select pg_advisory_xact_lock(:space, :organisation)")


def save(actor: Actor, name: str, spec: design_rules.Spec) -> Design:
    """Afterwards the design has a new version that prints may use; RuleBroken lists what a phone or the law refuses."""
    assert actor.organisation_id is not None
    if spec.logo:
        files.visible_file(spec.logo, actor)
    made = preview(actor, spec)[0]
    lines = design_rules.checks(spec, made, sample_of(actor), licensed=True, claimed=claimed(actor, name, spec))
    if unmet := design_rules.unmet(lines):
        raise RuleBroken(unmet=unmet)
    db.session.execute(_LOCK, {"space": 0x59444C, "organisation": actor.organisation_id})
    newest = db.session.scalar(
        select(func.max(Design.version)).where(Design.organisation_id == actor.organisation_id, Design.name == name)
    )
    row = Design(
        organisation_id=actor.organisation_id, name=name, version=(newest or 0) + 1, content=spec.content(),
        made_at=clock.now(), made_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # the page shows it
    record("code.design_saved", row, actor, name=name, version=row.version)
    return row


def newest_of(organisation_id: int) -> list[Design]:
    """The newest version of each design of an organisation, by name."""
    rows = db.session.scalars(
        select(Design)
        .where(Design.organisation_id == organisation_id)
        .ext(distinct_on(Design.name))
        .order_by(Design.name, Design.version.desc())
    )
    return list(rows)


def versions(design: Design) -> list[Design]:
    """All versions of a design, newest first."""
    return list(
        db.session.scalars(
            select(Design)
            .where(Design.organisation_id == design.organisation_id, Design.name == design.name)
            .order_by(Design.version.desc())
        )
    )


def for_actor(public_id: uuid.UUID | str, actor: Actor) -> Design:
    """The design version; another organisation's is NotFound."""
    try:
        key = uuid.UUID(str(public_id))
    except ValueError:
        key = uuid.UUID(int=0)
    row = db.session.scalar(
        select(Design).where(Design.public_id == key, Design.organisation_id == actor.organisation_id)
    )
    if row is None:
        raise NotFound("没有找到这个版式。", code="code.design_not_found", help="从“标签版式”重新进入。")
    return row


def preview(actor: Actor, spec: design_rules.Spec) -> tuple[layout.Layout, layout.Wanted]:
    """A label of the design with sample words (mark as if licensed where it asks for one)."""
    wanted = layout.Wanted(
        layout.SIZES[spec.size],
        sample_of(actor),
        spec.lines,
        mark=spec.mark != "off",
        tail=spec.tail,
        logo=logo_dots(spec.logo, actor),
    )
    return layout.compose(wanted, outputs.batch(SAMPLE_PREFIX).size), wanted


def wanted_for(
    series: Series, spec: design_rules.Spec, actor: Actor | None, *, mark: bool, covered: bool
) -> layout.Wanted:
    """The label of a series in a design: the words of its sealed record, the telephone of the organisation."""
    lot = db.session.get_one(Lot, series.lot_id)
    phone = get_organisation(series.organisation_id).public_phone
    facts = replace(facts_of(series), phone=phone, marks=marking.line(lot))
    return layout.Wanted(
        layout.SIZES[spec.size], facts, spec.lines, mark=mark, tail=spec.tail, logo=logo_dots(spec.logo, actor),
        covered=covered,
    )  # fmt: skip


def spec_of(design: Design | None) -> design_rules.Spec:
    """The design, or the platform's own where none was chosen."""
    return design_rules.parse(design.content) if design else design_rules.DEFAULT


def has_licence(actor: Actor) -> bool:
    """Whether any active item of the organisation is under a licence today (for the check line)."""
    items = db.session.scalars(select(Item).where(Item.organisation_id == actor.organisation_id, Item.active))
    return any(licence_of(item.organisation_id, item) is not None for item in items)


def sample_of(actor: Actor) -> rules.LabelFacts:
    """The sample words with the marks the firm may carry today on any of its goods."""
    items = db.session.scalars(select(Item).where(Item.organisation_id == actor.organisation_id, Item.active))
    goods = sorted({(item.variety, item.form) for item in items})
    marks = [m.line for kind in goods for m in certificates.marks_of_item(actor.organisation_id or 0, *kind)]
    return replace(SAMPLE, marks="，".join(dict.fromkeys(marks)))


def claimed(actor: Actor, name: str, spec: design_rules.Spec) -> list[design_rules.Claimed]:
    """Marks the design's own words claim, and why no certificate of the firm bears them out."""
    texts = {"名称": name, "底部的字": spec.tail}
    refused = {f.claim: f.reasons[0] for f in certificates.unsupported(actor.organisation_id or 0, texts, None)}
    return [
        design_rules.Claimed(c.words, c.label, refused[c].message, refused[c].help)
        if c in refused
        else design_rules.Claimed(c.words, c.label)
        for c in rules_claims.claims(texts)
    ]


def claim_texts() -> list[ClaimText]:
    """The own words of the newest version of every label design, for the patrol."""
    rows = db.session.scalars(
        select(Design)
        .ext(distinct_on(Design.organisation_id, Design.name))
        .order_by(Design.organisation_id, Design.name, Design.version.desc())
    )
    return [
        ClaimText(
            "design", str(row.public_id), row.organisation_id, f"标签版式“{row.name}”第 {row.version} 版",
            {"名称": row.name, "底部的字": str(row.content.get("tail", ""))},
            numbered="marks" in row.content.get("lines", ()),
        )
        for row in rows
    ]  # fmt: skip


def logo_dots(public_id: str, actor: Actor | None) -> NDArray[np.bool_] | None:
    """The logo in black and white (error diffusion), or None; another organisation's file is NotFound."""
    if not public_id:
        return None
    file = files.visible_file(public_id, actor) if actor is not None else files.get_file(public_id)
    with Image.open(io.BytesIO(files.read_bytes(file))) as picture:
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(picture.convert("RGBA"), mask=picture.convert("RGBA").getchannel("A"))
    flat.thumbnail((LOGO_SIDE * 3, LOGO_SIDE))
    return ~np.asarray(flat.convert("1"), dtype=np.bool_)


def facts_of(series: Series) -> rules.LabelFacts:
    """The words of a label of the series, from the record as it stands now; Conflict where our own copy does not verify."""
    facts = facts_of_lot(series.lot_id)
    if facts is None:
        raise Conflict(
            "这一批的封存记录现在核对不上，标签不能印。", code="code.record_failed", help="请管理员核对存证日志和备份。"
        )
    return facts


def facts_of_lot(lot_id: int) -> rules.LabelFacts | None:
    """The words a label of the lot would carry, or None before it is sealed."""
    sealed = record_for_lot(lot_id)
    return rules.label_facts(sealed.payload["credentialSubject"]) if sealed and sealed.payload else None
