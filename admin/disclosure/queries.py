"""Reads of the public column and of publicity periods."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from admin.disclosure import rules
from admin.disclosure.models import Item, Opinion, Revision
from admin.disclosure.rules import PublicityFacts
from core import clock
from core.calendar.queries import deadline_of
from core.db import db
from core.errors import NotFound


def get_item(public_id: uuid.UUID | str) -> Item:
    """The item of this public id, for staff; NotFound otherwise."""
    try:
        key = public_id if isinstance(public_id, uuid.UUID) else uuid.UUID(str(public_id))
    except ValueError as error:
        raise NotFound("没有找到这条公开事项。") from error
    row = db.session.scalar(select(Item).where(Item.public_id == key))
    if row is None:
        raise NotFound("没有找到这条公开事项。", help="请从列表重新进入。")
    return row


def get_public_item(public_id: uuid.UUID | str) -> Item:
    """The item if it is published or withdrawn (a withdrawn one leaves its stub); NotFound otherwise."""
    row = get_item(public_id)
    if row.state not in ("published", "withdrawn"):
        raise NotFound("没有找到这条公开事项。", help="请从公开专栏重新进入。")
    return row


def published(kind: str | None = None) -> list[Item]:
    """What the column shows, newest first; withdrawn items stay as stubs."""
    query = (
        select(Item)
        .where(Item.state.in_(("published", "withdrawn")))
        .order_by(Item.published_at.desc(), Item.id.desc())
    )
    if kind is not None:
        query = query.where(Item.kind == kind)
    return list(db.session.scalars(query))


def item_of(subject_table: str, subject_id: int, kind: str) -> Item | None:
    """The newest item of this kind about an object that has not been withdrawn, or None."""
    return db.session.scalar(
        select(Item)
        .where(
            Item.subject_table == subject_table,
            Item.subject_id == subject_id,
            Item.kind == kind,
            Item.state != "withdrawn",
        )
        .order_by(Item.id.desc())
        .limit(1)
    )


def publicity_facts(item: Item) -> PublicityFacts:
    """The item's publicity as gates see it."""
    return PublicityFacts(
        published_on=clock.local(item.published_at).date() if item.published_at else None,
        deadline=deadline_of(item, rules.PURPOSE),
        open_objections=open_objections(item.id),
        withdrawn=item.state == "withdrawn",
    )


def publicity_of(subject_table: str, subject_id: int) -> tuple[Item, PublicityFacts] | None:
    """The publicity about an object with its facts, or None where none was drafted."""
    item = item_of(subject_table, subject_id, "publicity")
    return None if item is None else (item, publicity_facts(item))


def open_objections(item_id: int) -> int:
    """Objections without a written answer."""
    return int(
        db.session.scalar(
            select(func.count()).select_from(Opinion).where(
                Opinion.item_id == item_id, Opinion.kind == "objection", Opinion.state == "received"
            )
        )
        or 0
    )  # fmt: skip


def opinion_counts(item_id: int) -> dict[tuple[str, str], int]:
    """How many opinions per (kind, state)."""
    rows = db.session.execute(
        select(Opinion.kind, Opinion.state, func.count())
        .where(Opinion.item_id == item_id)
        .group_by(Opinion.kind, Opinion.state)
    )
    return {(kind, state): int(n) for kind, state, n in rows}


def opinions_of(item_id: int) -> list[Opinion]:
    """Everything the window took in, oldest first."""
    return list(db.session.scalars(select(Opinion).where(Opinion.item_id == item_id).order_by(Opinion.id)))


def get_opinion(public_id: uuid.UUID) -> Opinion:
    """The opinion of this public id; NotFound otherwise."""
    row = db.session.scalar(select(Opinion).where(Opinion.public_id == public_id))
    if row is None:
        raise NotFound("没有找到这条意见。")
    return row


def opinion_by_receipt(receipt_no: str) -> Opinion | None:
    """The opinion of a receipt number, or None."""
    return db.session.scalar(select(Opinion).where(Opinion.receipt_no == receipt_no))


def revisions_of(item_id: int) -> list[Revision]:
    """Every published text of the item, newest first."""
    return list(
        db.session.scalars(select(Revision).where(Revision.item_id == item_id).order_by(Revision.revision.desc()))
    )


def items_of_projects(project_ids: Sequence[int]) -> list[Item]:
    """Public items about these projects, newest first."""
    return list(db.session.scalars(select(Item).where(Item.project_id.in_(set(project_ids))).order_by(Item.id.desc())))
