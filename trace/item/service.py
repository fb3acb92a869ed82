"""Use cases: register a trade item; change what may still change."""

from __future__ import annotations

from sqlalchemy import select

from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied
from core.gs1.check import check_gtin
from core.identifiers import normalise_text
from core.record.service import record
from core.taxonomy import queries as taxonomy
from trace.item import rules
from trace.item.models import LEVELS, Item
from trace.item.permissions import EDIT


def _own_organisation(actor: Actor) -> int:
    if actor.organisation_id is None or not (actor.is_system or actor.can(EDIT)):
        raise Denied("登记商品项要以企业身份办理。", help="请在右上角切换到本单位的身份。")
    return actor.organisation_id


def _name(text: str) -> str:
    name = normalise_text(text)
    if not 2 <= len(name) <= 60:
        raise BadInput(
            "名称在 2 到 60 个字之间。", code="item.name", field="name", help="写品种和规格，例如 富士苹果 5 kg 箱装。"
        )
    return name


def add_item(
    actor: Actor,
    *,
    name: str,
    variety: str,
    form: str,
    level: str,
    net_content_g: int = 1,
    gtin: str = "",
    own_code: str = "",
    specification: str | None = None,
    grade: str | None = None,
    storage_method: str = "",
    shelf_life_days: int | None = None,
) -> Item:
    """A new trade item of the actor's organisation: exactly one of ``gtin`` and ``own_code`` is its key.

    Loose goods count in grams (net content 1 g).  Raises BadInput on malformed keys (prefixes 20–29 included),
    Conflict where the key is taken.
    """
    organisation_id = _own_organisation(actor)
    if level not in LEVELS:
        raise BadInput("没有这一种包装，请从列表里选。", code="item.level", field="level")
    number, own = _key(gtin, own_code)
    if level == "loose":
        net_content_g = 1
    elif net_content_g == 1:
        raise BadInput("有包装的商品要填净含量。", code="item.net_content", field="net_content_g")
    kind = taxonomy.term("variety", variety, field="variety")
    taxonomy.term("form", form, field="form")
    for part, chosen in (("specification", specification), ("grade", grade)):
        if chosen:
            taxonomy.term(part, chosen, species=kind.species, field=part)
    if shelf_life_days is not None and not 1 <= shelf_life_days <= 1000:
        raise BadInput("保存天数在 1 到 1000 天之间。", code="item.shelf_life", field="shelf_life_days")
    _refuse_taken(organisation_id, number, own)
    item = Item(
        organisation_id=organisation_id,
        key_kind="gtin" if number else "own",
        gtin=number,
        own_code=own,
        name=_name(name),
        species=kind.species or "",
        variety=variety,
        form=form,
        specification=specification or None,
        grade=grade or None,
        level=level,
        net_content_g=rules.check_net_content(net_content_g),
        storage_method=normalise_text(storage_method)[:60],
        shelf_life_days=shelf_life_days,
    )
    db.session.add(item)
    db.session.flush()
    record("item.added", item, actor, key=item.key, level=level)
    return item


def _key(gtin: str, own_code: str) -> tuple[str | None, str | None]:
    """GTIN and own code in canonical form, exactly one of them given; BadInput otherwise."""
    if bool(gtin.strip()) == bool(own_code.strip()):
        raise BadInput(
            "商品条码和自编代码填一样。",
            code="item.one_key",
            field="own_code",
            help="有商品条码就填条码，没有就自编一个代码。",
        )
    return check_gtin(gtin) if gtin.strip() else None, rules.own_code(own_code) if own_code.strip() else None


def _refuse_taken(organisation_id: int, gtin: str | None, own_code: str | None) -> None:
    if gtin and db.session.scalar(select(Item.id).where(Item.gtin == gtin)):
        raise Conflict(
            "这个商品条码已经登记过。",
            code="item.gtin_taken",
            field="gtin",
            help="请核对条码；被别的单位占用时联系 e镇办公室。",
        )
    if own_code and db.session.scalar(
        select(Item.id).where(Item.organisation_id == organisation_id, Item.own_code == own_code)
    ):
        raise Conflict(f"代码 {own_code} 已经用过，请换一个。", code="item.own_code_taken", field="own_code")


def change_item(
    item: Item,
    actor: Actor,
    *,
    name: str,
    storage_method: str = "",
    shelf_life_days: int | None = None,
    active: bool = True,
) -> Item:
    """The item has the new name and storage words; key, variety, level and net content stay, since lots stand on them."""
    _own_organisation(actor)
    lock(item)
    if shelf_life_days is not None and not 1 <= shelf_life_days <= 1000:
        raise BadInput("保存天数在 1 到 1000 天之间。", code="item.shelf_life", field="shelf_life_days")
    before = {"name": item.name, "active": item.active}
    item.name, item.storage_method = _name(name), normalise_text(storage_method)[:60]
    item.shelf_life_days, item.active = shelf_life_days, active
    item.version += 1
    db.session.flush()
    record("item.changed", item, actor, before=before)
    return item
