"""Who may move stock."""

from __future__ import annotations

from core.account.permissions import declare

MANAGE = declare("shop.stock.manage", "登记入库和盘点", roles=("owner", "operator"))
