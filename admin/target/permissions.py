"""Who reads targets and records resolutions."""

from core.account.permissions import declare

VIEW = declare("admin.target.view", "查看目标", ("office_clerk", "office_head", "statistician", "commerce_clerk", "finance",
               "leading_group", "government", "auditor"))  # fmt: skip
RESOLVE = declare("admin.target.resolve", "登记口径决议", ("leading_group",))
