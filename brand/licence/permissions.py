"""Who applies for, screens, decides on and reads licences."""

from brand.licence import rules
from core.account.permissions import declare

APPLY = declare(rules.APPLY, "申请品牌授权", roles=("owner", "operator"))
SCREEN = declare(rules.SCREEN, "审查授权申请", roles=("brand_clerk",))
DECIDE = declare(rules.DECIDE, "审定授权", roles=("brand_decider",))
VIEW = declare(
    rules.VIEW,
    "查看授权",
    roles=("owner", "operator", "brand_clerk", "brand_decider", "office_clerk", "office_head", "commerce_inspector"),
)
