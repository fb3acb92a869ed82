"""Who may say where an enterprise receives money."""

from __future__ import annotations

from core.account.permissions import declare

ACCOUNT = declare("shop.payment.account", "设置收款账户", roles=("owner",))
