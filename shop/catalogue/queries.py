"""Offers for screens, carts and orders; the product is one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from core.db import db
from shop.catalogue import rules
from shop.catalogue.errors import ListingNotFound
from shop.catalogue.models import Listing, Picture, PriceChange, Variant


@dataclass(frozen=True, slots=True)
class VariantView:
    """One choice on a product page; ``available`` is filled by the stock."""

    id: int
    public_id: str
    item_id: int
    size_label: str
    net_g: int
    unit: str
    price_fen: int
    cap_per_buyer: int | None

    @property
    def net_label(self) -> str:
        return f"{rules.kg_text(self.net_g)} kg"

    @property
    def per_jin(self) -> str:
        return rules.unit_price_text(self.price_fen, self.net_g)


@dataclass(frozen=True, slots=True)
class ProductView:
    """A published listing with its choices and pictures ``(file public id, words)``."""

    id: int
    public_id: UUID
    organisation_id: int
    title: str
    origin: str
    description: str
    kind: str
    dispatch_note: str
    delivery_note: str
    freight_fen: int
    perishable: bool
    claim_hours: int
    claim_terms: str
    variants: tuple[VariantView, ...]
    pictures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as carts and checkout need it."""

    variant_id: int
    variant_public_id: UUID
    listing_id: int
    listing_public_id: UUID
    organisation_id: int
    item_id: int
    title: str
    size_label: str
    net_g: int
    unit: str
    price_fen: int
    cap_per_buyer: int | None
    freight_fen: int
    on_sale: bool
    perishable: bool
    claim_hours: int
    claim_terms: str

    @property
    def spec(self) -> str:
        net = f"{rules.kg_text(self.net_g)} kg {self.unit}装"
        return f"{self.size_label}，{net}" if self.size_label else net

    @property
    def per_jin(self) -> str:
        return rules.unit_price_text(self.price_fen, self.net_g)


_PRODUCT = text("""
select l.id, l.public_id, l.organisation_id, l.title, l.origin, l.description, l.kind, l.dispatch_note, l.delivery_note,
       l.freight_fen, l.perishable, l.claim_hours, l.claim_terms,
       (select coalesce(json_agg(json_build_object('id', v.id, 'public_id', v.public_id, 'item_id', v.item_id,
               'size_label', v.size_label, 'net_g', v.net_g, 'unit', v.unit, 'price_fen', v.price_fen,
               'cap_per_buyer', v.cap_per_buyer) order by v.position, v.id), '[]')
          from shop_catalogue_variant v where v.listing_id = l.id and v.active) as variants,
       (select coalesce(json_agg(json_build_array(f.public_id, p.alt) order by p.position, p.id), '[]')
          from shop_catalogue_picture p join core_file_file f on f.id = p.file_id where p.listing_id = l.id) as pictures
  from shop_catalogue_listing l where l.public_id = :key and l.state = 'published'
""")


def product(public_id: UUID) -> ProductView:
    """The published listing with variants and pictures in one statement; ListingNotFound otherwise."""
    row = db.session.execute(_PRODUCT, {"key": public_id}).mappings().one_or_none()
    if row is None:
        raise ListingNotFound
    fields: dict[str, Any] = dict(row)
    fields["variants"] = tuple(VariantView(**v) for v in row["variants"])
    fields["pictures"] = tuple((p[0], p[1]) for p in row["pictures"])
    return ProductView(**fields)


def offers(variant_ids: Iterable[int]) -> dict[int, Offer]:
    """Present offers by variant id, in one statement; a withdrawn one says so by ``on_sale``."""
    rows = db.session.execute(
        select(Variant, Listing)
        .join(Listing, Listing.id == Variant.listing_id)
        .where(Variant.id.in_(list(variant_ids)))
    )
    return {v.id: _offer(v, listing) for v, listing in rows}


def offer_of(variant_public_id: UUID) -> Offer:
    """The present offer of a variant on sale; ListingNotFound otherwise."""
    row = db.session.execute(
        select(Variant, Listing)
        .join(Listing, Listing.id == Variant.listing_id)
        .where(Variant.public_id == variant_public_id)
    ).first()
    if row is None or not (row[0].active and row[1].state == "published"):
        raise ListingNotFound
    return _offer(row[0], row[1])


def _offer(variant: Variant, listing: Listing) -> Offer:
    return Offer(
        variant_id=variant.id,
        variant_public_id=variant.public_id,
        listing_id=listing.id,
        listing_public_id=listing.public_id,
        organisation_id=listing.organisation_id,
        item_id=variant.item_id,
        title=listing.title,
        size_label=variant.size_label,
        net_g=variant.net_g,
        unit=variant.unit,
        price_fen=variant.price_fen,
        cap_per_buyer=variant.cap_per_buyer,
        freight_fen=listing.freight_fen,
        on_sale=variant.active and listing.state == "published",
        perishable=listing.perishable,
        claim_hours=listing.claim_hours,
        claim_terms=listing.claim_terms,
    )


def published_of_item(item_id: int) -> tuple[Listing, Variant] | None:
    """The newest published listing that sells the item, with the variant; for "buy again"."""
    row = db.session.execute(
        select(Listing, Variant)
        .join(Variant, Variant.listing_id == Listing.id)
        .where(Variant.item_id == item_id, Variant.active, Listing.state == "published")
        .order_by(Listing.published_at.desc(), Listing.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def on_sale(*, words: str = "", kind: str = "", order: str = "new") -> Select[Any]:
    """Published listings as rows for the public list: cheapest variant, its net weight, first picture."""
    cheapest = (
        select(Variant.listing_id, Variant.price_fen, Variant.net_g, Variant.unit, Variant.size_label)
        .ext(distinct_on(Variant.listing_id))
        .where(Variant.active)
        .order_by(Variant.listing_id, Variant.price_fen, Variant.id)
        .subquery()
    )
    picture = (
        select(Picture.listing_id, Picture.file_id, Picture.alt)
        .ext(distinct_on(Picture.listing_id))
        .order_by(Picture.listing_id, Picture.position, Picture.id)
        .subquery()
    )
    query = (
        select(
            Listing.id, Listing.public_id, Listing.title, Listing.origin, Listing.organisation_id,
            cheapest.c.price_fen, cheapest.c.net_g, cheapest.c.unit, cheapest.c.size_label, picture.c.file_id, picture.c.alt,
        )
        .join(cheapest, cheapest.c.listing_id == Listing.id)
        .outerjoin(picture, picture.c.listing_id == Listing.id)
        .where(Listing.state == "published")
    )  # fmt: skip
    for word in words.split()[:5]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(func.concat(Listing.title, " ", Listing.origin).ilike(pattern))
    if kind:
        query = query.where(Listing.kind == kind)
    if order == "price":
        return query.order_by(cheapest.c.price_fen * 1.0 / cheapest.c.net_g, Listing.id)
    return query.order_by(Listing.published_at.desc(), Listing.id.desc())


def listing_public_id(listing_id: int) -> UUID:
    """The public id of a listing; ListingNotFound otherwise."""
    found = db.session.scalar(select(Listing.public_id).where(Listing.id == listing_id))
    if found is None:
        raise ListingNotFound
    return found


def titles(listing_ids: Sequence[int]) -> dict[int, str]:
    """Titles by listing id, once for a whole screen."""
    rows = db.session.execute(select(Listing.id, Listing.title).where(Listing.id.in_(listing_ids)))
    return {row[0]: row[1] for row in rows}


def variants_of(listing_ids: Sequence[int]) -> dict[int, list[VariantView]]:
    """Active variants by listing, in one statement."""
    found: dict[int, list[VariantView]] = {x: [] for x in listing_ids}
    rows = db.session.scalars(
        select(Variant)
        .where(Variant.listing_id.in_(listing_ids), Variant.active)
        .order_by(Variant.position, Variant.id)
    )
    for v in rows:
        found[v.listing_id].append(
            VariantView(v.id, str(v.public_id), v.item_id, v.size_label, v.net_g, v.unit, v.price_fen, v.cap_per_buyer)
        )
    return found


def listings_of(organisation_id: int) -> Sequence[Listing]:
    """Every listing of a seller, newest first."""
    return db.session.scalars(
        select(Listing).where(Listing.organisation_id == organisation_id).order_by(Listing.id.desc())
    ).all()


def count_by_state(organisation_id: int) -> dict[str, int]:
    """How many listings of a seller stand in each state."""
    rows = db.session.execute(
        select(Listing.state, func.count()).where(Listing.organisation_id == organisation_id).group_by(Listing.state)
    )
    return {row[0]: row[1] for row in rows}


def price_history(variant_id: int) -> list[tuple[datetime, int]]:
    """Every price of a variant with the moment it began, oldest first."""
    rows = db.session.execute(
        select(PriceChange.at, PriceChange.price_fen)
        .where(PriceChange.variant_id == variant_id)
        .order_by(PriceChange.at, PriceChange.id)
    )
    return [(at, price) for at, price in rows]
