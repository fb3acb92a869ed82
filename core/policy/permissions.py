"""Who proposes, decides and reads changes of the town's numbers; the values themselves are public."""

from core.account.permissions import declare
from core.policy import rules

PROPOSE = declare(rules.PROPOSE, "提议变更规则取值", roles=("office_clerk", "brand_clerk", "commerce_clerk", "finance"))
DECIDE = declare(rules.DECIDE, "审定规则取值变更", roles=("office_head", "leading_group"))
VIEW = declare(
    rules.VIEW,
    "查看规则取值和变更",
    roles=(
        "office_clerk", "office_head", "statistician", "brand_clerk", "brand_decider", "commerce_clerk", "commerce_inspector",
        "finance", "rural", "leading_group", "government", "auditor", "discipline",
    ),
)  # fmt: skip
