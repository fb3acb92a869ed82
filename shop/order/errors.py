"""What orders refuse, in the user's words."""

from __future__ import annotations

from core.errors import NotFound, register_constraint


class OrderNotFound(NotFound):
    """No such order, or none this reader may see."""

    default_code = "order.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这笔订单。", help="请用下单时的链接打开，或打开“查订单”用订单号和手机尾号找。")


def register() -> None:
    """Constraint names told as sentences."""
    register_constraint(
        "uq_shop_order_order_waybill",
        "order.ship.waybill_taken",
        "这个快递单号已用在另一笔订单上，请核对面单。",
        "waybill_no",
    )
