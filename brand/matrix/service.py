"""The matrix is laid out once, extended by brands of enterprises, and its facts filled in by the brand office."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from brand.matrix import permissions, queries, rules
from brand.matrix.errors import NAME_TAKEN, NameTaken
from brand.matrix.models import Brand, BrandFigure, BrandPicture
from core import clock, hooks, identifiers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Denied, NotFound, RuleBroken
from core.file.service import store
from core.record.service import record
from core.taxonomy.queries import find_term

MOST_PICTURES = 12
DATA = Path(__file__).parent / "data" / "brands.json"


def establish_matrix(actor: Actor) -> list[Brand]:
    """Afterwards the public brands of the plan exist (idempotent); facts that nobody confirmed stay empty."""
    _may(actor, permissions.MANAGE, "品牌矩阵由品牌办公室维护。")
    made: list[Brand] = []
    for item in json.loads(DATA.read_text("utf-8")):
        if db.session.scalar(select(Brand.id).where(Brand.key == item["key"])) is not None:
            continue
        parent = queries.load_by_key(item["parent"]) if item["parent"] else None
        species = item["species"] if find_term(item["species"]) else None
        made.append(
            _add(
                actor,
                key=item["key"],
                level=item["level"],
                parent=parent,
                name=item["name"],
                species=species,
                introduction=item["introduction"],
                introduction_en=item["introduction_en"],
            )
        )
    return made


def register_brand(
    parent_key: str, name: str, actor: Actor, *, introduction: str = "", species: str | None = None
) -> Brand:
    """Afterwards the actor's enterprise has a brand below a public one, or a product line below a brand of its own.

    RuleBroken with every fault; another enterprise's brand is NotFound.
    """
    _may(actor, permissions.OWN, "企业品牌由企业负责人登记。")
    parent = queries.load_by_key(parent_key)
    if parent.organisation_id is not None and parent.organisation_id != actor.organisation_id:
        raise NotFound("没有找到这个品牌。", help="请从品牌列表重新进入。")
    return _add(
        actor,
        key=f"e-{secrets.token_hex(6)}",
        level="enterprise" if parent.level in rules.PUBLIC_LEVELS else "product",
        parent=parent,
        name=name,
        species=species or parent.species,
        introduction=introduction,
        organisation_id=actor.organisation_id,
    )


def add_county_brand(
    parent_key: str, key: str, name: str, actor: Actor, *, introduction: str = "", species: str | None = None
) -> Brand:
    """Afterwards one more county brand hangs below a regional one; ``key`` is its address (``linyi-pear``)."""
    _may(actor, permissions.MANAGE, "县域品牌由品牌办公室登记。")
    if not rules.KEY_SHAPE.fullmatch(key):
        raise BadInput(
            "网址名用小写字母、数字和横线，字母开头。", code="brand.key", field="key", help="例如 linyi-pear。"
        )
    species = species or None  # a form sends an empty choice as ""
    if species and find_term(species) is None:
        raise BadInput("没有这个品类，请从列表里选。", code="brand.species", field="species")
    parent = queries.load_by_key(parent_key)
    return _add(actor, key=key, level="county", parent=parent, name=name, species=species, introduction=introduction)


def editable(brand: Brand, actor: Actor) -> Brand:
    """The brand, where the actor keeps the matrix or owns the brand; NotFound otherwise."""
    own = brand.organisation_id is not None and brand.organisation_id == actor.organisation_id
    if actor.can(permissions.MANAGE) or (own and actor.can(permissions.OWN)):
        return brand
    raise NotFound("没有找到这个品牌。", help="请从品牌列表重新进入。")


def edit_brand(
    brand: Brand,
    actor: Actor,
    facts: rules.BrandFacts,
    *,
    introduction: str,
    active: bool = True,
    texts: rules.Texts | None = None,
) -> Brand:
    """Afterwards the facts and texts of a brand are as given; every change has an audit row with the old values.

    Without ``texts`` the English words and the story stay as they are.
    """
    editable(brand, actor)
    texts = texts or queries.texts_of(brand)
    told = {key: identifiers.normalise_text(getattr(texts, key), multiline=True) for key in rules.TEXT_LIMITS}
    told["introduction"] = identifiers.normalise_text(introduction, multiline=True)
    unmet = rules.text_faults(brand.name, told["introduction"], facts)
    unmet += [u for u in rules.telling_faults(rules.Texts(**told)) if u.rule not in {x.rule for x in unmet}]
    if unmet:
        raise RuleBroken(unmet=unmet)
    before = dict(rules.printable(queries.facts_of(brand)))
    for key in ("holder", "mark_no", "mark_kind", "mark_until", "mark_from", "area", "gi_no", "source", "checked_on"):
        setattr(brand, key, getattr(facts, key))
    brand.mark_classes, brand.active = list(facts.mark_classes), active
    for key, value in told.items():
        setattr(brand, key, value)
    record("brand.edited", brand, actor, before=before, after=dict(rules.printable(facts)))
    db.session.flush()  # so that a database refusal is told on this form
    return brand


def add_picture(
    brand: Brand,
    actor: Actor,
    *,
    stream: BinaryIO | bytes,
    filename: str,
    caption: str,
    credit: str,
    caption_en: str = "",
) -> BrandPicture:
    """Afterwards the picture stands on the brand's public page, with what it shows and whose it is."""
    editable(brand, actor)
    caption, credit = identifiers.normalise_text(caption), identifiers.normalise_text(credit)
    if not caption or not credit:
        raise BadInput("图片要写说明和出处。", code="brand.picture_words", field="credit" if caption else "caption")
    lock(brand)
    count = db.session.scalar(select(func.count()).where(BrandPicture.brand_id == brand.id)) or 0
    if count >= MOST_PICTURES:
        raise BadInput(f"一个品牌最多 {MOST_PICTURES} 张图。", code="brand.pictures", field="file", help="先删去一张。")
    file = store(
        stream, filename, kind="picture", owner_organisation_id=actor.organisation_id, actor=actor, public=True
    )
    row = BrandPicture(
        brand_id=brand.id,
        file_id=file.id,
        caption=caption,
        caption_en=identifiers.normalise_text(caption_en),
        credit=credit,
        position=count + 1,
        added_at=clock.now(),
    )
    db.session.add(row)
    record("brand.picture_added", brand, actor, sha256=file.sha256, caption=caption)
    return row


def remove_picture(brand: Brand, actor: Actor, picture_id: int) -> None:
    """Afterwards the picture no longer stands on the page (the stored bytes stay)."""
    editable(brand, actor)
    row = db.session.scalar(
        select(BrandPicture).where(BrandPicture.brand_id == brand.id, BrandPicture.id == picture_id)
    )
    if row is None:
        raise NotFound("没有找到这张图片。", help="刷新页面看看，可能已经删去。")
    db.session.delete(row)
    record("brand.picture_removed", brand, actor, caption=row.caption)


def count_figures(now: datetime) -> int:
    """Afterwards every public brand in use has its figures of the day, counted from rows; returns how many brands.

    A regional brand counts what hangs below it.  Counting again on the same day replaces the figures.
    """
    day, done = clock.local(now).date(), 0
    for brand in queries.public_brands():
        ids = queries.with_below(brand.id)
        found = {"own_brands": len(queries.owned_below(ids))}
        for counter in hooks.brand_figures:
            found.update(counter(brand_ids=ids))
        values = [
            {"brand_id": brand.id, "key": key, "value": found[key], "counted_on": day, "counted_at": now}
            for key in rules.FIGURES
            if key in found
        ]
        statement = insert(BrandFigure).values(values)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["brand_id", "key", "counted_on"],
                set_={"value": statement.excluded.value, "counted_at": statement.excluded.counted_at},
            )
        )
        done += 1
    return done


def _add(actor: Actor, *, parent: Brand | None, name: str, introduction: str, **values: Any) -> Brand:
    name = identifiers.normalise_text(name)
    introduction = identifiers.normalise_text(introduction, multiline=True)
    unmet = rules.place_faults(
        values["level"], parent.level if parent else None, has_owner=values.get("organisation_id") is not None
    ) + rules.text_faults(name, introduction, rules.BrandFacts())
    if unmet:
        raise RuleBroken(unmet=unmet)
    if db.session.scalar(select(Brand.id).where(Brand.name == name)) is not None:
        raise NameTaken(NAME_TAKEN, field="name", help="换一个名称；如果是你的品牌被别人登记，请联系品牌办公室。")
    brand = Brand(parent_id=parent.id if parent else None, name=name, introduction=introduction, **values)
    db.session.add(brand)
    db.session.flush()  # children and the audit row need the id
    record("brand.registered", brand, actor, name=name, level=brand.level)
    return brand


def _may(actor: Actor, permission: str, message: str) -> None:
    if not actor.can(permission):
        raise Denied(message, help="请换一个身份办理。")
