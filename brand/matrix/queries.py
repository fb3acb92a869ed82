"""Reads of the brand matrix."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from brand.matrix import rules
from brand.matrix.models import Brand, BrandFigure, BrandPicture
from core.db import db
from core.errors import NotFound
from core.file.queries import files_by_id


@dataclass(frozen=True, slots=True)
class BrandView:
    """A brand as screens and other rooms see it; ``facts`` holds the known ones only."""

    id: int
    public_id: uuid.UUID
    key: str
    level: str
    parent_id: int | None
    organisation_id: int | None
    name: str
    species: str | None
    introduction: str
    facts: tuple[tuple[str, str], ...]
    active: bool
    texts: rules.Texts = field(default_factory=rules.Texts)

    @property
    def level_label(self) -> str:
        return rules.LEVELS[self.level]

    @property
    def is_public(self) -> bool:
        """Whether enterprises may ask to use it: a regional or county brand, not one of an enterprise."""
        return self.level in rules.PUBLIC_LEVELS


@dataclass(frozen=True, slots=True)
class Branch:
    """A brand with the brands below it."""

    brand: BrandView
    children: tuple[Branch, ...]


def facts_of(row: Brand) -> rules.BrandFacts:
    """The bureau's facts of a brand."""
    return rules.BrandFacts(
        row.holder,
        row.mark_no,
        row.mark_kind,
        row.mark_until,
        row.area,
        row.gi_no,
        tuple(row.mark_classes),
        row.mark_from,
        row.source,
        row.checked_on,
    )


def texts_of(row: Brand) -> rules.Texts:
    """What is told about a brand, in both languages."""
    return rules.Texts(row.introduction, row.name_en, row.introduction_en, row.story, row.story_en)


def view(row: Brand) -> BrandView:
    """The frozen view of a row."""
    return BrandView(
        row.id,
        row.public_id,
        row.key,
        row.level,
        row.parent_id,
        row.organisation_id,
        row.name,
        row.species,
        row.introduction,
        tuple(rules.printable(facts_of(row))),
        row.active,
        texts_of(row),
    )


def brands(*, active_only: bool = True) -> list[BrandView]:
    """All brands from the top down, in the order they were entered."""
    query = select(Brand).order_by(Brand.id)
    if active_only:
        query = query.where(Brand.active)
    return [view(row) for row in db.session.scalars(query)]


def tree(*, active_only: bool = True) -> list[Branch]:
    """The matrix as a forest: regional brands with what hangs below them."""
    below: dict[int | None, list[BrandView]] = {}
    for brand in brands(active_only=active_only):
        below.setdefault(brand.parent_id, []).append(brand)

    def grow(parent: int | None) -> tuple[Branch, ...]:
        return tuple(Branch(brand, grow(brand.id)) for brand in below.get(parent, ()))

    return list(grow(None))


def public_brands() -> list[BrandView]:
    """The active brands an enterprise may ask to use: regional and county ones."""
    return [brand for brand in brands() if brand.is_public]


def get_brand(brand_id: int) -> BrandView:
    """The brand with this id; NotFound otherwise."""
    return view(load(brand_id))


def load(brand_id: int) -> Brand:
    """The live row, for this floor's services."""
    row = db.session.get(Brand, brand_id)
    if row is None:
        raise NotFound("没有找到这个品牌。", help="请从品牌列表重新进入。")
    return row


def by_key(key: str) -> BrandView:
    """The brand of an address; NotFound otherwise."""
    return view(load_by_key(key))


def load_by_key(key: str) -> Brand:
    """The live row of a key; NotFound otherwise."""
    row = db.session.scalar(select(Brand).where(Brand.key == key))
    if row is None:
        raise NotFound("没有找到这个品牌。", help="请从品牌列表重新进入。")
    return row


def line(brand_id: int) -> list[BrandView]:
    """The brand and all above it, from the regional one down."""
    found: list[BrandView] = []
    current: int | None = brand_id
    while current is not None and len(found) < len(rules.LEVELS):
        brand = get_brand(current)
        found.append(brand)
        current = brand.parent_id
    return found[::-1]


def with_below(brand_id: int) -> list[int]:
    """Ids of the brand and of everything that hangs below it, retired brands included."""
    below: dict[int | None, list[int]] = {}
    for row in db.session.execute(select(Brand.id, Brand.parent_id)):
        below.setdefault(row.parent_id, []).append(row.id)
    found = [brand_id]
    for each in found:
        found.extend(below.get(each, ()))
    return found


def owned_below(ids: Sequence[int]) -> list[int]:
    """Which of the brands are brands of enterprises in use."""
    query = select(Brand.id).where(Brand.id.in_(ids), Brand.level == "enterprise", Brand.active)
    return list(db.session.scalars(query))


def names(ids: Sequence[int]) -> dict[int, str]:
    """Brand names by id, once for a whole screen."""
    if not ids:
        return {}
    rows = db.session.execute(select(Brand.id, Brand.name).where(Brand.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def name_of(brand_id: Any) -> ColumnElement[str]:
    """SQL for the name of the brand in a column, for the lists of other rooms."""
    return select(Brand.name).where(Brand.id == brand_id).correlate_except(Brand).scalar_subquery()


def own_brands(organisation_id: int) -> list[BrandView]:
    """The brands an enterprise registered."""
    rows = db.session.scalars(select(Brand).where(Brand.organisation_id == organisation_id).order_by(Brand.id))
    return [view(row) for row in rows]


@dataclass(frozen=True, slots=True)
class PictureView:
    """A published picture of a brand."""

    id: int
    file_id: uuid.UUID
    caption: str
    caption_en: str
    credit: str
    width: int | None
    height: int | None

    @property
    def url(self) -> str:
        return f"/media/{self.file_id}/640.jpg"


def pictures(brand_id: int) -> list[PictureView]:
    """The pictures of a brand in their order."""
    rows = db.session.scalars(
        select(BrandPicture).where(BrandPicture.brand_id == brand_id).order_by(BrandPicture.position, BrandPicture.id)
    ).all()
    files = files_by_id([r.file_id for r in rows])
    return [
        PictureView(
            r.id,
            files[r.file_id].public_id,
            r.caption,
            r.caption_en,
            r.credit,
            files[r.file_id].width,
            files[r.file_id].height,
        )
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures of a brand on the day they were counted last, in the order they are shown."""

    on: date
    values: tuple[tuple[str, int], ...]


def counted(brand_id: int) -> Counted | None:
    """The latest counted figures of a brand, or None where nothing was counted yet."""
    latest = select(func.max(BrandFigure.counted_on)).where(BrandFigure.brand_id == brand_id).scalar_subquery()
    rows = db.session.execute(
        select(BrandFigure.key, BrandFigure.value, BrandFigure.counted_on).where(
            BrandFigure.brand_id == brand_id, BrandFigure.counted_on == latest
        )
    ).all()
    if not rows:
        return None
    found = {row.key: row.value for row in rows}
    return Counted(rows[0].counted_on, tuple((key, found[key]) for key in rules.FIGURES if key in found))
