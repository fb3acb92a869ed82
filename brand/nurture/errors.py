"""Refusals about entries."""

from __future__ import annotations

from core.errors import Conflict, NotFound, register_constraint

TWICE = "这个品牌或产品已经填报过。"


class EntryNotFound(NotFound):
    """No such entry, or another organisation's."""

    def __init__(self) -> None:
        super().__init__("没有找到这条填报。", code="nurture.not_found", help="请从列表重新进入。")


class EnteredTwice(Conflict):
    """The brand, or a product of this name of the enterprise, has a live entry."""

    default_code = "nurture.twice"


register_constraint("uq_brand_nurture_entry_one_brand", "nurture.twice", TWICE, "brand_id")
register_constraint("uq_brand_nurture_entry_one_product", "nurture.twice", TWICE, "name")
