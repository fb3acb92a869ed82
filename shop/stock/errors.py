"""What stock refuses, in the user's words."""

from __future__ import annotations

from core.errors import Conflict, register_constraint

SHORT = "库存不足，刚被别人买走了。"


class OutOfStock(Conflict):
    """There are fewer sellable pieces than asked for."""

    default_code = "stock.out"
    title = "库存不足"


def register() -> None:
    """Constraint names told as sentences, so that a race and a check say the same."""
    register_constraint("ck_stock_not_negative", OutOfStock.default_code, SHORT, "quantity")
    register_constraint("uq_shop_stock_move_once_key", "stock.move.repeated", "这笔出入库已经登记过。", None)
