"""Who may apply as a host, work as one, and decide on hosts."""

from __future__ import annotations

from core.account.permissions import declare

APPLY = declare("shop.livestream.apply", "登记为主播", roles=("person",))
REVIEW = declare("shop.livestream.review", "审核主播登记", roles=("brand_clerk", "brand_decider"))
