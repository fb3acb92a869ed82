"""Reads of trade items for screens and upper rooms."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from core.account.actor import Actor
from core.config import settings
from core.db import db
from core.errors import NotFound
from core.organisation import queries as organisations
from core.taxonomy import queries as taxonomy
from trace.item import rules
from trace.item.models import LEVELS, Item


@dataclass(frozen=True, slots=True)
class ItemView:
    """A trade item with its words, as other rooms see it."""

    id: int
    public_id: uuid.UUID
    organisation_id: int
    key_kind: str
    gtin: str | None
    own_code: str | None
    name: str
    species: str
    variety: str
    form: str
    specification: str | None
    grade: str | None
    level: str
    net_content_g: int
    storage_method: str
    shelf_life_days: int | None
    active: bool
    uri: str
    owner_code: str
    labels: dict[str, str]

    @property
    def key(self) -> str:
        return self.gtin or self.own_code or ""

    @property
    def level_label(self) -> str:
        return LEVELS[self.level]

    @property
    def is_loose(self) -> bool:
        return self.level == "loose"

    def label(self, part: str) -> str:
        """The word of ``variety``, ``form``, ``specification`` or ``grade``; '' where there is none."""
        return self.labels.get(getattr(self, part) or "", "")


def _views(rows: Iterable[Item]) -> list[ItemView]:
    items = list(rows)
    codes = {c for i in items for c in (i.species, i.variety, i.form, i.specification, i.grade) if c}
    labels, owners = taxonomy.labels(codes), organisations.views([i.organisation_id for i in items])
    return [_view(i, labels, owners[i.organisation_id].code) for i in items]


def _view(item: Item, labels: dict[str, str], owner_code: str) -> ItemView:
    parts = (item.species, item.variety, item.form, item.specification, item.grade)
    uri = rules.item_uri(
        identity_host=settings().identity_host, gtin=item.gtin, owner_code=owner_code, code=item.own_code
    )
    return ItemView(
        id=item.id,
        public_id=item.public_id,
        organisation_id=item.organisation_id,
        key_kind=item.key_kind,
        gtin=item.gtin,
        own_code=item.own_code,
        name=item.name,
        species=item.species,
        variety=item.variety,
        form=item.form,
        specification=item.specification,
        grade=item.grade,
        level=item.level,
        net_content_g=item.net_content_g,
        storage_method=item.storage_method,
        shelf_life_days=item.shelf_life_days,
        active=item.active,
        uri=uri,
        owner_code=owner_code,
        labels={c: labels.get(c, c) for c in parts if c},
    )


def item_by_id(item_id: int) -> ItemView:
    """The item with this row id (scope is the caller's); NotFound otherwise."""
    row = db.session.get(Item, item_id)
    if row is None:
        raise NotFound("没有找到这个商品项。", help="请从列表重新进入。")
    return _views([row])[0]


def items_by_id(ids: Iterable[int]) -> dict[int, ItemView]:
    """Items by row id, once for a whole screen."""
    wanted = set(ids)
    return {v.id: v for v in _views(db.session.scalars(select(Item).where(Item.id.in_(wanted))))} if wanted else {}


def products(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Variety and form of items by row id, in the order of the ids in the database (a slim read for long lists)."""
    wanted = set(ids)
    query = select(Item.id, Item.variety, Item.form).where(Item.id.in_(wanted)).order_by(Item.id)
    return {row.id: (row.variety, row.form) for row in db.session.execute(query)} if wanted else {}


def load(public_id: uuid.UUID | str, actor: Actor) -> Item:
    """The live row, if it is the actor's organisation's; NotFound otherwise."""
    try:
        key = uuid.UUID(str(public_id))
    except ValueError:
        raise NotFound("没有找到这个商品项。", help="请从列表重新进入。") from None
    row = db.session.scalar(select(Item).where(Item.public_id == key))
    if row is None or (not actor.is_system and row.organisation_id != actor.organisation_id):
        raise NotFound("没有找到这个商品项。", help="请从列表重新进入。")
    return row


def get_item(public_id: uuid.UUID | str, actor: Actor) -> ItemView:
    """The item, if it is the actor's organisation's; NotFound otherwise."""
    return _views([load(public_id, actor)])[0]


def items_of(organisation_id: int, *, loose: bool | None = None, active_only: bool = True) -> list[ItemView]:
    """The organisation's items by name; only loose or only packed ones where asked."""
    query = select(Item).where(Item.organisation_id == organisation_id).order_by(Item.name, Item.id)
    if active_only:
        query = query.where(Item.active)
    if loose is not None:
        query = query.where((Item.level == "loose") if loose else (Item.level != "loose"))
    return _views(db.session.scalars(query))


def find_by_gtin(gtin: str) -> ItemView | None:
    """The item of this 14-digit GTIN, or None."""
    row = db.session.scalar(select(Item).where(Item.gtin == gtin))
    return _views([row])[0] if row else None


def find_by_own_code(owner_code: str, code: str) -> ItemView | None:
    """The item of an organisation code (USCC or party code) and own code, or None."""
    owner = organisations.find_by_code(owner_code)
    if owner is None:
        return None
    row = db.session.scalar(select(Item).where(Item.organisation_id == owner.id, Item.own_code == code))
    return _views([row])[0] if row else None


def progress(organisation_id: int) -> int:
    """How many packed items the organisation has, for the guided start."""
    found = db.session.scalar(
        select(func.count()).where(Item.organisation_id == organisation_id, Item.level != "loose", Item.active)
    )
    return int(found or 0)
