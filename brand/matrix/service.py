"""The matrix is laid out once, extended by brands of enterprises, and its facts filled in by the brand office."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import select

from brand.matrix import permissions, queries, rules
from brand.matrix.errors import NAME_TAKEN, NameTaken
from brand.matrix.models import Brand
from core import identifiers
from core.account.actor import Actor
from core.db import db
from core.errors import Denied, NotFound, RuleBroken
from core.record.service import record
from core.taxonomy.queries import find_term

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
            )
        )
    return made


def register_brand(
    parent_key: str, name: str, actor: Actor, *, introduction: str = "", species: str | None = None
) -> Brand:
    """Afterwards the actor's enterprise has a brand of its own below a public one; RuleBroken with every fault."""
    _may(actor, permissions.OWN, "企业品牌由企业负责人登记。")
    parent = queries.load_by_key(parent_key)
    return _add(
        actor,
        key=f"e-{secrets.token_hex(6)}",
        level="enterprise",
        parent=parent,
        name=name,
        species=species or parent.species,
        introduction=introduction,
        organisation_id=actor.organisation_id,
    )


def edit_brand(brand: Brand, actor: Actor, facts: rules.BrandFacts, *, introduction: str, active: bool = True) -> Brand:
    """Afterwards the facts of a brand are as given; every change has an audit row with the old values."""
    own = brand.organisation_id is not None and brand.organisation_id == actor.organisation_id
    if not (actor.can(permissions.MANAGE) or (own and actor.can(permissions.OWN))):
        raise NotFound("没有找到这个品牌。", help="请从品牌列表重新进入。")
    introduction = identifiers.normalise_text(introduction, multiline=True)
    if unmet := rules.text_faults(brand.name, introduction, facts):
        raise RuleBroken(unmet=unmet)
    before = dict(rules.printable(queries.facts_of(brand)))
    brand.holder, brand.mark_no, brand.mark_kind = facts.holder, facts.mark_no, facts.mark_kind
    brand.mark_until, brand.area, brand.gi_no = facts.mark_until, facts.area, facts.gi_no
    brand.introduction, brand.active = introduction, active
    record("brand.edited", brand, actor, before=before, after=dict(rules.printable(facts)))
    db.session.flush()  # so that a database refusal is told on this form
    return brand


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
