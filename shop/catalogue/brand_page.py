"""Products on sale of brands: listings that sell an item a licence of the brand covers today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from core import hooks
from core.db import db
from core.file.queries import files_by_id
from core.organisation import queries as organisations
from shop.catalogue.models import Listing, Picture, Variant
from trace.scan.brand_page import licensed_items


def _on_sale(brand_ids: Sequence[int]) -> Select[int, int]:
    """Published listings with the price of their cheapest licensed variant."""
    return (
        select(Variant.listing_id, func.min(Variant.price_fen).label("price_fen"))
        .join(Listing, Listing.id == Variant.listing_id)
        .where(Listing.state == "published", Variant.active, Variant.item_id.in_(licensed_items(brand_ids)))
        .group_by(Variant.listing_id)
    )


def figures(*, brand_ids: Sequence[int]) -> Mapping[str, int]:
    """How many listings are on sale now under the brands."""
    found = db.session.scalar(select(func.count()).select_from(_on_sale(brand_ids).subquery()))
    return {"listings": int(found or 0)}


def products(*, brand_ids: Sequence[int], limit: int, lang: str) -> list[hooks.BrandLine]:  # noqa: ARG001 - titles stay
    """Listings on sale under the brands, the newest first, with seller, picture and the lowest price."""
    prices: dict[int, int] = {r.listing_id: r.price_fen for r in db.session.execute(_on_sale(brand_ids))}
    listings = db.session.scalars(
        select(Listing)
        .where(Listing.id.in_(prices))
        .order_by(Listing.published_at.desc(), Listing.id.desc())
        .limit(limit)
    ).all()
    rows = db.session.execute(
        select(Picture.listing_id, Picture.file_id)
        .ext(distinct_on(Picture.listing_id))
        .where(Picture.listing_id.in_([x.id for x in listings]))
        .order_by(Picture.listing_id, Picture.position, Picture.id)
    )
    pictures: dict[int, int] = {r.listing_id: r.file_id for r in rows}
    files, sellers = files_by_id(list(pictures.values())), organisations.views([x.organisation_id for x in listings])
    return [
        hooks.BrandLine(
            "product",
            x.title,
            sellers[x.organisation_id].public_name,
            f"/p/{x.public_id}",
            f"/media/{files[pictures[x.id]].public_id}/640.jpg" if x.id in pictures else "",
            prices[x.id],
        )
        for x in listings
    ]
