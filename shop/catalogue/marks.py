"""Certificate marks on listings and product pages: what the words claim, and what the lot that will be sent carries."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from brand.certificate import queries as certificates
from brand.certificate.rules_claims import Finding
from core.account.actor import SYSTEM
from core.db import db
from core.hooks import ClaimText
from core.workflow.engine import fire
from shop.catalogue import rules
from shop.catalogue.models import Listing
from trace.item.queries import products

FIELDS = {"title": "品名", "origin": "产地", "description": "介绍"}


def texts_of(listing: Listing) -> dict[str, str]:
    """The words of a listing by the label of their field, picture descriptions too."""
    texts = {label: str(getattr(listing, name)) for name, label in FIELDS.items()}
    return texts | {"图片说明": "。".join(p.alt for p in listing.pictures)}


def unborne(organisation_id: int, texts: dict[str, str], item_ids: Sequence[int]) -> list[Finding]:
    """Claims of marks no certificate of the seller bears out for every product on offer; one look where nothing is claimed."""
    if not certificates.claimed(texts):
        return []
    return certificates.unsupported(organisation_id, texts, list(products(item_ids).values()))


def unborne_of(listing: Listing) -> list[Finding]:
    """The same for a stored listing."""
    return unborne(listing.organisation_id, texts_of(listing), [v.item_id for v in listing.variants if v.active])


def claim_texts() -> list[ClaimText]:
    """The words of every listing on sale, for the patrol."""
    query = (
        select(Listing)
        .where(Listing.state == "published")
        .options(selectinload(Listing.variants), selectinload(Listing.pictures))
        .order_by(Listing.id)
    )
    rows = list(db.session.scalars(query))
    goods = products(v.item_id for row in rows for v in row.variants if v.active)
    return [
        ClaimText(
            "listing", str(row.public_id), row.organisation_id, row.title, texts_of(row),
            tuple(dict.fromkeys(goods[v.item_id] for v in row.variants if v.active)), f"/p/{row.public_id}",
        )
        for row in rows
    ]  # fmt: skip


def take_down(*, kind: str, key: str, reason: str) -> bool | None:
    """A listing that is on sale is taken down with the reason; False where it was not on sale."""
    if kind != "listing":
        return None
    listing = db.session.scalar(select(Listing).where(Listing.public_id == UUID(key)).with_for_update())
    if listing is None or listing.state != "published":
        return False
    fire(rules.LISTING, listing, "take_down", SYSTEM, reason=reason)
    return True
