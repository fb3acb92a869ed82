"""Who applies for, screens, decides on and reads licences."""

from brand.licence import rules, rules_sub
from core.account.permissions import declare

APPLY = declare(rules.APPLY, "申请品牌授权", roles=("owner", "operator"))
SCREEN = declare(rules.SCREEN, "审查授权申请", roles=("brand_clerk",))
DECIDE = declare(rules.DECIDE, "审定授权", roles=("brand_decider",))
VIEW = declare(
    rules.VIEW,
    "查看授权",
    roles=("owner", "operator", "brand_clerk", "brand_decider", "office_clerk", "office_head", "commerce_inspector"),
)
SHARE = declare(rules_sub.SHARE, "让合作方按自己的授权包装", roles=("owner",))
ACCEPT = declare(rules_sub.ACCEPT, "接受或退出合作包装的约定", roles=("owner",))
