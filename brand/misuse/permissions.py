"""Who handles, decides, answers and reads misuse cases."""

from brand.misuse import rules
from core.account.permissions import declare

HANDLE = declare(rules.HANDLE, "办理标志和品牌不当使用的案子、巡查", roles=("brand_clerk",))
DECIDE = declare(rules.DECIDE, "审定标志和品牌不当使用的案子", roles=("brand_decider",))
ANSWER = declare(rules.ANSWER, "对告知作陈述申辩", roles=("owner", "operator"))
VIEW = declare(
    rules.VIEW,
    "查看标志和品牌不当使用的案子",
    roles=("owner", "operator", "brand_clerk", "brand_decider", "office_clerk", "office_head", "commerce_inspector"),
)
