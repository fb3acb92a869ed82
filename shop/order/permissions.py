"""Who may see and serve an enterprise's orders."""

from __future__ import annotations

from core.account.permissions import declare

VIEW = declare("shop.order.view", "查看本单位订单", roles=("owner", "operator"))
CONFIRM = declare("shop.order.confirm", "接单和登记到账", roles=("owner", "operator"))
SHIP = declare("shop.order.ship", "发货和登记签收", roles=("owner", "operator"))
CANCEL = declare("shop.order.cancel", "取消订单和登记退款", roles=("owner", "operator"))
MINE = declare("shop.order.mine", "查看自己买的订单", roles=("person",))
HOST = declare("shop.order.host", "查看自己带货的订单", roles=("person",))
