"""Offers are drafted, reviewed, published and priced; every price stays in the history."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Denied, NotFound, RuleBroken, Unmet
from core.file.service import store
from core.identifiers import normalise_text
from core.organisation.queries import get_organisation
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move
from shop.catalogue import marks, permissions, rules
from shop.catalogue.errors import ListingNotFound
from shop.catalogue.models import Listing, Picture, PriceChange, Variant
from shop.stock import lots

TEXTS = {"title": 60, "origin": 60, "description": 2000, "dispatch_note": 80, "delivery_note": 80, "claim_terms": 200}
KINDS = {"apple": "苹果", "jujube": "冬枣", "other": "其他"}
CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "freight_fen": (lambda v: isinstance(v, int) and 0 <= v <= 100_000, "运费填 0 到 1000 元。"),
    "claim_hours": (lambda v: isinstance(v, int) and 0 <= v <= 720, "包赔申请时间填 24 到 720 小时。"),
    "kind": (lambda v: v in KINDS, "没有这个品类。"),
    "perishable": (lambda v: isinstance(v, bool), "请选择是不是鲜活易腐。"),
}
MAX_PICTURES = 8


def create_listing(actor: Actor, *, title: str, **fields: Any) -> Listing:
    """A draft of the actor's organisation with the given texts, terms and freight (分)."""
    if actor.organisation_id is None or not actor.can(permissions.EDIT):
        raise Denied("只有企业人员可以发布商品。", help="请以企业身份登录。")
    listing = Listing(organisation_id=actor.organisation_id, title="")
    _apply(listing, {"title": title, **fields})
    db.session.add(listing)
    db.session.flush()  # the audit row and variants need its key
    record("listing.created", listing, actor, title=listing.title)
    return listing


def edit_listing(actor: Actor, listing: Listing, **fields: Any) -> None:
    """The draft has the given texts and terms; a listing under review or on sale is not edited but reopened first."""
    _own_draft(actor, listing)
    _apply(listing, fields)
    listing.version += 1
    record("listing.edited", listing, actor, fields=sorted(fields))


def add_variant(
    actor: Actor,
    listing: Listing,
    *,
    item_id: int,
    price_fen: int,
    net_g: int | None = None,
    size_label: str = "",
    unit: str = "箱",
    cap_per_buyer: int | None = None,
) -> Variant:
    """The draft offers one more trade item of its own organisation at a price in 分; the first price is history too."""
    _own_draft(actor, listing)
    item = lots.item(item_id, actor)
    _check_price(price_fen)
    if cap_per_buyer is not None and not 1 <= cap_per_buyer <= 999:
        raise BadInput("限购数填 1 到 999，不限购就留空。", code="catalogue.cap", field="cap_per_buyer")
    variant = Variant(
        item_id=item_id,
        price_fen=price_fen,
        net_g=net_g or item.net_g,
        size_label=_text(size_label, 20, "size_label"),
        unit=_text(unit, 4, "unit") or "箱",
        cap_per_buyer=cap_per_buyer,
        position=len(listing.variants),
    )
    listing.variants.append(variant)
    listing.version += 1
    db.session.flush()  # the price row needs the key; a repeated item is told at once
    db.session.add(PriceChange(variant_id=variant.id, price_fen=price_fen, at=clock.now(), user_id=actor.user_id))
    record("listing.variant_added", listing, actor, item_id=item_id, price_fen=price_fen)
    return variant


def set_variant(
    actor: Actor, variant: Variant, *, active: bool | None = None, cap_per_buyer: int | None = None
) -> None:
    """The variant is offered or not, with the given cap (None: no cap)."""
    listing = _own(actor, variant.listing)
    if active is not None:
        variant.active = active
    variant.cap_per_buyer = cap_per_buyer
    listing.version += 1
    record(
        "listing.variant_set", listing, actor, variant=str(variant.public_id), active=variant.active, cap=cap_per_buyer
    )


def read_cap(text: str) -> int:
    """A cap typed by a seller, 1 to 999; BadInput otherwise."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain.isascii() or not plain.isdigit() or not 1 <= int(plain[:4]) <= 999:
        raise BadInput("限购数填 1 到 999，不限购就留空。", code="catalogue.cap", field="cap")
    return int(plain)


def change_price(actor: Actor, variant: Variant, price_fen: int) -> None:
    """The variant costs ``price_fen`` from now on and the history says so; placed orders keep their price."""
    listing = _own(actor, variant.listing)
    _check_price(price_fen)
    lock(variant)
    if variant.price_fen == price_fen:
        return
    before, variant.price_fen = variant.price_fen, price_fen
    db.session.add(PriceChange(variant_id=variant.id, price_fen=price_fen, at=clock.now(), user_id=actor.user_id))
    record("listing.price_changed", listing, actor, variant=str(variant.public_id), before=before, after=price_fen)


def add_picture(actor: Actor, listing: Listing, stream: BinaryIO | bytes, filename: str, *, alt: str) -> Picture:
    """A published picture of the draft with words for those who cannot see it; at most eight."""
    _own_draft(actor, listing)
    if len(listing.pictures) >= MAX_PICTURES:
        raise BadInput(f"最多 {MAX_PICTURES} 张图片。", code="catalogue.pictures", field="picture")
    text = _text(alt, 60, "alt")
    if not text:
        raise BadInput("写一句图片说明，给看不见图的人听。", code="catalogue.alt", field="alt")
    file = store(
        stream, filename, kind="picture", owner_organisation_id=listing.organisation_id, actor=actor, public=True
    )
    picture = Picture(file_id=file.id, alt=text, position=len(listing.pictures))
    listing.pictures.append(picture)
    listing.version += 1
    db.session.flush()  # a repeated picture is told at once
    return picture


def remove_picture(actor: Actor, listing: Listing, picture_id: int) -> None:
    """The draft no longer shows the picture; the file stays in the archive."""
    _own_draft(actor, listing)
    picture = next((p for p in listing.pictures if p.id == picture_id), None)
    if picture is None:
        raise NotFound("没有找到这张图片。", help="刷新页面看看。")
    listing.pictures.remove(picture)
    db.session.delete(picture)
    listing.version += 1
    record("listing.picture_removed", listing, actor, file_id=picture.file_id)


def move_listing(actor: Actor, listing: Listing, move: str, *, reason: str | None = None) -> None:
    """The listing made the move of the table (submit, return, publish, withdraw, take_down, reopen)."""
    fire(rules.LISTING, listing, move, actor, reason=reason)


def get_own(actor: Actor, public_id: Any) -> Listing:
    """A listing of the actor's organisation; anything else is not there."""
    listing = db.session.scalar(select(Listing).where(Listing.public_id == public_id))
    if listing is None or actor.organisation_id is None or listing.organisation_id != actor.organisation_id:
        raise ListingNotFound
    return listing


def get_for_review(public_id: Any) -> Listing:
    """A listing that has left the draft for the first time; drafts stay with their seller."""
    listing = db.session.scalar(select(Listing).where(Listing.public_id == public_id))
    if listing is None or listing.state == "draft":
        raise ListingNotFound
    return listing


def load_facts(
    listing: Listing, _move: Move, _actor: Actor, _now: datetime, _payload: Mapping[str, Any]
) -> rules.ListingFacts:
    """What the guards look at, under the row lock."""
    return rules.ListingFacts(
        title=listing.title,
        origin=listing.origin,
        description=listing.description,
        dispatch_note=listing.dispatch_note,
        claim_hours=listing.claim_hours,
        claim_terms=listing.claim_terms,
        perishable=listing.perishable,
        pictures=len(listing.pictures),
        seller_active=get_organisation(listing.organisation_id).is_active,
        variants=[
            rules.VariantFacts(v.size_label or f"{rules.kg_text(v.net_g)} kg", v.price_fen, v.net_g, v.active)
            for v in listing.variants
        ],
        unborne=[
            Unmet(
                f"catalogue.{f.reasons[0].rule}",
                f"{f.claim.field}写了“{f.claim.words}”。{f.reasons[0].message}",
                f.reasons[0].article,
                f.reasons[0].help,
                "企业负责人或经办员",
            )
            for f in marks.unborne_of(listing)
        ],
    )


def on_published(listing: Listing, context: MoveContext) -> None:
    """A published listing carries the moment it went on sale."""
    listing.published_at = context.now


def _own(actor: Actor, listing: Listing) -> Listing:
    if actor.organisation_id is None or listing.organisation_id != actor.organisation_id:
        raise ListingNotFound
    if not actor.can(permissions.EDIT):
        raise Denied("你现在的身份不能修改商品。", help="请本单位负责人授权。")
    return listing


def _own_draft(actor: Actor, listing: Listing) -> None:
    _own(actor, listing)
    lock(listing)
    if listing.state != "draft":
        label = rules.LISTING.label_of(listing.state)
        raise RuleBroken(
            unmet=[
                Unmet(
                    "catalogue.listing.draft",
                    f"商品现在是“{label}”，只有草稿可以修改。",
                    help="先下架并改回草稿，改好后重新提交；价格和限购可以直接改。",
                    who="企业负责人或经办员",
                )
            ]
        )


def _apply(listing: Listing, fields: Mapping[str, Any]) -> None:
    for name, given in fields.items():
        value = given
        if name in TEXTS:
            value = _text(given or "", TEXTS[name], name, multiline=name == "description")
        elif name in CHECKS:
            holds, message = CHECKS[name]
            if not holds(value):
                raise BadInput(message, code=f"catalogue.{name}", field=name)
        else:
            raise TypeError(f"a listing has no field {name}")
        setattr(listing, name, value)
    if not listing.title:
        raise BadInput("品名还没有填。", code="catalogue.title", field="title", help="写明品种和等级。")


def _text(value: str, limit: int, field: str, *, multiline: bool = False) -> str:
    text = normalise_text(value, multiline=multiline)
    if len(text) > limit:
        raise BadInput(f"最多 {limit} 个字，现在 {len(text)} 个。", code="input.too_long", field=field)
    return text


def _check_price(price_fen: int) -> None:
    if not 0 < price_fen <= rules.MAX_PRICE_FEN:
        raise BadInput("单价填 0.01 到 100000 元。", code="catalogue.price", field="price_fen")
