"""Reads of links: for a code address, for the enterprise's page, for the office."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Select, or_, select

from core.account.actor import Actor
from core.db import db
from trace.item.models import Item
from trace.lot.models import Lot
from trace.resolver.errors import LinkNotFound
from trace.resolver.models import Link
from trace.resolver.rules import Target

LIVE_LOTS = ("sealed", "held")


def links_for(item_id: int, lot_id: int | None) -> tuple[list[Target], list[Target]]:
    """The live targets of a product, and those of one lot of it, each in the order they were made."""
    rows = db.session.scalars(
        select(Link)
        .where(Link.item_id == item_id, Link.ended_at.is_(None), or_(Link.lot_id.is_(None), Link.lot_id == lot_id))
        .order_by(Link.id)
    ).all()
    return [_target(r) for r in rows if r.lot_id is None], [_target(r) for r in rows if r.lot_id is not None]


def _target(row: Link) -> Target:
    languages = (row.language,) if row.language else ()
    return Target(row.link_type, row.href, row.title, row.media_type, languages, row.forward_query)


def links_of_item(item: Item) -> list[tuple[Link, str]]:
    """Every link of an item, live ones first, with the lot number where it speaks of one lot."""
    rows = db.session.execute(
        select(Link, Lot.lot_no)
        .outerjoin(Lot, Lot.id == Link.lot_id)
        .where(Link.item_id == item.id)
        .order_by(Link.ended_at.is_not(None), Link.id.desc())
    )
    return [(link, lot_no or "") for link, lot_no in rows]


def get_link(public_id: uuid.UUID, actor: Actor, *, anybody: bool = False) -> Link:
    """The link, if it is the actor's organisation's (or ``anybody``'s, for the office); LinkNotFound otherwise."""
    row = db.session.scalar(select(Link).where(Link.public_id == public_id))
    if row is None or (not anybody and row.organisation_id != actor.organisation_id):
        raise LinkNotFound()
    return row


def lots_to_link(item: Item) -> list[tuple[int, str]]:
    """The sealed lots of an item, newest first: those a link may speak of."""
    rows = db.session.execute(
        select(Lot.id, Lot.lot_no).where(Lot.item_id == item.id, Lot.state.in_(LIVE_LOTS)).order_by(Lot.id.desc())
    )
    return [(row.id, row.lot_no) for row in rows]


def all_links() -> Select[*tuple[Any, ...]]:
    """Every live link of the town with its product, for the office's table."""
    return (
        select(
            Link.public_id, Link.organisation_id, Link.link_type, Link.href, Link.title, Link.made_at,
            Item.name.label("item_name"),
        )
        .join(Item, Item.id == Link.item_id)
        .where(Link.ended_at.is_(None))
        .order_by(Link.id.desc())
    )  # fmt: skip
