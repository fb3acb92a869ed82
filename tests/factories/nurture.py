"""Entries for K09 and K10, made through the services."""

from __future__ import annotations

from datetime import date
from typing import Any

from brand.matrix.queries import by_key, own_brands
from brand.matrix.service import register_brand
from brand.nurture import service
from brand.nurture.models import NurtureEntry
from core.account.actor import Actor
from tests.factories.brand import picture


def own_brand(owner: Actor, name: str = "示例小枣") -> int:
    """The id of a new brand of the owner's enterprise below 猗顿农品."""
    register_brand(by_key("yidun").key, name, owner)
    assert owner.organisation_id is not None
    return own_brands(owner.organisation_id)[-1].id


def make_entry(
    owner: Actor, *, kind: str = "product", name: str = "示例苹果脆片", evidence: bool = True, **more: Any
) -> NurtureEntry:
    """A complete draft; a brand's entry takes ``brand_id`` of ``more``."""
    entry = service.enter(owner, kind=kind, name=name, organisation_id=more.pop("organisation_id", None))
    values = {
        "name": name, "basis": "示例依据：定位、品质、包装、销路。", "since": date(2026, 6, 1), "link": "https://shop.example.cn/1",
    }  # fmt: skip
    service.edit(entry, owner, **(values | more))
    for each in ("registration", "photo", "page") if evidence else ():
        give(entry, owner, each)
    return entry


def give(entry: NurtureEntry, owner: Actor, kind: str) -> Any:
    """One picture among the evidence."""
    return service.add_evidence(entry, owner, kind=kind, stream=picture(), filename="a.jpg", caption=f"示例{kind}")


def counted(owner: Actor, checker: Actor, **more: Any) -> NurtureEntry:
    """An entry that counts."""
    entry = make_entry(owner, **more)
    service.move(entry, owner, "submit")
    service.move(entry, checker, "count", "网址能打开，与材料一致")
    return entry
